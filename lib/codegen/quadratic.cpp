#include "codegen/quadratic.hpp"

#include <algorithm>

namespace adavi {
namespace {

template <std::size_t N>
bool is_one_of(const std::string& name, const char* const (&names)[N]) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

bool contains(const std::vector<int>& indices, int index) {
  return std::find(indices.begin(), indices.end(), index) != indices.end();
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

}  // namespace adavi
