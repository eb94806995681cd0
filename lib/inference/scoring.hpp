#pragma once
#include "inference/generative_model.hpp"
#include "nn/layers.hpp"

namespace adavi {

/// Where a latent's own log joint stands and how wide it is there: location and scale of a first estimate, both
/// [K, B, plates..., D]; undefined where an estimator does without.
struct Start {
  at::Tensor location, scale;
  bool defined() const { return location.defined(); }
};

/// The likelihood-informed start of an estimator: a linear guess from features that do not depend on weights, then
/// Newton steps on the latent's log joint given its upper latents and the data (Le Cam's one-step estimator, iterated).
/// For a Gaussian conditional it is the posterior; the flow works on what is left, in units of its scale.
class Scoring {
 public:
  Scoring() = default;
  /// `features` of the context without scoring. All constants: set by the warm start.
  Scoring(Parameters& parameters, const std::string& name, std::int64_t features, std::int64_t size,
          std::int64_t steps);

  /// Location and scale; differentiable in the upper latents when gradients are on. Undefined while switched off.
  Start operator()(const GenerativeModel& model, int index, const Context& context, const Observation& observation,
                   const VariableValues& values) const;
  /// What the trunk sees of a start: [..., 2 D]; zeros of as many axes as `like` while switched off.
  at::Tensor features(const Start& start, const at::Tensor& like) const;

  at::Tensor weight;     ///< [D, features]: the linear guess
  at::Tensor intercept;  ///< [D]
  at::Tensor reach;      ///< [D] how far from the truth the guess usually is: no step goes further than a few of these
  at::Tensor enabled;    ///< [1], 0 or 1: the warm start keeps the steps only where they predict better
  Standardizer standardizer;

 private:
  std::int64_t steps_ = 0;
};

}  // namespace adavi
