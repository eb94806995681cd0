#pragma once
#include <vector>

#include "inference/losses.hpp"

namespace adavi {

/// How good a family is on held-out data sets, in nats each.
struct ValidationScore {
  double mean = 0;  ///< the ELBO; of a subset of the latents, log q of the true ones
  double se = 0;
  double typical = 0;  ///< `mean` made robust: `robust_mean`
  double gap = 0;      ///< estimate of what may still be gained; infinite where nothing says
};

/// The ELBO by `draws` of each data set. A subset of the latents (B.4) has none: log q of the true ones stands for it,
/// whose mean rises to minus their conditional entropy.
ValidationScore score(const DualFamily& family, const std::vector<Batch>& held_out, std::int64_t draws,
                      at::Generator& generator);

}  // namespace adavi
