#include "inference/lifted_model.hpp"

#include <algorithm>

namespace adavi {

HbmModel lifted(const HbmModel& model, const std::vector<int>& variables, int depth) {
  HbmModel result = model;
  const auto variable = [&](int index) -> Variable& { return result.variables[static_cast<std::size_t>(index)]; };
  for (const int index : variables) variable(index).depth = depth;
  // Arguments come before what uses them, and a derived quantity's value before whoever reads it.
  for (Expr& expression : result.expressions) {
    for (const ExprId argument : expression.arguments) {
      expression.depth = std::max(expression.depth, result.expression(argument).depth);
    }
    for (const IndexItem& item : expression.items) {
      if (item.expression != no_expr)
        expression.depth = std::max(expression.depth, result.expression(item.expression).depth);
    }
    if (expression.op != ExprOp::variable) continue;
    Variable& read = variable(expression.index);
    if (read.value != no_expr) read.depth = std::max(read.depth, result.expression(read.value).depth);
    expression.depth = std::max(expression.depth, read.depth);
  }
  return result;
}

}  // namespace adavi
