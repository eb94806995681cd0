#include "inference/evaluation_context.hpp"

#include "inference/functions.hpp"

namespace adavi {

at::Tensor align(const at::Tensor& value, int depth, std::size_t event_rank, int to_depth, int trailing) {
  if (depth == to_depth && trailing == 0) return value;
  auto shape = value.sizes().vec();
  const auto events = static_cast<std::ptrdiff_t>(event_rank);
  shape.insert(shape.end() - events, static_cast<std::size_t>(to_depth - depth), 1);
  shape.insert(shape.end(), static_cast<std::size_t>(trailing), 1);
  return value.reshape(shape);
}

EvaluationContext::EvaluationContext(const HbmModel& model, const VariableValues& values, at::TensorOptions options)
    : model_(model), values_(values), options_(options), memo_(model.expressions.size()) {
  for (const auto& e : model.expressions) {
    bool constant = e.op != ExprOp::variable;
    for (const auto a : e.arguments) constant = constant && is_constant(a);
    for (const auto& item : e.items)
      constant = constant && (item.expression == no_expr || is_constant(item.expression));
    constant_.push_back(constant ? 1 : 0);
  }
}

bool EvaluationContext::is_constant(ExprId id) const { return constant_[static_cast<std::size_t>(id)] != 0; }

at::Tensor EvaluationContext::aligned(ExprId id, int depth, int trailing) {
  const auto& tensor = value(id);
  const Expr& expression = model_.expression(id);
  if (is_constant(id)) return align(tensor, 0, expression.type.shape.size(), 0, trailing);
  return align(tensor, expression.depth, expression.type.shape.size(), depth, trailing);
}

const at::Tensor& EvaluationContext::value(ExprId id) {
  auto& slot = memo_[static_cast<std::size_t>(id)];
  if (!slot.defined()) slot = compute(model_.expression(id));
  return slot;
}

at::Tensor EvaluationContext::compute(const Expr& expression) {
  const auto from_numbers = [&](const std::vector<double>& numbers) {
    return at::tensor(numbers, at::kDouble).to(options_).reshape(expression.type.shape);
  };
  switch (expression.op) {
    case ExprOp::literal:
      return from_numbers(expression.values);
    case ExprOp::constant:
      return from_numbers(model_.constants[static_cast<std::size_t>(expression.index)].values);
    case ExprOp::variable: {
      const auto index = static_cast<std::size_t>(expression.index);
      const Variable& variable = model_.variables[index];
      // A derived quantity may be asked for before anybody stored it.
      if (!values_[index].defined() && variable.value != no_expr) {
        const auto derived = aligned(variable.value, variable.depth);
        return is_constant(variable.value) ? align(derived, 0, expression.type.shape.size(), variable.depth + 2, 0)
                                           : derived;
      }
      return values_[index];
    }
    case ExprOp::call:
      return call(expression);
    case ExprOp::index:
      return index(expression);
  }
  return {};
}

at::Tensor EvaluationContext::call(const Expr& expression) {
  std::vector<FunctionArgument> arguments;
  for (const auto id : expression.arguments) {
    const auto rank = static_cast<std::int64_t>(model_.expression(id).type.shape.size());
    arguments.push_back({aligned(id, expression.depth), rank});
  }
  return apply_function(expression.function, arguments, static_cast<std::int64_t>(expression.type.shape.size()),
                        expression.type.shape);
}

at::Tensor EvaluationContext::index(const Expr& expression) {
  const ExprId base = expression.arguments.front();
  const auto rank = static_cast<std::int64_t>(model_.expression(base).type.shape.size());
  auto result = aligned(base, expression.depth);
  std::int64_t axis = -rank;  // from the right; an axis that a position removes leaves those behind it where they are
  for (const auto& item : expression.items) {
    switch (item.mode) {
      case IndexItem::Mode::position:
        result = result.select(axis, item.lower);
        break;
      case IndexItem::Mode::range:
        result = result.slice(axis, item.lower, item.upper);
        break;
      case IndexItem::Mode::expression: {
        // One position a draw, data set and plate instance: pick along the axis, then drop it.
        auto where = aligned(item.expression, expression.depth, static_cast<int>(-axis)).to(at::kLong) - 1;
        auto shape = where.sizes().vec();
        while (static_cast<std::int64_t>(shape.size()) < result.dim()) shape.insert(shape.begin(), 1);
        where = where.reshape(shape);
        if (result.dim() < where.dim()) {
          auto wider = result.sizes().vec();
          wider.insert(wider.begin(), static_cast<std::size_t>(where.dim() - result.dim()), 1);
          result = result.reshape(wider);
        }
        auto common = at::infer_size(result.select(axis, 0).unsqueeze(axis).sizes(), where.sizes());
        auto full = common;
        full[full.size() + static_cast<std::size_t>(axis)] = result.size(axis);
        result = result.expand(full).gather(axis, where.expand(common)).select(axis, 0);
        break;
      }
    }
    ++axis;
  }
  return result;
}

}  // namespace adavi
