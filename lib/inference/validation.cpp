#include "inference/validation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace adavi {
namespace {

/// Terms [K, B] of one batch, whose mean over K is a data set's score.
at::Tensor terms_of(const DualFamily& family, const Batch& batch, std::int64_t draws, at::Generator& generator) {
  const auto encodings = batch.encoded(family);
  if (!family.plan().left_out.empty()) return log_q_at(family, encodings, batch.observation, batch.values);
  return log_weights(family, encodings, batch.observation, draws, generator, Leaves::integrated).log_weight();
}

/// log mean weight - mean log weight, of the middle data set, is an estimate of log p(X) - ELBO. Without weights only
/// what has nothing to learn is known to have nothing to gain.
double gap_of(const DualFamily& family, const at::Tensor& terms) {
  if (family.plan().left_out.empty()) {
    const auto log_mean = at::logsumexp(terms, 0) - std::log(static_cast<double>(terms.size(0)));
    return (log_mean - terms.mean(0)).median().item<double>();
  }
  return is_exact(family.plan()) ? 0 : std::numeric_limits<double>::infinity();
}

}  // namespace

ValidationScore score(const DualFamily& family, const std::vector<Batch>& held_out, std::int64_t draws,
                      at::Generator& generator) {
  ValidationScore result;
  std::vector<at::Tensor> parts;
  for (const auto& batch : held_out) {
    parts.push_back(terms_of(family, batch, draws, generator).to(at::kDouble));
    result.typical += robust_mean(parts.back().mean(0)) / static_cast<double>(held_out.size());
  }
  const auto terms = at::cat(parts, 1);
  const auto by_set = terms.mean(0).contiguous();
  result.mean = by_set.mean().item<double>();
  // Over data sets; of one, over its draws.
  const auto sample = by_set.numel() > 1 ? by_set : terms.flatten();
  if (sample.numel() > 1) result.se = sample.std().item<double>() / std::sqrt(static_cast<double>(sample.numel()));
  result.gap = gap_of(family, terms);
  return result;
}

}  // namespace adavi
