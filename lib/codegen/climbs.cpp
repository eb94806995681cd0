#include "codegen/climbs.hpp"

#include <algorithm>
#include <set>

#include "codegen/quadratic.hpp"

namespace adavi {

bool contains(const std::vector<int>& indices, int index) {
  return std::find(indices.begin(), indices.end(), index) != indices.end();
}

bool is_latent(const HbmModel& model, int index) {
  return model.variables[static_cast<std::size_t>(index)].role == ast::Role::latent;
}

namespace {

/// Whether the log density bends smoothly around one peak as a function of its arguments, so that Newton steps find a
/// Gaussian approximation of the likelihood.
bool bends(const Distribution& distribution) {
  static const char* const flat[] = {"double_exponential", "laplace", "uniform", "pareto", "mixture"};
  if (std::find(std::begin(flat), std::end(flat), distribution.name) != std::end(flat)) return false;
  return std::all_of(distribution.components.begin(), distribution.components.end(), bends);
}

const Distribution& without_transformations(const Distribution& distribution) {
  return distribution.name == "transformed" ? without_transformations(distribution.components.front()) : distribution;
}

/// Whether the latent's numbers are parts of one component each, or are the weights.
bool has_parts(const Variable& latent, std::int64_t components) {
  const bool weights = latent.type.kind == Kind::simplex && latent.type.array_rank == 0;
  return weights || (!latent.unconstrained_shape.empty() && latent.unconstrained_shape.front() == components);
}

/// The observed variable, if it is all that is observed and a mixture of components whose order means nothing, which
/// data can be sorted by: each of its draws has one component.
int mixture_to_search(const HbmModel& model) {
  if (model.exchangeable.size() != 1) return -1;
  int found = -1;
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    if (model.variables[i].role != ast::Role::observed) continue;
    if (found >= 0) return -1;
    found = static_cast<int>(i);
  }
  const Variable& observed = model.variables[static_cast<std::size_t>(found)];
  const Distribution& mixture = without_transformations(*observed.distribution);
  const bool whole = mixture.event_rank == static_cast<int>(observed.type.shape.size());
  if (mixture.name != "mixture" || mixture.components.size() != 1 || !whole) return -1;
  const ExchangeableSet& set = model.exchangeable.front();
  bool any = false;
  for (const int parent : observed.parents) {
    if (!is_latent(model, parent) || !contains(set.members, parent)) continue;
    const Variable& latent = model.variables[static_cast<std::size_t>(parent)];
    if (latent.depth >= observed.depth || !has_parts(latent, set.size)) return -1;
    any = any || latent.type.kind != Kind::simplex;
  }
  return any ? found : -1;
}

/// Whether one Gaussian message is close to all that a plate of such data says.
bool is_exponential_family(const Distribution& distribution) {
  static const char* const names[] = {"normal",
                                      "lognormal",
                                      "exponential",
                                      "gamma",
                                      "inv_gamma",
                                      "beta",
                                      "poisson",
                                      "poisson_log",
                                      "bernoulli",
                                      "binomial",
                                      "categorical",
                                      "categorical_logit",
                                      "bernoulli_logit",
                                      "binomial_logit",
                                      "multi_normal",
                                      "multi_normal_cholesky",
                                      "multi_normal_prec",
                                      "multinomial"};
  return std::find(std::begin(names), std::end(names), distribution.name) != std::end(names);
}

/// Sorts latents behind the first as they are drawn.
void in_sampling_order(const HbmModel& model, std::vector<int>& latents) {
  const auto& order = model.sampling_order;
  std::sort(latents.begin() + 1, latents.end(), [&](int a, int b) {
    return std::find(order.begin(), order.end(), a) < std::find(order.begin(), order.end(), b);
  });
}

/// For every expression, whether it reads latents other than those in `known`.
std::vector<char> reads_others(const HbmModel& model, const std::vector<int>& known) {
  std::vector<char> reads;
  const auto reads_too = [&](ExprId id) { return id != no_expr && reads[static_cast<std::size_t>(id)] != 0; };
  for (const Expr& expression : model.expressions) {  // arguments come before what uses them
    bool others = std::any_of(expression.arguments.begin(), expression.arguments.end(), reads_too);
    for (const IndexItem& item : expression.items) others = others || reads_too(item.expression);
    if (expression.op == ExprOp::variable) {
      const Variable& read = model.variables[static_cast<std::size_t>(expression.index)];
      const bool other = read.role == ast::Role::latent && !contains(known, expression.index);
      others = other || (read.role == ast::Role::derived && reads_too(read.value));
    }
    reads.push_back(others ? 1 : 0);
  }
  return reads;
}

/// Whether a message's latents can be climbed by themselves: no other latent bounds them.
bool bounded_by_themselves(const HbmModel& model, const std::vector<int>& latents) {
  const auto reads = reads_others(model, latents);
  const auto free = [&](ExprId bound) { return bound == no_expr || reads[static_cast<std::size_t>(bound)] == 0; };
  return std::all_of(latents.begin(), latents.end(), [&](int index) {
    const Link& link = model.variables[static_cast<std::size_t>(index)].link;
    return free(link.lower) && free(link.upper);
  });
}

}  // namespace

std::vector<int> climbed_along(const HbmModel& model, int index, const std::vector<int>& upper, int mixture) {
  const auto at = [&](int i) -> const Variable& { return model.variables[static_cast<std::size_t>(i)]; };
  std::vector<int> block = {index};
  std::int64_t size = 0;
  bool observed = false;
  for (std::size_t next = 0; next < block.size(); ++next) {
    const int member = block[next];
    size += unconstrained_size(at(member));
    if (size > most_climbed(mixture)) return {};
    const auto settles = [&](const std::vector<int>& parents) {
      for (const int parent : parents) {
        if (!is_latent(model, parent) || contains(upper, parent) || contains(block, parent)) continue;
        if (at(parent).depth != at(index).depth) return false;
        block.push_back(parent);
      }
      return true;
    };
    if (!settles(at(member).parents)) return {};
    for (std::size_t i = 0; i < model.variables.size(); ++i) {
      const Variable& child = model.variables[i];
      if (child.role == ast::Role::derived || !contains(child.parents, member)) continue;
      if (child.role == ast::Role::observed) {
        observed = true;
        if (static_cast<int>(i) != mixture && !bends(*child.distribution)) return {};
        if (!settles(child.parents)) return {};
      } else if (child.role == ast::Role::latent) {
        if (child.depth != at(index).depth) return {};
        if (!contains(upper, static_cast<int>(i)) && !contains(block, static_cast<int>(i)))
          block.push_back(static_cast<int>(i));
      }
    }
  }
  if (!observed) return {};
  in_sampling_order(model, block);
  return block;
}

bool has_densities(const HbmModel& model, int index, const std::vector<int>& upper) {
  if (!is_elementwise(model, index) && !is_dirichlet(model, index)) return false;
  const auto given = [&](int parent) {
    return !is_latent(model, parent) || parent == index || contains(upper, parent);
  };
  bool observed = false;
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    const Variable& variable = model.variables[i];
    const bool own = static_cast<int>(i) == index;
    if (!own && (variable.role == ast::Role::derived || !contains(variable.parents, index))) continue;
    if (!std::all_of(variable.parents.begin(), variable.parents.end(), given)) return false;
    if (own) continue;
    const std::string& name = variable.distribution->name;
    const bool continuous = name == "double_exponential" || name == "laplace" || bends(*variable.distribution);
    if (variable.role != ast::Role::observed || !continuous) return false;
    observed = true;
  }
  return observed;
}

GaussianLatents gaussian_latents(const HbmModel& model, int index, const std::vector<int>& upper) {
  const auto at = [&](int i) -> const Variable& { return model.variables[static_cast<std::size_t>(i)]; };
  std::vector<int> block = {index};
  const auto add = [&](int i) {
    if (is_latent(model, i) && !contains(upper, i) && !contains(block, i)) block.push_back(i);
  };
  std::int64_t size = 0;
  for (std::size_t next = 0; next < block.size(); ++next) {
    const int member = block[next];
    size += unconstrained_size(at(member));
    if (size > most_climbed(-1)) return {};
    for (const int parent : at(member).parents) add(parent);
    for (std::size_t i = 0; i < model.variables.size(); ++i) {
      const Variable& child = model.variables[i];
      if (child.role == ast::Role::derived || !contains(child.parents, member)) continue;
      if (contains(upper, static_cast<int>(i))) return {};
      add(static_cast<int>(i));
      for (const int parent : child.parents) add(parent);
    }
  }
  if (!is_quadratic(model, block, {}, true)) return {};
  in_sampling_order(model, block);
  GaussianLatents result;
  for (const int latent : block) (at(latent).depth == 0 ? result.top : result.below).push_back(latent);
  if (result.below.empty()) return {};
  return result;
}

MessagePlan message_of(const HbmModel& model, const ArchitectureOptions& options) {
  MessagePlan plan;
  if (options.message_steps == 0) return plan;
  plan.mixture = mixture_to_search(model);
  std::set<int> parents;
  for (const Variable& variable : model.variables) {
    if (variable.role != ast::Role::observed) continue;
    const bool searched = plan.mixture >= 0;
    if (!searched && !bends(*variable.distribution)) return {};
    plan.nearly_sufficient = plan.nearly_sufficient && (searched || is_exponential_family(*variable.distribution));
    parents.insert(variable.parents.begin(), variable.parents.end());
  }
  for (const int index : model.sampling_order) {
    if (parents.count(index) == 0) continue;
    const Variable& variable = model.variables[static_cast<std::size_t>(index)];
    plan.latents.push_back(index);
    plan.depth = std::max(plan.depth, variable.depth);
    plan.size += unconstrained_size(variable);
  }
  if (plan.latents.empty() || plan.size > most_climbed(plan.mixture)) return {};
  if (!bounded_by_themselves(model, plan.latents)) return {};
  plan.steps = options.message_steps;
  return plan;
}

}  // namespace adavi
