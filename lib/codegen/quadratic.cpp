#include "codegen/quadratic.hpp"

#include <algorithm>

#include "catalog/functions.hpp"
#include "codegen/climbs.hpp"

namespace adavi {
namespace {

template <std::size_t N>
bool is_one_of(const std::string& name, const char* const (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

Dependence of_call(const std::string& function, const std::vector<Dependence>& arguments) {
  static const char* const linear[] = {"add",       "subtract",   "negate",    "stack",      "sum",           "mean",
                                       "rep_array", "rep_vector", "to_vector", "append_row", "cumulative_sum"};
  static const char* const bilinear[] = {"multiply", "elt_multiply", "matmul", "dot_product", "diag_pre_multiply"};
  static const char* const quotients[] = {"divide", "elt_divide"};
  const auto most = *std::max_element(arguments.begin(), arguments.end());
  if (most == Dependence::none || most == Dependence::other) return most;
  if (is_one_of(function, linear)) return Dependence::affine;
  if (is_one_of(function, bilinear)) {
    const auto least = *std::min_element(arguments.begin(), arguments.end());
    return least == Dependence::none ? Dependence::affine : Dependence::other;
  }
  if (is_one_of(function, quotients) && arguments.back() == Dependence::none) return Dependence::affine;
  return Dependence::other;
}

/// Whether log density(x) is quadratic in x's arguments' affine inputs and in x itself.
bool is_normal_in(const std::vector<Dependence>& dependence, const Distribution& distribution) {
  static const char* const names[] = {"normal", "lognormal", "multi_normal", "multi_normal_cholesky",
                                      "multi_normal_prec"};
  if (!is_one_of(distribution.name, names) || distribution.lower != no_expr || distribution.upper != no_expr)
    return false;
  const auto of = [&](std::size_t i) {
    return dependence[static_cast<std::size_t>(distribution.arguments[i].expression)];
  };
  return of(0) != Dependence::other && of(1) == Dependence::none;
}

}  // namespace

std::vector<Dependence> dependence_on(const HbmModel& model, const std::vector<int>& block) {
  std::vector<Dependence> result;
  const auto of = [&](ExprId id) { return id == no_expr ? Dependence::none : result[static_cast<std::size_t>(id)]; };
  for (const Expr& expression : model.expressions) {  // arguments come before what uses them
    std::vector<Dependence> arguments = {Dependence::none};
    for (const ExprId argument : expression.arguments) arguments.push_back(of(argument));
    auto found = *std::max_element(arguments.begin(), arguments.end());
    if (expression.op == ExprOp::call) {
      arguments.erase(arguments.begin());
      found = arguments.empty() ? Dependence::none : of_call(expression.function, arguments);
    }
    for (const IndexItem& item : expression.items) {
      if (of(item.expression) != Dependence::none) found = Dependence::other;
    }
    if (expression.op == ExprOp::variable) {
      const Variable& read = model.variables[static_cast<std::size_t>(expression.index)];
      if (contains(block, expression.index)) {
        found = read.link.kind == LinkKind::identity ? Dependence::affine : Dependence::other;
      } else if (read.role == ast::Role::derived) {
        found = of(read.value);
      }
    }
    result.push_back(found);
  }
  return result;
}

bool is_quadratic(const HbmModel& model, const std::vector<int>& block, const std::vector<int>& known_latents,
                  bool with_likelihood) {
  const auto dependence = dependence_on(model, block);
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    const Variable& variable = model.variables[i];
    const bool own = contains(block, static_cast<int>(i));
    if (own && variable.link.kind != LinkKind::identity) return false;
    const bool child = std::any_of(block.begin(), block.end(), [&](int b) { return contains(variable.parents, b); });
    const bool known =
        contains(known_latents, static_cast<int>(i)) || (with_likelihood && variable.role == ast::Role::observed);
    if (!own && !(child && known)) continue;
    // A lognormal latent would be quadratic in its logarithm; one that is observed is a constant.
    if (own && variable.distribution->name == "lognormal") return false;
    if (!is_normal_in(dependence, *variable.distribution)) return false;
  }
  return true;
}

namespace {

/// What an expression has in each place: nothing of a latent, that latent's number of the same place, or anything else.
enum class Places { none, same, other };

std::vector<Places> places_of(const HbmModel& model, int latent) {
  const Shape& shape = model.variables[static_cast<std::size_t>(latent)].type.shape;
  std::vector<Places> result;
  const auto of = [&](ExprId id) { return id == no_expr ? Places::none : result[static_cast<std::size_t>(id)]; };
  for (const Expr& expression : model.expressions) {  // arguments come before what uses them
    auto found = Places::none;
    for (const ExprId argument : expression.arguments) found = std::max(found, of(argument));
    for (const IndexItem& item : expression.items) {
      if (of(item.expression) != Places::none) found = Places::other;
    }
    if (found == Places::same) {
      const FunctionRow* row = expression.op == ExprOp::call ? find_function(expression.function) : nullptr;
      const bool each =
          row && (row->rule == FunctionRule::elementwise || row->rule == FunctionRule::elementwise_binary);
      if (!each) found = Places::other;
    }
    if (expression.op == ExprOp::variable) {
      const Variable& read = model.variables[static_cast<std::size_t>(expression.index)];
      if (expression.index == latent) found = Places::same;
      if (read.role == ast::Role::derived) found = of(read.value);
    }
    if (found == Places::same && expression.type.shape != shape) found = Places::other;
    result.push_back(found);
  }
  return result;
}

}  // namespace

bool is_elementwise(const HbmModel& model, int latent) {
  const auto index = static_cast<std::size_t>(latent);
  const Variable& own = model.variables[index];
  if (unconstrained_size(own) == 1) return true;
  const LinkKind each[] = {LinkKind::identity, LinkKind::exp, LinkKind::softplus, LinkKind::bounded};
  if (std::find(std::begin(each), std::end(each), own.link.kind) == std::end(each)) return false;
  const auto places = places_of(model, latent);
  const auto of = [&](ExprId id) { return id == no_expr ? Places::none : places[static_cast<std::size_t>(id)]; };
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    const Variable& variable = model.variables[i];
    const bool child = variable.role != ast::Role::derived && contains(variable.parents, latent);
    if (i != index && !child) continue;
    const Distribution& distribution = *variable.distribution;
    const bool by_number = distribution.event_rank == 0 && distribution.components.empty();
    if (!by_number || variable.type.shape != own.type.shape) return false;
    auto most = std::max(of(distribution.lower), of(distribution.upper));
    for (const DistributionArgument& argument : distribution.arguments) {
      const auto found = of(argument.expression);
      most = std::max(most, found == Places::same && argument.trailing > 0 ? Places::other : found);
    }
    if (most == Places::other) return false;
    if (std::max(of(variable.link.lower), of(variable.link.upper)) != Places::none) return false;
  }
  return true;
}

bool is_dirichlet(const HbmModel& model, int latent) {
  const auto index = static_cast<std::size_t>(latent);
  const Variable& own = model.variables[index];
  if (own.link.kind != LinkKind::softmax_centered || own.type.array_rank > 0) return false;
  if (own.distribution->name != "dirichlet") return false;
  for (const Variable& child : model.variables) {
    if (child.role == ast::Role::derived || !contains(child.parents, latent)) continue;
    const Distribution& distribution = *child.distribution;
    if (distribution.name != "multinomial" && distribution.name != "categorical") return false;
    if (distribution.lower != no_expr || distribution.upper != no_expr) return false;
    const Expr& probabilities = model.expression(distribution.arguments.front().expression);
    if (probabilities.op != ExprOp::variable || probabilities.index != latent) return false;
  }
  return true;
}

}  // namespace adavi
