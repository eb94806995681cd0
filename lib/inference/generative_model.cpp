#include "inference/generative_model.hpp"

#include <algorithm>

#include "diagnostics/failure.hpp"
#include "inference/presence.hpp"
#include "inference/random_variable.hpp"

namespace adavi {
namespace {

using ast::Role;

bool is_known(const Variable& variable) { return variable.role == Role::observed || variable.role == Role::covariate; }

/// Sums everything behind the first two axes: [K, B, ...] -> [K, B].
/// Sums the last `count` axes.
at::Tensor sum_last(const at::Tensor& x, std::int64_t count) {
  return count > 0 ? x.flatten(x.dim() - count).sum(-1) : x;
}

/// Whether the innermost plate is there as a whole or not at all, everywhere.
bool whole_plates(const at::Tensor& present) { return !present.defined() || present.all(-1).equal(present.any(-1)); }

}  // namespace

GenerativeModel::GenerativeModel(const HbmModel& model, at::TensorOptions options) : model_(model), options_(options) {}

VariableValues GenerativeModel::simulate(std::int64_t n, at::Generator& generator) const {
  return simulate(n, generator, upper_cardinalities(model_));
}

VariableValues GenerativeModel::simulate(std::int64_t n, at::Generator& generator,
                                         const Cardinalities& cardinalities) const {
  at::NoGradGuard no_grad;
  VariableValues values(model_.variables.size());
  EvaluationContext context(model_, values, options_);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Variable& variable = model_.variables[i];
    if (variable.role == Role::covariate && !variable.distribution) {
      throw Failure(ExitStatus::model_errors, "covariate '" + variable.name +
                                                  "' has no distribution to simulate from\n  help: add one, e.g. '" +
                                                  variable.name + " ~ normal(0, 1)'");
    }
    if (!variable.distribution) continue;
    std::vector<std::int64_t> shape = {1, n};
    for (int d = 0; d < variable.depth; ++d) shape.push_back(cardinalities[static_cast<std::size_t>(d)]);
    shape.insert(shape.end(), variable.type.shape.begin(), variable.type.shape.end());
    values[i] = sample(*variable.distribution, variable, shape, context, generator);
  }
  derive(values);
  return values;
}

bool GenerativeModel::collapses(const Variable& variable) const {
  const Distribution& distribution = *variable.distribution;
  const auto* implementation = find_implementation(distribution.name);
  if (!implementation || !implementation->summarise) return false;
  if (distribution.lower != no_expr || distribution.upper != no_expr) return false;
  for (const auto& argument : distribution.arguments) {
    if (model_.expression(argument.expression).depth >= variable.depth) return false;
  }
  return true;
}

Observation GenerativeModel::observe(const VariableValues& values) const {
  at::NoGradGuard no_grad;
  Observation result;
  result.values.resize(values.size());
  result.statistics.resize(values.size());
  result.present.resize(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Variable& variable = model_.variables[i];
    if (!is_known(variable)) continue;
    const auto event_rank = static_cast<std::int64_t>(variable.type.shape.size());
    const auto present = without_nan(values[i], event_rank);
    result.values[i] = filled(values[i], present, event_rank);
    if (variable.role != Role::observed) continue;
    result.present[i] = present;
    if (collapses(variable) && whole_plates(present)) {
      const auto innermost = values[i].dim() - event_rank - 1;
      result.statistics[i] = find_implementation(variable.distribution->name)->summarise(result.values[i], innermost);
    }
  }
  result.instances = instances_of(result);
  return result;
}

/// Instances of every depth where some observed variable is there; all of these live in the innermost plate.
std::vector<at::Tensor> GenerativeModel::instances_of(const Observation& observation) const {
  std::vector<at::Tensor> all(static_cast<std::size_t>(model_.depth()) + 1);
  at::Tensor there;
  for (std::size_t i = 0; i < observation.present.size(); ++i) {
    if (model_.variables[i].role != Role::observed) continue;
    if (!observation.present[i].defined()) return all;
    there = there.defined() ? there | observation.present[i] : observation.present[i];
  }
  return there.defined() ? instances_with_data(there, model_.depth()) : all;
}

/// Not yet summed over instances or elements.
at::Tensor GenerativeModel::log_density(const Variable& variable, const at::Tensor& x, EvaluationContext& context,
                                        const at::Tensor& present) const {
  return kept(adavi::log_density(*variable.distribution, x, variable, context), present);
}

at::Tensor GenerativeModel::conditional_log_prior(int index, const VariableValues& values) const {
  const Variable& variable = model_.variables[static_cast<std::size_t>(index)];
  EvaluationContext context(model_, values, options_);
  const auto density =
      adavi::log_density(*variable.distribution, values[static_cast<std::size_t>(index)], variable, context);
  return sum_last(density, density.dim() - 2 - variable.depth);
}

at::Tensor GenerativeModel::draw_conditional_prior(int index, std::vector<std::int64_t> shape,
                                                   const VariableValues& values, at::Generator& generator) const {
  at::NoGradGuard no_grad;  // whatever the draw is, its density cancels
  const Variable& variable = model_.variables[static_cast<std::size_t>(index)];
  EvaluationContext context(model_, values, options_);
  shape.insert(shape.end(), variable.type.shape.begin(), variable.type.shape.end());
  auto all = values;
  all[static_cast<std::size_t>(index)] = sample(*variable.distribution, variable, shape, context, generator);
  return unconstrain(index, all);
}

at::Tensor GenerativeModel::log_prior(const VariableValues& values, const std::vector<at::Tensor>& instances,
                                      const std::vector<char>& left_out) const {
  EvaluationContext context(model_, values, options_);
  at::Tensor total;
  for (const int index : model_.sampling_order) {
    const auto i = static_cast<std::size_t>(index);
    if (!left_out.empty() && left_out[i]) continue;
    const Variable& variable = model_.variables[i];
    const auto present = instances.empty() ? at::Tensor() : instances[static_cast<std::size_t>(variable.depth)];
    const auto term = per_data_set(log_density(variable, values[i], context, present));
    total = total.defined() ? total + term : term;
  }
  return total.defined() ? total : at::zeros({1, 1}, options_);
}

at::Tensor GenerativeModel::observed_log_density(std::size_t i, const Observation& observation,
                                                 const VariableValues& values, EvaluationContext& context) const {
  const Variable& variable = model_.variables[i];
  const auto present = observation.present.empty() ? at::Tensor() : observation.present[i];
  if (observation.statistics[i].empty()) return log_density(variable, values[i], context, present);
  // One term a plate instance around the innermost plate, whose axis is gone.
  const auto arguments = aligned_arguments(*variable.distribution, variable.depth - 1,
                                           static_cast<std::int64_t>(variable.type.shape.size()), context);
  const auto terms =
      find_implementation(variable.distribution->name)->log_density_of(observation.statistics[i], arguments);
  return kept(terms, present.defined() ? present.select(-1, 0) : present);
}

namespace {

/// Latent values with what is known beside them.
VariableValues with_known(VariableValues values, const Observation& observation) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (observation.values[i].defined()) values[i] = observation.values[i];
  }
  return values;
}

}  // namespace

at::Tensor GenerativeModel::log_likelihood(const Observation& observation, const VariableValues& values,
                                           const std::vector<char>& left_out) const {
  const VariableValues all = with_known(values, observation);
  EvaluationContext context(model_, all, options_);
  at::Tensor total;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (model_.variables[i].role != Role::observed || (!left_out.empty() && left_out[i])) continue;
    const auto term = per_data_set(observed_log_density(i, observation, all, context));
    total = total.defined() ? total + term : term;
  }
  return total.defined() ? total : at::zeros({1, 1}, options_);
}

at::Tensor GenerativeModel::component_log_densities(int index, const VariableValues& values) const {
  const auto i = static_cast<std::size_t>(index);
  EvaluationContext context(model_, values, options_);
  return adavi::component_log_densities(values[i], model_.variables[i], context);
}

at::Tensor GenerativeModel::concentration(int simplex, const Observation& observation,
                                          const VariableValues& values) const {
  const VariableValues all = with_known(values, observation);
  const Variable& own = model_.variables[static_cast<std::size_t>(simplex)];
  EvaluationContext context(model_, all, options_);
  auto total = aligned_arguments(*own.distribution, own.depth, 1, context).front();
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Variable& child = model_.variables[i];
    const auto& parents = child.parents;
    if (child.role != Role::observed || std::find(parents.begin(), parents.end(), simplex) == parents.end()) continue;
    auto counts = all[i];
    if (child.distribution->name == "categorical") {
      const auto parts = own.type.shape.back();
      counts = at::one_hot(counts.to(at::kLong).clamp(1, parts) - 1, parts).to(options_.dtype());
    }
    if (!observation.present.empty()) counts = kept(counts, observation.present[i]);
    const std::int64_t axis = 2 + own.depth;
    if (counts.dim() > axis + 1) counts = counts.flatten(axis, -2).sum(axis);
    total = total + counts;
  }
  return total;
}

at::Tensor GenerativeModel::constrain_block(const std::vector<int>& block, const at::Tensor& z,
                                            VariableValues& values) const {
  at::Tensor log_det;
  std::int64_t first = 0;
  for (const int index : block) {
    const auto size = unconstrained_size(model_.variables[static_cast<std::size_t>(index)]);
    const auto constrained = constrain(index, z.narrow(-1, first, size), values);
    values[static_cast<std::size_t>(index)] = constrained.value;
    first += size;
    if (!constrained.log_det.defined()) continue;
    const auto term = constrained.log_det.sum();
    log_det = log_det.defined() ? log_det + term : term;
  }
  return log_det;
}

/// `add` takes the log density of each of a block's latents and of its children that count.
template <class Add>
void GenerativeModel::each_local_term(const std::vector<int>& block, const Observation& observation,
                                      const VariableValues& values, const std::vector<int>& known_latents,
                                      bool with_likelihood, Add add) const {
  const auto contains = [](const std::vector<int>& list, int i) {
    return std::find(list.begin(), list.end(), i) != list.end();
  };
  EvaluationContext context(model_, values, options_);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Variable& variable = model_.variables[i];
    const auto index = static_cast<int>(i);
    const bool child = std::any_of(block.begin(), block.end(), [&](int b) { return contains(variable.parents, b); });
    if (contains(block, index) || (child && contains(known_latents, index))) {
      add(log_density(variable, values[i], context));
    } else if (child && with_likelihood && variable.role == Role::observed) {
      add(observed_log_density(i, observation, values, context));
    }
  }
}

at::Tensor GenerativeModel::local_log_joint(const std::vector<int>& block, const at::Tensor& z,
                                            const Observation& observation, const VariableValues& values,
                                            const std::vector<int>& known_latents, bool with_likelihood) const {
  VariableValues all = with_known(values, observation);
  auto total = constrain_block(block, z, all);
  each_local_term(block, observation, all, known_latents, with_likelihood,
                  [&](const at::Tensor& term) { total = total.defined() ? total + term.sum() : term.sum(); });
  return total;
}

at::Tensor GenerativeModel::local_log_density(int index, const at::Tensor& z, const Observation& observation,
                                              const VariableValues& values,
                                              const std::vector<int>& known_latents) const {
  VariableValues all = with_known(values, observation);
  const Variable& variable = model_.variables[static_cast<std::size_t>(index)];
  const auto leading = z.dim() - 1, size = z.size(-1);
  const auto events = static_cast<std::int64_t>(variable.type.shape.size());
  const auto by_number = [&](const at::Tensor& term, std::int64_t own_axes) {
    if (size == 1) return term.dim() > leading ? term.flatten(leading).sum(-1, true) : term.unsqueeze(-1);
    const auto flat = term.flatten(term.dim() - own_axes);  // [.., plates below..., S]
    return flat.dim() > leading + 1 ? flat.flatten(leading, -2).sum(leading) : flat;
  };
  all[static_cast<std::size_t>(index)] = constrain(index, z, all).value;
  at::Tensor total;
  if (variable.link.kind != LinkKind::identity) {
    EvaluationContext context(model_, all, options_);
    auto shape = z.sizes().vec();
    shape.pop_back();
    shape.insert(shape.end(), variable.unconstrained_shape.begin(), variable.unconstrained_shape.end());
    const auto log_det = link_log_det(link_of(variable, context), z.reshape(shape));
    total = by_number(log_det, events);
  }
  each_local_term({index}, observation, all, known_latents, true, [&](const at::Tensor& term) {
    const auto numbers = by_number(term, events);
    total = total.defined() ? total + numbers : numbers;
  });
  return total;
}

LinkFunction GenerativeModel::link_of(const Variable& variable, EvaluationContext& context) const {
  LinkFunction link;
  link.kind = variable.link.kind;
  const auto bound = [&](ExprId id) {
    if (id == no_expr) return at::Tensor();
    const auto missing = variable.type.shape.size() - model_.expression(id).type.shape.size();
    return context.aligned(id, variable.depth, static_cast<int>(missing));
  };
  link.lower = bound(variable.link.lower);
  link.upper = bound(variable.link.upper);
  return link;
}

GenerativeModel::Constrained GenerativeModel::constrain(int index, const at::Tensor& z,
                                                        const VariableValues& values) const {
  const Variable& variable = model_.variables[static_cast<std::size_t>(index)];
  EvaluationContext context(model_, values, options_);
  const auto link = link_of(variable, context);
  auto shape = z.sizes().vec();
  shape.pop_back();
  const auto leading = static_cast<std::int64_t>(shape.size());
  shape.insert(shape.end(), variable.unconstrained_shape.begin(), variable.unconstrained_shape.end());
  const auto free = z.reshape(shape);  // [K, B, plates..., S as event axes]
  const auto value = apply_link(link, free);
  if (link.kind == LinkKind::identity) return {value, {}};
  const auto log_det = link_log_det(link, free);
  return {value, sum_last(log_det, log_det.dim() - leading)};
}

at::Tensor GenerativeModel::unconstrain(int index, const VariableValues& values) const {
  const Variable& variable = model_.variables[static_cast<std::size_t>(index)];
  EvaluationContext context(model_, values, options_);
  const auto& x = values[static_cast<std::size_t>(index)];
  const auto z = invert_link(link_of(variable, context), x);
  auto shape = x.sizes().vec();
  shape.resize(shape.size() - variable.type.shape.size());
  shape.push_back(unconstrained_size(variable));
  return z.reshape(shape);
}

void GenerativeModel::derive(VariableValues& values) const {
  EvaluationContext context(model_, values, options_);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Variable& variable = model_.variables[i];
    if (variable.role != Role::derived) continue;
    const auto known = [&](int parent) { return values[static_cast<std::size_t>(parent)].defined(); };
    if (!std::all_of(variable.parents.begin(), variable.parents.end(), known)) continue;
    auto value = context.aligned(variable.value, variable.depth);
    const auto full =
        static_cast<std::int64_t>(2 + variable.depth) + static_cast<std::int64_t>(variable.type.shape.size());
    if (value.dim() < full) value = align(value, 0, variable.type.shape.size(), 2 + variable.depth, 0);
    values[i] = value;
  }
}

}  // namespace adavi
