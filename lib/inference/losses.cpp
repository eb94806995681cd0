#include "inference/losses.hpp"

#include <algorithm>
#include <tuple>

#include "inference/presence.hpp"

namespace adavi {
namespace {

std::vector<at::Tensor> detached(const std::vector<at::Tensor>& tensors) {
  std::vector<at::Tensor> result;
  for (const auto& tensor : tensors) result.push_back(tensor.detach());
  return result;
}

/// Starts do not depend on weights, only on upper latents.
std::vector<Start> detached(const std::vector<Start>& starts) {
  const auto constant = [](const at::Tensor& x) { return x.defined() ? x.detach() : x; };
  std::vector<Start> result;
  for (const auto& start : starts) {
    const auto& gaussian = start.gaussian;
    const auto& warp = start.warp;
    const auto& [x, y, slope] = warp.knots;
    auto map = start.map;
    for (auto& before : map.before) before = before.detach();
    result.push_back({{constant(gaussian.shift), constant(gaussian.log_diagonal), constant(gaussian.below)},
                      {constant(warp.location), constant(warp.log_scale), {constant(x), constant(y), constant(slope)}},
                      start.broken,
                      {},
                      map});
  }
  return result;
}

/// log p(X, theta), by default of those latents alone that have data: the others would pull at those above them.
at::Tensor log_joint(const DualFamily& family, const Observation& observation, const VariableValues& values,
                     bool latents_without_data = false) {
  const auto& counted = latents_without_data ? std::vector<at::Tensor>() : observation.instances;
  return family.model().log_prior(values, counted) + family.model().log_likelihood(observation, values);
}

/// Weights of data sets [B]: 1 up to some way above the usual loss, then falling, so that no data set drowns the
/// others. They do not change what the best answer for each data set is.
at::Tensor robust_weights(const at::Tensor& loss) {
  const auto sorted = std::get<0>(loss.sort());
  const auto n = static_cast<double>(loss.numel() - 1);
  const auto median = sorted[static_cast<std::int64_t>(0.5 * n)];
  const auto spread = (sorted[static_cast<std::int64_t>(0.75 * n)] - median).clamp_min(1.0);
  return 1 / (1 + at::relu((loss - median) / (6 * spread) - 1));
}

at::Tensor reverse_kl(const DualFamily& family, const Batch& batch, std::int64_t draws, bool path_gradient,
                      at::Generator& generator) {
  const auto loss =
      reverse_kl_by_set(family, batch.encoded(family), batch.observation, draws, path_gradient, generator);
  return (loss * robust_weights(loss.detach())).mean();
}

/// True latents of the family, unconstrained, and all that it may see beside them.
struct Truth {
  std::vector<at::Tensor> z;
  VariableValues values;
};
Truth truth_of(const DualFamily& family, const Observation& observation, const VariableValues& values) {
  Truth truth = {{}, observation.values};
  for (const auto& estimator : family.plan().estimators) {
    truth.z.push_back(family.model().unconstrain(estimator.variable, values));
    const auto variable = static_cast<std::size_t>(estimator.variable);
    truth.values[variable] = values[variable];
  }
  return truth;
}

at::Tensor log_q_of(const DualFamily& family, const Encodings& encodings, const Observation& observation,
                    const Truth& truth) {
  const auto starts = [&] {
    at::NoGradGuard no_grad;  // the true upper latents: constants
    return family.starts(encodings, observation, truth.values, truth.z);
  }();
  return family.log_q(encodings, starts, truth.z);
}

at::Tensor forward_kl(const DualFamily& family, const Batch& batch) {
  const auto encodings = batch.encoded(family);
  const auto truth = truth_of(family, batch.observation, batch.labelled(family, encodings));
  return -log_q_of(family, encodings, batch.observation, truth).mean();
}

at::Tensor unregularized_elbo(const DualFamily& family, const Batch& batch, std::int64_t draws,
                              at::Generator& generator) {
  const auto encodings = batch.encoded(family);
  const auto draw = family.draw(encodings, batch.observation, draws, generator);
  return -log_joint(family, batch.observation, draw.values).mean();
}

at::Tensor map(const DualFamily& family, const Batch& batch) {
  const auto encodings = batch.encoded(family);
  return -log_joint(family, batch.observation, family.modes(encodings, batch.observation)).mean();
}

}  // namespace

at::Tensor reverse_kl_by_set(const DualFamily& family, const Encodings& encodings, const Observation& observation,
                             std::int64_t draws, bool path_gradient, at::Generator& generator) {
  const auto draw = family.draw(encodings, observation, draws, generator, Leaves::integrated);
  const auto loss = (draw.log_q - log_joint(family, observation, draw.values, true)).mean(0);
  if (!path_gradient) return loss;
  // Its value cancels; its gradient is the score, taken out of log q's total gradient.
  const auto score = family.log_q(encodings, detached(draw.starts), detached(draw.z), /*cheap_only=*/true).mean(0);
  return loss - (score - score.detach());
}

at::Tensor loss_of(Loss loss, const DualFamily& family, const Batch& batch, std::int64_t draws, bool path_gradient,
                   at::Generator& generator) {
  switch (loss) {
    case Loss::reverse_kl:
      return reverse_kl(family, batch, draws, path_gradient, generator);
    case Loss::forward_kl:
      return forward_kl(family, batch);
    case Loss::unregularized_elbo:
      return unregularized_elbo(family, batch, draws, generator);
    case Loss::map:
      return map(family, batch);
  }
  return {};
}

at::Tensor log_q_at(const DualFamily& family, const Encodings& encodings, const Observation& observation,
                    const VariableValues& values) {
  const auto truth = truth_of(family, observation, family.encoder().relabelled(family.model(), encodings, values));
  auto total = log_q_of(family, encodings, observation, truth);
  for (std::size_t i = 0; i < truth.z.size(); ++i) {
    const auto log_det = family.constrain(i, truth.z[i], truth.values).log_det;
    if (log_det.defined()) total = total - per_data_set(kept(log_det, family.counted(i, encodings)));
  }
  return total;
}

LogWeights log_weights(const DualFamily& family, const Encodings& encodings, const Observation& observation,
                       std::int64_t draws, at::Generator& generator, Leaves leaves, const Widening& widening) {
  LogWeights result;
  result.draw = family.draw(encodings, observation, draws, generator, leaves, widening);
  result.log_prior = family.model().log_prior(result.draw.values);
  result.log_likelihood = family.model().log_likelihood(observation, result.draw.values);
  return result;
}

double robust_mean(const at::Tensor& elbo) {
  const auto finite = at::nan_to_num(elbo, -1e30, -1e30, -1e30);
  const auto sorted = std::get<0>(finite.sort());
  const auto n = sorted.numel() - 1;
  const double median = sorted[n / 2].item<double>();
  const double spread = std::max(1.0, median - sorted[n / 4].item<double>());
  return finite.clamp_min(median - 20 * spread).mean().item<double>();
}

const char* to_string(Loss loss) {
  switch (loss) {
    case Loss::reverse_kl:
      return "reverse KL";
    case Loss::forward_kl:
      return "forward KL";
    case Loss::unregularized_elbo:
      return "unregularized ELBO";
    case Loss::map:
      return "MAP";
  }
  return "";
}

}  // namespace adavi
