#include "inference/dual_family.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "inference/presence.hpp"

namespace adavi {
namespace {

constexpr double lowest = -80;  // of the logarithm of a float32

constexpr std::int64_t most_density_passes = 8;  // above, the density of an inverse flow is not worth its passes

/// And of use: without weights there is no gradient.
bool cheap_density(const EstimatorPlan& plan) {
  if (plan.exact) return false;
  return plan.flow == FlowKind::none || plan.flow == FlowKind::maf || plan.flow == FlowKind::coupling ||
         plan.size <= most_density_passes;
}

bool is_marginal(const EstimatorPlan& plan) { return plan.scores == Scores::marginal; }

/// `x` itself, but gradients that are not finite do not get past it.
at::Tensor guarded(const at::Tensor& x) {
  if (!x.requires_grad()) return x;
  const auto result = x.view_as(x);
  result.register_hook([](const at::Tensor& gradient) { return at::nan_to_num(gradient, 0.0, 0.0, 0.0); });
  return result;
}

/// Latents drawn so far as contexts and starts see them: a Newton climb that got lost in one place must not spoil the
/// gradients of all others.
struct Upper {
  std::vector<at::Tensor> z;
  VariableValues values;
  void add(int variable, const at::Tensor& drawn, const at::Tensor& value) {
    z.push_back(guarded(drawn));
    values[static_cast<std::size_t>(variable)] = guarded(value);
  }
};

at::Tensor standard_normal(const std::vector<std::int64_t>& shape, const at::TensorOptions& options,
                           at::Generator& generator) {
  return at::empty(shape, options.device(at::kCPU)).normal_(0, 1, generator).to(options.device());
}

/// Standard normal numbers, some of them drawn wider.
class WideNoise {
 public:
  WideNoise(const Widening& widening, std::int64_t numbers)
      : widening_(widening), numbers_(static_cast<double>(numbers)), scale_(1 + 1 / std::sqrt(numbers_)) {}
  void add(at::Tensor& u) {
    if (widening_.share == 0) return;
    u.narrow(0, u.size(0) - widening_.wide, widening_.wide).mul_(scale_);
    const auto square = u.square().sum(-1).to(at::kDouble);
    squares_ = squares_.defined() ? squares_ + square : square;
  }
  /// Of the mixture of both, over that of standard normal ones alone.
  at::Tensor log_density() const {
    if (!squares_.defined()) return {};
    const auto log_wide = 0.5 * (1 - 1 / (scale_ * scale_)) * squares_ - numbers_ * std::log(scale_);
    return at::logaddexp(at::full_like(log_wide, std::log1p(-widening_.share)), log_wide + std::log(widening_.share));
  }

 private:
  Widening widening_;
  double numbers_, scale_;
  at::Tensor squares_;  ///< of all numbers, [K, B]
};

at::Generator seeded(std::uint64_t seed) {
  auto generator = at::detail::createCPUGenerator();
  generator.set_current_seed(seed);
  return generator;
}

}  // namespace

DualFamily::DualFamily(const GenerativeModel& model, const DualPlan& plan, std::uint64_t seed)
    : model_(model),
      plan_(plan),
      parameters_(plan.weights, model.options()),
      generator_(seeded(seed)),
      encoder_(parameters_, model.model(), plan, generator_) {
  for (const auto& latent : plan.estimators) {
    const auto& variable = model.model().variables[static_cast<std::size_t>(latent.variable)];
    floors_.push_back(parameters_.add_buffer("estimator." + variable.name + ".floor", {latent.size}, lowest));
    if (!plan.total) add_estimator(latent);
  }
  if (plan.total) total_.emplace(parameters_, plan, generator_);
  if (!plan.marginal.empty()) {
    const auto& first = *std::find_if(plan.estimators.begin(), plan.estimators.end(), is_marginal);
    top_ = NestedLaplace(parameters_, marginal_size(model.model(), plan), encoding_size(model.model(), plan, 0),
                         first.scoring_steps);
  }
  if (parameters_.used() != plan.weights) throw std::logic_error("the network has fewer weights than its plan");
}

void DualFamily::add_estimator(const EstimatorPlan& plan) {
  const auto& variables = model_.model().variables;
  const std::string name = "estimator." + variables[static_cast<std::size_t>(plan.variable)].name;
  estimators_.emplace_back(parameters_, name, plan, generator_);
  std::int64_t upper = 0;
  for (const int index : plan.upper) {
    const auto& parent = variables[static_cast<std::size_t>(index)];
    estimators_.back().upper.emplace_back(parameters_, name + ".upper." + parent.name, unconstrained_size(parent));
    upper += unconstrained_size(parent);
  }
  scoring_.emplace_back();
  if (plan.scores == Scores::none) return;
  std::int64_t encodings = encoding_size(model_.model(), plan_, plan.depth);
  for (const int depth : plan.around) encodings += encoding_size(model_.model(), plan_, depth);
  scoring_.back() = Scoring(parameters_, name + ".scoring", model_, plan, encodings, upper, plan_.message);
}

Encodings DualFamily::encode(const Observation& observation, FoundPeaks* found) const {
  auto encodings = encoder_(model_, observation, found);
  if (found && found->known) {
    encodings.top = found->top;
    encodings.nears = found->nears;
  } else if (!plan_.marginal.empty()) {
    set_top(encodings, observation, top_(encodings.features[0], log_marginal(encodings, observation)));
  }
  if (found) *found = {found->message, encodings.top, encodings.nears, true};
  return encodings;
}

Context DualFamily::context(std::size_t i, const Encodings& encodings, const std::vector<at::Tensor>& z) const {
  const auto& plan = plan_.estimators[i];
  Context context = {encodings.features[static_cast<std::size_t>(plan.depth)]};
  for (const int depth : plan.around)
    context.push_back(align(encodings.features[static_cast<std::size_t>(depth)], depth, 1, plan.depth, 0));
  for (std::size_t u = 0; u < plan.upper.size(); ++u) {
    for (std::size_t j = 0; j < i; ++j) {
      if (plan_.estimators[j].variable != plan.upper[u]) continue;
      context.push_back(align(estimators_[i].upper[u](z[j]), plan_.estimators[j].depth, 1, plan.depth, 0));
    }
  }
  return context;
}

std::vector<char> DualFamily::fixed(std::size_t i) const {
  const auto& plan = plan_.estimators[i];
  auto result = encoder_.fixed(plan.depth);
  for (const int depth : plan.around) {
    const auto& flags = encoder_.fixed(depth);
    result.insert(result.end(), flags.begin(), flags.end());
  }
  return result;
}

Start DualFamily::start(std::size_t i, const Given& given) const {
  const auto& plan = plan_.estimators[i];
  if (plan.scores == Scores::none) return {};
  if (is_marginal(plan)) {
    if (!scoring_[i].is_enabled()) return {};
    return marginal_start(i, given.encodings.top, given.z);
  }
  const auto along = start_along(i, given);
  return along.defined() ? along : scoring_[i](scoring_given(i, given), near(i, given));
}

Scoring::Given DualFamily::scoring_given(std::size_t i, const Given& given) const {
  return {model_, given.context, given.observation, given.values,
          given.encodings.messages[static_cast<std::size_t>(plan_.estimators[i].depth)]};
}

Context DualFamily::with_start(std::size_t i, Context context, const Encodings& encodings, const Start& start) const {
  if (plan_.estimators[i].exact) return context;
  if (plan_.estimators[i].scores != Scores::none) context.push_back(scoring_[i].features(start, context.front()));
  if (is_marginal(plan_.estimators[i])) {
    context.push_back(encodings.top.defined()
                          ? encodings.top.bends
                          : at::zeros({1, 1, 2 * marginal_size(model_.model(), plan_)}, context.front().options()));
  }
  return context;
}

GenerativeModel::Constrained DualFamily::constrain(std::size_t i, const at::Tensor& z,
                                                   const VariableValues& values) const {
  const auto& plan = plan_.estimators[i];
  if (plan.link.kind != LinkKind::exp) return model_.constrain(plan.variable, z, values);
  const auto held = at::maximum(z, floors_[i]);
  auto result = model_.constrain(plan.variable, held, values);
  result.log_det = result.log_det + (z - held).sum(-1);
  return result;
}

bool DualFamily::widens(std::size_t i) const { return plan_.estimators[i].depth == 0 && !plan_.estimators[i].exact; }

std::int64_t DualFamily::wide_numbers() const {
  std::int64_t numbers = 0;
  for (std::size_t i = 0; i < estimators_.size(); ++i) numbers += widens(i) ? plan_.estimators[i].size : 0;
  return numbers;
}

FamilyDraw DualFamily::draw(const Encodings& encodings, const Observation& observation, std::int64_t draws,
                            at::Generator& generator, Leaves leaves, const Widening& widening) const {
  if (total_) return draw_total(encodings, observation, draws, generator);
  FamilyDraw result;
  result.values = observation.values;
  Upper above{{}, observation.values};
  WideNoise widened(widening, wide_numbers());
  for (std::size_t i = 0; i < estimators_.size(); ++i) {
    const auto& plan = plan_.estimators[i];
    auto shape = encodings.features[static_cast<std::size_t>(plan.depth)].sizes().vec();
    shape.front() = draws;
    shape.back() = plan.size;
    const auto base = context(i, encodings, above.z);
    const Given given = {base, encodings, observation, above.values, above.z, &result.starts};
    FlowDraw flow;
    if (leaves == Leaves::integrated && is_leaf(i)) {
      result.starts.emplace_back();
      const auto known = scoring_given(i, given);
      const auto at_peak = near(i, given);
      flow = scoring_[i].point(
          known, at_peak.shift.defined() ? scoring_[i].moments_of(known, at_peak) : scoring_[i].moments_of(known));
    } else {
      result.starts.push_back(start(i, given));
      const auto& start = result.starts.back();
      auto u = standard_normal(shape, model_.options(), generator);
      if (widens(i)) widened.add(u);
      flow = onto(start, estimators_[i].draw(with_start(i, base, encodings, start), u));
    }
    const auto present = plan.parents_known ? observation.instances_at(plan.depth) : at::Tensor();
    if (present.defined()) {
      shape.pop_back();
      const auto prior = model_.draw_conditional_prior(plan.variable, shape, result.values, generator);
      flow.z = at::where(present.unsqueeze(-1), flow.z, prior);
    }
    const auto constrained = constrain(i, flow.z, result.values);
    result.z.push_back(flow.z);
    result.values[static_cast<std::size_t>(plan.variable)] = constrained.value;
    if (present.defined()) {
      auto prior = model_.conditional_log_prior(plan.variable, result.values);
      if (constrained.log_det.defined()) prior = prior + constrained.log_det;
      flow.log_q = at::where(present, flow.log_q, prior);
    }
    above.add(plan.variable, flow.z, constrained.value);
    auto log_q = per_data_set(flow.log_q);
    if (constrained.log_det.defined()) log_q = log_q - per_data_set(constrained.log_det);
    result.log_q = result.log_q.defined() ? result.log_q + log_q : log_q;
  }
  result.log_widened = widened.log_density();
  return result;
}

VariableValues DualFamily::modes(const Encodings& encodings, const Observation& observation) const {
  if (total_) return modes_of_total(encodings, observation);
  auto values = observation.values;
  std::vector<at::Tensor> z;
  std::vector<Start> origins;
  for (std::size_t i = 0; i < estimators_.size(); ++i) {
    const auto base = context(i, encodings, z);
    origins.push_back(start(i, {base, encodings, observation, values, z, &origins}));
    const auto& origin = origins.back();
    const auto shift = estimators_[i].shift(with_start(i, base, encodings, origin));
    const auto mode = onto(origin, {shift, at::zeros_like(shift.select(-1, 0))}).z;
    z.push_back(mode);
    const int variable = plan_.estimators[i].variable;
    values[static_cast<std::size_t>(variable)] = constrain(i, mode, values).value;
  }
  return values;
}

std::vector<Start> DualFamily::starts(const Encodings& encodings, const Observation& observation,
                                      const VariableValues& values, const std::vector<at::Tensor>& z) const {
  if (total_) return std::vector<Start>(floors_.size());
  std::vector<Start> result;
  for (std::size_t i = 0; i < estimators_.size(); ++i) {
    const auto base = context(i, encodings, z);
    result.push_back(start(i, {base, encodings, observation, values, z, &result}));
  }
  return result;
}

at::Tensor DualFamily::log_q(const Encodings& encodings, const std::vector<Start>& starts,
                             const std::vector<at::Tensor>& z, bool cheap_only) const {
  at::Tensor total = at::zeros({1, 1}, encodings.features.front().options());
  if (total_) {
    if (cheap_only && !cheap_density(*plan_.total)) return total;
    return total_->estimator().log_q({total_->context(encodings)}, total_->join(z));
  }
  for (std::size_t i = 0; i < estimators_.size(); ++i) {
    if (cheap_only && !cheap_density(plan_.estimators[i])) continue;
    const auto whole = with_start(i, context(i, encodings, z), encodings, starts[i]);
    const auto inner = off(starts[i], z[i]);
    auto log_q = estimators_[i].log_q(whole, inner.z);
    if (inner.log_q.defined()) log_q = log_q + inner.log_q;
    total = total + per_data_set(kept(log_q, counted(i, encodings)));
  }
  return total;
}

at::Tensor DualFamily::counted(std::size_t i, const Encodings& encodings) const {
  const auto& plan = plan_.estimators[i];
  if (total_ || !plan.parents_known || encodings.present.empty()) return {};
  return encodings.present[static_cast<std::size_t>(plan.depth)];
}

std::int64_t DualFamily::cardinality(int d, const VariableValues& known) const {
  const auto& variables = model_.model().variables;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (variables[i].role == ast::Role::observed) return known[i].size(d + 2);
  }
  return model_.model().plates[static_cast<std::size_t>(d)].upper;
}

}  // namespace adavi
