#pragma once
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "io/ndarray.hpp"
#include "reference/quadrature.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi::reference {

/// The exact posterior of one data set.
struct ReferencePosterior {
  double log_evidence = 0;
  /// Of every scalar of every latent, row-major over plates and event.
  std::map<std::string, std::vector<Moments>> latents;
};

/// Data arrays of one data set, shape [1, plates, event], to its posterior.
using ReferenceMethod = std::function<ReferencePosterior(const DoubleArrays& data)>;

/// The independent computation for a model: Gaussian random effects, the non-conjugate model, eight schools, logistic
/// groups or three-level Poisson, as in `models/`, with any sizes and parameters. It shares no code with the engine,
/// and takes from the model the arguments of its distributions only. Failure(mismatch) for any other model.
ReferenceMethod reference_method(const HbmModel& model);

}  // namespace adavi::reference
