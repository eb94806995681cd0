#pragma once
#include <ATen/ATen.h>

#include <memory>
#include <vector>

#include "codegen/dual_plan.hpp"
#include "inference/gaussian_term.hpp"
#include "inference/newton.hpp"

namespace adavi {

/// The exact conditional of Gaussian latents of one depth, given all that is not Gaussian and the data: Gaussian
/// latents below, if there are, are integrated out by elimination, plate by plate from the innermost one, in float64.
/// (A scale that vanishes makes all of a plate one number, the sum of many precisions that nearly cancel.)
class GaussianElimination {
 public:
  GaussianElimination() = default;
  GaussianElimination(const GenerativeModel& model, const EstimatorPlan& plan);

  /// Location [K, B, plates..., D] and precision [..., D, D] of the latent's numbers and those `along`, where `values`
  /// has the latents given, as many draws of them as of the result. `z` [any, B, plates..., D] is somewhere in the
  /// usual range. Differentiable in the values.
  Peak operator()(const at::Tensor& z, const Observation& observation, const VariableValues& values) const;
  /// Log of what the density of all of `variables` comes to with all of these latents integrated out: [K, B].
  at::Tensor log_evidence(const at::Tensor& z, const Observation& observation, const VariableValues& values) const;
  /// The latents eliminated, the latent itself and those `along` among them, and all that depends on them.
  std::vector<int> variables() const;

 private:
  /// Latents of one depth, and whatever is conditioned on them and on no latent of a deeper level. Latents of the
  /// levels before are as if each instance had copies.
  struct Level {
    int depth = 0;
    std::int64_t above = 0, size = 0;  ///< numbers of the latents of the levels before, and of its own
    std::vector<GaussianTerm> terms;
    std::shared_ptr<const HbmModel> lifted;
    std::shared_ptr<const GenerativeModel> model;
  };
  /// What is left for the outermost level's numbers around `top` [1, B, plates..., D], where everything else is at
  /// zero.
  Parabola eliminate(const at::Tensor& top, const Observation& observation, const VariableValues& values) const;
  static Level level(const GenerativeModel& model, const std::vector<int>& above, const std::vector<int>& own,
                     const std::vector<int>& below, const std::vector<int>& known);

  std::vector<Level> levels_;  ///< outermost first
};

}  // namespace adavi
