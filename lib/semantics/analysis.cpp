#include "semantics/analysis.hpp"

#include <algorithm>
#include <utility>

#include "semantics/messages.hpp"

namespace adavi {

void Analysis::report(Diagnostic diagnostic) {
  const Span span = diagnostic.span;
  const bool counts = diagnostic.severity == Severity::error;
  diagnostics_.add(std::move(diagnostic));
  if (counts && ++errors_ == most_errors) stop(messages::too_many_errors(span));
}

void Analysis::stop(Diagnostic diagnostic) {
  diagnostics_.add(std::move(diagnostic));
  throw Stopped{};
}

bool Analysis::can_hold(std::int64_t size, Span span) {
  if (size > largest_constant) {
    report(messages::too_large(span, "this constant", largest_constant));
    return false;
  }
  if (held_ + size <= largest_total) return true;
  report(messages::constants_too_large(span));
  return false;
}

void Analysis::spend(std::int64_t operations, Span span) {
  if (operations > most_operations - spent_) stop(messages::too_many_operations(span));
  spent_ += operations;
}

ExprId Analysis::add(Expr expression, Span span, Known known) {
  if (model.expressions.size() == most_expressions) stop(messages::too_many_expressions(span));
  const bool owns = expression.op == ExprOp::call || expression.op == ExprOp::index;
  if (known && owns) held_ += static_cast<std::int64_t>(known->size());
  model.expressions.push_back(std::move(expression));
  known_.push_back(std::move(known));
  spans_.push_back(span);
  return static_cast<ExprId>(model.expressions.size()) - 1;
}

ExprId Analysis::literal(double value, Span span) {
  Expr expression;
  expression.values = {value};
  return add(expression, span, std::make_shared<std::vector<double>>(expression.values));
}

ExprId Analysis::add_call(const std::string& function, std::vector<ExprId> arguments, Type type, Span span,
                          Known known) {
  Expr call;
  call.op = ExprOp::call;
  call.type = std::move(type);
  call.function = function;
  for (const ExprId argument : arguments) call.depth = std::max(call.depth, expression(argument).depth);
  call.arguments = std::move(arguments);
  return add(std::move(call), span, std::move(known));
}

int Analysis::add_constant(Constant constant) {
  held_ += static_cast<std::int64_t>(constant.values.size());
  constant_values_.push_back(std::make_shared<const std::vector<double>>(constant.values));
  model.constants.push_back(std::move(constant));
  return static_cast<int>(model.constants.size()) - 1;
}

std::optional<double> Analysis::known_scalar(ExprId id) const {
  if (id == no_expr || !known(id) || !type(id).is_scalar()) return std::nullopt;
  return known(id)->front();
}

namespace {

constexpr int deepest_comparison = 64;

bool same_item(const Analysis& analysis, const IndexItem& a, const IndexItem& b, int depth) {
  if (a.mode != b.mode || a.lower != b.lower || a.upper != b.upper) return false;
  return a.mode != IndexItem::Mode::expression || same_expression(analysis, a.expression, b.expression, depth);
}

}  // namespace

bool same_expression(const Analysis& analysis, ExprId left, ExprId right, int depth) {
  if (left == right) return true;
  if (left == no_expr || right == no_expr || depth > deepest_comparison) return false;
  const Expr& a = analysis.expression(left);
  const Expr& b = analysis.expression(right);
  if (analysis.known(left) && analysis.known(right)) {
    return a.type.shape == b.type.shape && *analysis.known(left) == *analysis.known(right);
  }
  if (a.op != b.op || a.index != b.index || a.function != b.function || a.arguments.size() != b.arguments.size() ||
      a.items.size() != b.items.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.arguments.size(); ++i) {
    if (!same_expression(analysis, a.arguments[i], b.arguments[i], depth + 1)) return false;
  }
  for (std::size_t i = 0; i < a.items.size(); ++i) {
    if (!same_item(analysis, a.items[i], b.items[i], depth + 1)) return false;
  }
  return true;
}

int underlying_variable(const Analysis& analysis, ExprId id) {
  for (;;) {
    const Expr& expression = analysis.expression(id);
    if (expression.op == ExprOp::index) {
      id = expression.arguments[0];
    } else if (expression.op != ExprOp::variable || analysis.without_value.count(expression.index) > 0) {
      return -1;
    } else if (analysis.variable(expression.index).role != ast::Role::derived) {
      return expression.index;
    } else {
      id = analysis.variable(expression.index).value;
    }
  }
}

std::optional<std::int64_t> bounded_size(const Shape& shape, std::int64_t limit) {
  std::int64_t total = 1;
  for (const std::int64_t n : shape) {
    if (n > limit / total) return std::nullopt;
    total *= n;
  }
  return total;
}

}  // namespace adavi
