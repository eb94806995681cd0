#include "inference/refinement.hpp"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "inference/adam.hpp"
#include "inference/losses.hpp"

namespace adavi {
namespace {

/// The same encodings with features of a flat vector.
Encodings with_features(const Encodings& encodings, const at::Tensor& flat) {
  Encodings result = encodings;
  std::int64_t first = 0;
  for (auto& features : result.features) {
    if (!features.defined()) continue;
    const auto size = features.numel();
    features = flat.narrow(0, first, size).view(features.sizes());
    first += size;
  }
  return result;
}

at::Tensor flat_features(const Encodings& encodings) {
  std::vector<at::Tensor> parts;
  for (const auto& features : encodings.features) {
    if (features.defined()) parts.push_back(features.detach().flatten());
  }
  return at::cat(parts, 0);
}

/// Data sets [B] that the refined encodings serve better.
at::Tensor better(const DualFamily& family, const Observation& observation, const Encodings& before,
                  const Encodings& after, std::int64_t draws, at::Generator& generator) {
  at::NoGradGuard no_grad;
  const auto state = generator.get_state();
  const auto old_weights = log_weights(family, before, observation, draws, generator).log_weight();
  generator.set_state(state);
  const auto gain = log_weights(family, after, observation, draws, generator).log_weight() - old_weights;
  const auto error = gain.std(0) / std::sqrt(static_cast<double>(draws));
  return gain.mean(0) > error;  // not where anything is NaN
}

}  // namespace

Encodings refine(const DualFamily& family, const Observation& observation, const Encodings& encodings,
                 const Refinement& options, at::Generator& generator) {
  const auto start = flat_features(encodings);
  auto flat = start.clone();
  Adam adam(flat);
  for (std::int64_t step = 0; step < options.steps; ++step) {
    const at::AutoGradMode with_gradient(true);
    const auto leaf = flat.detach().requires_grad_();
    const auto loss =
        reverse_kl_by_set(family, with_features(encodings, leaf), observation, options.draws, true, generator).sum();
    if (!loss.requires_grad()) return encodings;
    const auto gradient = torch::autograd::grad({loss}, {leaf}, {}, {}, false, /*allow_unused=*/true).front();
    if (!gradient.defined()) return encodings;  // exact conditionals do not look at encodings
    const double share = static_cast<double>(step) / static_cast<double>(options.steps);
    at::NoGradGuard no_grad;
    adam.step(flat, at::nan_to_num(gradient, 0, 0, 0), options.learning_rate * 0.5 * (1 + std::cos(M_PI * share)));
  }
  auto refined = with_features(encodings, flat);
  const auto keep = better(family, observation, encodings, refined, options.judge_draws, generator);
  for (std::size_t d = 0; d < refined.features.size(); ++d) {
    const auto& before = encodings.features[d];
    if (!before.defined()) continue;
    std::vector<std::int64_t> shape(static_cast<std::size_t>(before.dim()), 1);
    shape[1] = keep.size(0);
    refined.features[d] = at::where(keep.view(shape), refined.features[d], before);
  }
  return refined;
}

}  // namespace adavi
