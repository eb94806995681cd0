#include "inference/dual_family.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include <stdexcept>

namespace adavi {
namespace {

constexpr std::int64_t most_density_passes = 8;  // above, the density of an inverse flow is not worth its passes

at::Tensor per_data_set(const at::Tensor& x) { return x.dim() > 2 ? x.flatten(2).sum(2) : x; }

bool cheap_density(const EstimatorPlan& plan) {
  return plan.flow == FlowKind::none || plan.flow == FlowKind::maf || plan.size <= most_density_passes;
}

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
  for (const auto& estimator : plan.estimators) {
    const auto& variable = model.model().variables[static_cast<std::size_t>(estimator.variable)];
    estimators_.emplace_back(parameters_, "estimator." + variable.name, estimator, generator_);
    for (const int upper : estimator.upper) {
      const auto& parent = model.model().variables[static_cast<std::size_t>(upper)];
      estimators_.back().upper.emplace_back(parameters_, "estimator." + variable.name + ".upper." + parent.name,
                                            unconstrained_size(parent));
    }
    scoring_.emplace_back();
    if (estimator.scoring_steps > 0) {
      scoring_.back() = Scoring(parameters_, "estimator." + variable.name + ".scoring",
                                estimator.context - 2 * estimator.size, estimator.size, estimator.scoring_steps);
    }
  }
  if (parameters_.used() != plan.weights) throw std::logic_error("the network has fewer weights than its plan");
}

Context DualFamily::context(std::size_t i, const std::vector<at::Tensor>& encodings,
                            const std::vector<at::Tensor>& z) const {
  const auto& plan = plan_.estimators[i];
  Context context = {encodings[static_cast<std::size_t>(plan.depth)]};
  for (std::size_t u = 0; u < plan.upper.size(); ++u) {
    for (std::size_t j = 0; j < i; ++j) {
      if (plan_.estimators[j].variable != plan.upper[u]) continue;
      context.push_back(align(estimators_[i].upper[u](z[j]), plan_.estimators[j].depth, 1, plan.depth, 0));
    }
  }
  return context;
}

Start DualFamily::start(std::size_t i, const Context& context, const Observation& observation,
                        const VariableValues& values) const {
  if (plan_.estimators[i].scoring_steps == 0) return {};
  return scoring_[i](model_, plan_.estimators[i].variable, context, observation, values);
}

Context DualFamily::with_start(std::size_t i, Context context, const Start& start) const {
  if (plan_.estimators[i].scoring_steps > 0) context.push_back(scoring_[i].features(start, context.front()));
  return context;
}

FamilyDraw DualFamily::draw(const std::vector<at::Tensor>& encodings, const Observation& observation,
                            std::int64_t draws, at::Generator& generator, EstimatorParts parts) const {
  FamilyDraw result;
  result.values = observation.values;
  for (std::size_t i = 0; i < estimators_.size(); ++i) {
    const auto& plan = plan_.estimators[i];
    auto shape = encodings[static_cast<std::size_t>(plan.depth)].sizes().vec();
    shape.front() = draws;
    shape.back() = plan.size;
    const auto u = at::empty(shape, encodings.front().options().device(at::kCPU).requires_grad(false))
                       .normal_(0, 1, generator)
                       .to(encodings.front().device());
    const auto base = context(i, encodings, result.z);
    result.starts.push_back(start(i, base, observation, result.values));
    const auto& start = result.starts.back();
    auto flow = estimators_[i].draw(with_start(i, base, start), u, parts);
    if (start.defined()) flow = {start.location + start.scale * flow.z, flow.log_q - at::log(start.scale).sum(-1)};
    const auto constrained = model_.constrain(plan.variable, flow.z, result.values);
    result.z.push_back(flow.z);
    result.values[static_cast<std::size_t>(plan.variable)] = constrained.value;
    auto log_q = per_data_set(flow.log_q);
    if (constrained.log_det.defined()) log_q = log_q - per_data_set(constrained.log_det);
    result.log_q = result.log_q.defined() ? result.log_q + log_q : log_q;
  }
  return result;
}

VariableValues DualFamily::modes(const std::vector<at::Tensor>& encodings, const Observation& observation) const {
  auto values = observation.values;
  std::vector<at::Tensor> z;
  for (std::size_t i = 0; i < estimators_.size(); ++i) {
    const auto base = context(i, encodings, z);
    const auto origin = start(i, base, observation, values);
    auto mode = estimators_[i].shift(with_start(i, base, origin));
    if (origin.defined()) mode = origin.location + origin.scale * mode;
    z.push_back(mode);
    const int variable = plan_.estimators[i].variable;
    values[static_cast<std::size_t>(variable)] = model_.constrain(variable, mode, values).value;
  }
  return values;
}

std::vector<Start> DualFamily::starts(const std::vector<at::Tensor>& encodings, const Observation& observation,
                                      const VariableValues& values, const std::vector<at::Tensor>& z) const {
  std::vector<Start> result;
  for (std::size_t i = 0; i < estimators_.size(); ++i) {
    result.push_back(start(i, context(i, encodings, z), observation, values));
  }
  return result;
}

at::Tensor DualFamily::log_q(const std::vector<at::Tensor>& encodings, const std::vector<Start>& starts,
                             const std::vector<at::Tensor>& z, bool cheap_only) const {
  at::Tensor total = at::zeros({1, 1}, encodings.front().options());
  for (std::size_t i = 0; i < estimators_.size(); ++i) {
    if (cheap_only && !cheap_density(plan_.estimators[i])) continue;
    const auto& start = starts[i];
    const auto whole = with_start(i, context(i, encodings, z), start);
    const auto standard = start.defined() ? (z[i] - start.location) / start.scale : z[i];
    auto log_q = estimators_[i].log_q(whole, standard);
    if (start.defined()) log_q = log_q - at::log(start.scale).sum(-1);
    total = total + per_data_set(log_q);
  }
  return total;
}

std::int64_t DualFamily::cardinality(int d, const VariableValues& known) const {
  const auto& variables = model_.model().variables;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (variables[i].role == ast::Role::observed) return known[i].size(d + 2);
  }
  return model_.model().plates[static_cast<std::size_t>(d)].upper;
}

}  // namespace adavi
