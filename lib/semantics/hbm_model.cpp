#include "semantics/hbm_model.hpp"

namespace adavi {

std::int64_t unconstrained_size(const Variable& variable) {
  std::int64_t size = 1;
  for (const std::int64_t n : variable.unconstrained_shape) size *= n;
  return size;
}

std::optional<double> constant_scalar(const HbmModel& model, ExprId id) {
  if (id == no_expr) return std::nullopt;
  const Expr& expr = model.expression(id);
  if (expr.op == ExprOp::literal && expr.values.size() == 1) return expr.values[0];
  if (expr.op == ExprOp::constant) {
    const auto& values = model.constants[static_cast<std::size_t>(expr.index)].values;
    return values.size() == 1 ? std::optional<double>(values[0]) : std::nullopt;
  }
  if (expr.op != ExprOp::call || expr.arguments.empty() || expr.arguments.size() > 2) return std::nullopt;
  const auto left = constant_scalar(model, expr.arguments.front());
  const auto right = constant_scalar(model, expr.arguments.back());
  if (!left || !right) return std::nullopt;
  if (expr.function == "negate") return -*left;
  if (expr.function == "add") return *left + *right;
  if (expr.function == "subtract") return *left - *right;
  if (expr.function == "multiply") return *left * *right;
  if (expr.function == "divide") return *left / *right;
  return std::nullopt;
}

std::int64_t last_category(const HbmModel& model, const Distribution& distribution) {
  const Shape& shape = model.expression(distribution.arguments.back().expression).type.shape;
  return shape.back() + (distribution.name == "ordered_logistic" ? 1 : 0);
}

}  // namespace adavi
