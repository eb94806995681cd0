#pragma once
#include <ATen/ATen.h>

#include <vector>

#include "inference/density_estimator.hpp"
#include "inference/hierarchical_encoder.hpp"

namespace adavi {

/// The one estimator of Family::total: a flow over all latents and all their instances side by side, given the
/// encodings of all depths. It knows nothing of the pyramid, and its weights grow with the plates.
class TotalFlow {
 public:
  TotalFlow(Parameters& parameters, const DualPlan& plan, at::Generator& generator);

  /// Encodings side by side [1, B, context].
  at::Tensor context(const Encodings& encodings) const;
  /// The latents' unconstrained numbers [K, B, size] one by one, [K, B, plates..., D] in the order of the plan, and
  /// back.
  std::vector<at::Tensor> split(const at::Tensor& all, const Encodings& encodings) const;
  at::Tensor join(const std::vector<at::Tensor>& z) const;
  /// Which features of the context do not depend on trainable weights, as `HierarchicalEncoder::fixed`.
  std::vector<char> fixed(const HierarchicalEncoder& encoder, const Encodings& encodings) const;

  DensityEstimator& estimator() { return estimator_; }
  const DensityEstimator& estimator() const { return estimator_; }

 private:
  DualPlan plan_;
  std::vector<std::size_t> depths_;  ///< those that have latents
  DensityEstimator estimator_;
};

}  // namespace adavi
