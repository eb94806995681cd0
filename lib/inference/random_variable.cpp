#include "inference/random_variable.hpp"

#include <cmath>
#include <stdexcept>

#include "catalog/distributions.hpp"
#include "distributions/links.hpp"
#include "distributions/mixture.hpp"
#include "distributions/truncation.hpp"

namespace adavi {
namespace {

/// Where a distribution stands: the plates around it and the axes of its variate behind them.
struct Place {
  int depth = 0;
  std::int64_t rank = 0;  ///< event axes of the variate, a component axis in front included
  Shape base_shape;       ///< event axes of a transformed distribution's base
};

const DistributionImplementation& implementation(const Distribution& distribution) {
  const auto* found = find_implementation(distribution.name);
  if (!found) throw std::logic_error("distribution without an implementation: " + distribution.name);
  return *found;
}

/// An argument aligned with the variate: see `Distribution`. `rank` event axes in all.
at::Tensor argument(const DistributionArgument& argument, int depth, std::int64_t rank, EvaluationContext& context) {
  auto value = context.aligned(argument.expression, depth, argument.trailing);
  const auto own = context.event_rank(argument.expression) + argument.trailing;
  if (context.is_constant(argument.expression)) return value;
  for (auto r = own; r < rank; ++r) value = value.unsqueeze(-own - 1);
  return value;
}

Arguments arguments_at(const Distribution& distribution, int depth, std::int64_t rank, EvaluationContext& context) {
  const auto* row = find_distribution(distribution.name);
  const auto batch = rank - event_rank(*row);
  Arguments result;
  for (std::size_t i = 0; i < distribution.arguments.size(); ++i) {
    const auto own = batch + element_rank(row->parameters[i].kind);
    result.push_back(argument(distribution.arguments[i], depth, own, context));
  }
  return result;
}

Truncation bounds_of(const Distribution& distribution, const Place& place, EvaluationContext& context) {
  const auto bound = [&](ExprId id) {
    if (id == no_expr) return at::Tensor();
    return context.aligned(id, place.depth, static_cast<int>(place.rank - context.event_rank(id)));
  };
  return {bound(distribution.lower), bound(distribution.upper)};
}

bool is_truncated(const Distribution& distribution) {
  return distribution.lower != no_expr || distribution.upper != no_expr;
}

at::Tensor sum_last(const at::Tensor& x, std::int64_t count) {
  return count > 0 ? x.flatten(x.dim() - count).sum(-1) : x;
}

/// Weights [batch..., components] ready for `log_mix`, with `behind` axes after the components.
at::Tensor mixture_weights(const Distribution& mixture, const Place& place, std::int64_t behind,
                           EvaluationContext& context) {
  return context.aligned(mixture.arguments.front().expression, place.depth, static_cast<int>(behind));
}

/// The place of a mixture's one component, whose variate has the component axis in front.
Place component_place(const Place& place) { return {place.depth, place.rank + 1, place.base_shape}; }

at::Tensor log_density_at(const Distribution& distribution, const at::Tensor& x, const Place& place,
                          EvaluationContext& context);

/// Log densities of a mixture's components [batch..., components, behind...] where `behind` are the axes of independent
/// mixtures. Axes that a component's density leaves between are summed away.
at::Tensor component_densities(const Distribution& mixture, const at::Tensor& x, const Place& place,
                               std::int64_t behind, EvaluationContext& context) {
  if (mixture.components.size() == 1) {
    const auto& component = mixture.components.front();
    const auto density = log_density_at(component, x.unsqueeze(-place.rank - 1), component_place(place), context);
    return sum_last(density, place.rank - component.event_rank - behind);
  }
  std::vector<at::Tensor> densities;
  for (const auto& component : mixture.components) {
    densities.push_back(
        sum_last(log_density_at(component, x, place, context), place.rank - component.event_rank - behind));
  }
  return at::stack(at::broadcast_tensors(densities), -behind - 1);
}

at::Tensor mixture_log_density(const Distribution& mixture, const at::Tensor& x, const Place& place,
                               EvaluationContext& context) {
  const std::int64_t behind = place.rank - mixture.event_rank;
  const auto components = component_densities(mixture, x, place, behind, context);
  return log_mix(mixture_weights(mixture, place, behind, context), components, components.dim() - behind - 1);
}

at::Tensor log_density_at(const Distribution& distribution, const at::Tensor& x, const Place& place,
                          EvaluationContext& context) {
  if (distribution.name == "mixture") return mixture_log_density(distribution, x, place, context);
  if (distribution.name == "transformed") {
    const LinkFunction link{distribution.link, {}, {}};
    const auto z = invert_link(link, x);
    const auto base = log_density_at(distribution.components.front(), z, place, context);
    const auto log_det = link_log_det(link, z);
    // Both end where the other does once the base's own element axes are summed.
    const auto axes = std::min(base.dim(), log_det.dim());
    return sum_last(base, base.dim() - axes) - sum_last(log_det, log_det.dim() - axes);
  }
  if (distribution.name == "sorted") {
    const auto base = log_density_at(distribution.components.front(), x, place, context);
    return sum_last(base, 1) + std::lgamma(static_cast<double>(x.size(-1)) + 1);
  }
  const auto arguments = arguments_at(distribution, place.depth, place.rank, context);
  if (is_truncated(distribution)) {
    return truncated_log_density(implementation(distribution), x, arguments, bounds_of(distribution, place, context));
  }
  return implementation(distribution).log_density(x, arguments);
}

using Sizes = std::vector<std::int64_t>;

at::Tensor sample_at(const Distribution& distribution, const Sizes& shape, const Place& place,
                     EvaluationContext& context, at::Generator& generator);

at::Tensor sample_mixture(const Distribution& mixture, const Sizes& shape, const Place& place,
                          EvaluationContext& context, at::Generator& generator) {
  const std::int64_t behind = place.rank - mixture.event_rank;
  const auto axis = static_cast<std::int64_t>(shape.size()) - place.rank;  // the components', before the event
  const auto weights = mixture_weights(mixture, place, behind, context);
  const auto components = weights.size(weights.dim() - behind - 1);
  at::Tensor draws;  // [batch..., components, event...]
  if (mixture.components.size() == 1) {
    auto wide = shape;
    wide.insert(wide.begin() + axis, components);
    draws = sample_at(mixture.components.front(), wide, component_place(place), context, generator);
  } else {
    std::vector<at::Tensor> each;
    for (const auto& component : mixture.components)
      each.push_back(sample_at(component, shape, place, context, generator));
    draws = at::stack(each, axis);
  }
  // One component a draw: the same for all axes that one density covers.
  Sizes choices(shape.begin(), shape.begin() + axis);
  choices.push_back(components);
  choices.insert(choices.end(), shape.begin() + axis, shape.begin() + axis + behind);
  const auto gumbel = -at::empty(choices, weights.options()).exponential_(1, generator).log();
  auto chosen = (at::log(weights) + gumbel).argmax(axis, true);
  for (std::int64_t i = 0; i < mixture.event_rank; ++i) chosen = chosen.unsqueeze(-1);
  auto picks = shape;
  picks.insert(picks.begin() + axis, 1);
  return draws.gather(axis, chosen.expand(picks)).squeeze(axis);
}

at::Tensor sample_at(const Distribution& distribution, const Sizes& shape, const Place& place,
                     EvaluationContext& context, at::Generator& generator) {
  if (distribution.name == "mixture") return sample_mixture(distribution, shape, place, context, generator);
  if (distribution.name == "transformed") {
    auto base = shape;
    std::copy(place.base_shape.rbegin(), place.base_shape.rend(), base.rbegin());
    const auto z = sample_at(distribution.components.front(), base, place, context, generator);
    return apply_link({distribution.link, {}, {}}, z);
  }
  if (distribution.name == "sorted") {
    return std::get<0>(sample_at(distribution.components.front(), shape, place, context, generator).sort(-1));
  }
  const auto arguments = arguments_at(distribution, place.depth, place.rank, context);
  if (is_truncated(distribution)) {
    return sample_truncated(implementation(distribution), shape, arguments, bounds_of(distribution, place, context),
                            generator);
  }
  return implementation(distribution).sample(shape, arguments, generator);
}

Place place_of(const Variable& variable) {
  return {variable.depth, static_cast<std::int64_t>(variable.type.shape.size()), variable.unconstrained_shape};
}

}  // namespace

Arguments aligned_arguments(const Distribution& distribution, int depth, std::int64_t rank,
                            EvaluationContext& context) {
  return arguments_at(distribution, depth, rank, context);
}

at::Tensor log_density(const Distribution& distribution, const at::Tensor& x, const Variable& variable,
                       EvaluationContext& context) {
  return log_density_at(distribution, x, place_of(variable), context);
}

at::Tensor component_log_densities(const at::Tensor& x, const Variable& variable, EvaluationContext& context) {
  const auto place = place_of(variable);
  const Distribution* mixture = &*variable.distribution;
  auto base = x;
  while (mixture->name == "transformed") {
    base = invert_link({mixture->link, {}, {}}, base);
    mixture = &mixture->components.front();
  }
  return at::log(mixture_weights(*mixture, place, 0, context)) + component_densities(*mixture, base, place, 0, context);
}

at::Tensor sample(const Distribution& distribution, const Variable& variable, const std::vector<std::int64_t>& shape,
                  EvaluationContext& context, at::Generator& generator) {
  return sample_at(distribution, shape, place_of(variable), context, generator);
}

}  // namespace adavi
