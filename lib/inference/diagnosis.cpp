#include "inference/diagnosis.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "diagnostics/failure.hpp"

namespace adavi {
namespace {

constexpr int most_in_a_row = 50;

bool finite(const at::Tensor& x) { return !x.defined() || at::isfinite(x).all().item<bool>(); }
bool finite(const Start& x) {
  const auto& [shift, log_diagonal, below] = x.gaussian;
  return finite(shift) && finite(log_diagonal) && finite(below) && finite(x.warp.location) &&
         finite(x.warp.log_scale) && finite(x.warp.knots.x) && finite(x.warp.knots.slope);
}

/// A step again, latent by latent.
class Replay {
 public:
  Replay(Loss loss, DualFamily& family, const Batch& batch, std::int64_t draws, at::Generator& generator)
      : from_truth_(loss == Loss::forward_kl),
        family_(family),
        batch_(batch),
        draws_(draws),
        generator_(generator),
        encodings_(batch.encoded(family)),
        values_(batch.observation.values) {}

  bool sound_encoding() const {
    return std::all_of(encodings_.features.begin(), encodings_.features.end(),
                       [](const at::Tensor& features) { return finite(features); });
  }
  /// The first latent that is not finite, or -1.
  int first_latent() {
    for (std::size_t i = 0; i < family_.estimators().size(); ++i) {
      if (!sound(i)) return family_.plan().estimators[i].variable;
    }
    return -1;
  }
  bool sound_likelihood() const {
    return from_truth_ || finite(family_.model().log_likelihood(batch_.observation, values_));
  }

 private:
  bool sound(std::size_t i) {
    const auto& plan = family_.plan().estimators[i];
    const auto base = family_.context(i, encodings_, z_);
    const auto start = family_.start(i, {base, encodings_, batch_.observation, values_, z_});
    const auto [z, log_q] = flow(i, family_.with_start(i, base, encodings_, start), start);
    if (!finite(start) || !finite(z) || !finite(log_q)) return false;
    z_.push_back(z);
    if (from_truth_) {  // which has no log joint
      values_[static_cast<std::size_t>(plan.variable)] = batch_.values[static_cast<std::size_t>(plan.variable)];
      return true;
    }
    const bool held = plan.link.kind == LinkKind::exp;  // see DualFamily::constrain
    const auto reached = held ? at::maximum(z, family_.floors()[i]) : z;
    const auto log_density =
        family_.model().local_log_joint({plan.variable}, reached, batch_.observation, values_, {}, false);
    values_[static_cast<std::size_t>(plan.variable)] = family_.constrain(i, z, values_).value;
    return finite(log_density);
  }

  /// z and its log q, from the simulated latents or from fresh draws.
  std::pair<at::Tensor, at::Tensor> flow(std::size_t i, const Context& whole, const Start& start) {
    const auto& plan = family_.plan().estimators[i];
    const auto& estimator = family_.estimators()[i];
    if (from_truth_) {
      const auto z = family_.model().unconstrain(plan.variable, batch_.labelled(family_, encodings_));
      return {z, estimator.log_q(whole, off(start, z).z)};
    }
    auto shape = encodings_.features[static_cast<std::size_t>(plan.depth)].sizes().vec();
    shape.front() = draws_;
    shape.back() = plan.size;
    const auto u = at::empty(shape, family_.model().options().device(at::kCPU)).normal_(0, 1, generator_);
    const auto drawn = estimator.draw(whole, u.to(family_.model().options().device()));
    const auto placed = onto(start, drawn);
    return {placed.z, placed.log_q};
  }

  bool from_truth_;
  DualFamily& family_;
  const Batch& batch_;
  std::int64_t draws_;
  at::Generator& generator_;
  Encodings encodings_;
  VariableValues values_;
  std::vector<at::Tensor> z_;
};

/// Name of the last estimator whose gradient is not finite, or nothing.
std::string last_estimator(const DualFamily& family) {
  const auto& variables = family.model().model().variables;
  const auto& estimators = family.plan().estimators;
  for (auto estimator = estimators.rbegin(); estimator != estimators.rend(); ++estimator) {
    const auto& name = variables[static_cast<std::size_t>(estimator->variable)].name;
    const std::string prefix = "estimator." + name + ".";
    for (const auto& [own, weight] : family.parameters().weights()) {
      if (own.compare(0, prefix.size(), prefix) == 0 && !finite(weight.grad())) return name;
    }
  }
  return {};
}

}  // namespace

std::string culprit(Loss loss, DualFamily& family, const Batch& batch, std::int64_t draws, at::Generator& generator) {
  const at::NoGradGuard no_grad;
  const auto& variables = family.model().model().variables;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (batch.values[i].defined() && at::isinf(batch.values[i]).any().item<bool>())
      return variables[i].name;  // NaN marks a gap
  }
  const auto observed = std::find_if(variables.begin(), variables.end(),
                                     [](const Variable& variable) { return variable.role == ast::Role::observed; });
  if (family.plan().total) return "all latents";
  Replay replay(loss, family, batch, draws, generator);
  if (!replay.sound_encoding()) return observed->name;
  const int latent = replay.first_latent();
  if (latent >= 0) return variables[static_cast<std::size_t>(latent)].name;
  return replay.sound_likelihood() ? last_estimator(family) : observed->name;
}

void SkippedSteps::add(const std::string& variable, std::int64_t step) {
  ++counts_[variable.empty() ? "the encoder" : variable];
  if (++in_a_row_ < most_in_a_row) return;
  throw Failure(ExitStatus::failed, "training cannot go on: " + std::to_string(most_in_a_row) +
                                        " steps in a row gave a loss or gradient that is not finite (step " +
                                        std::to_string(step) + "; traced to " + text() + ")");
}

std::int64_t SkippedSteps::total() const {
  std::int64_t total = 0;
  for (const auto& [name, count] : counts_) total += count;
  return total;
}

std::string SkippedSteps::text() const {
  std::vector<std::pair<std::string, std::int64_t>> sorted(counts_.begin(), counts_.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [name, count] : sorted) text += (text.empty() ? "" : ", ") + name + ": " + std::to_string(count);
  return text;
}

}  // namespace adavi
