#include "syntax/expression_builder.hpp"

#include <algorithm>
#include <charconv>

#include "syntax/limits.hpp"
#include "syntax/messages.hpp"

namespace adavi::syntax {
namespace {

int precedence(const std::string& op, bool prefix) {
  if (prefix) return 3;
  if (op == "^") return 4;
  return op == "+" || op == "-" ? 1 : 2;
}

}  // namespace

std::string_view ExpressionBuilder::text_of(Span span) const {
  return std::string_view(text_).substr(span.begin, span.end - span.begin);
}

ast::ExprPtr ExpressionBuilder::make(ast::ExprKind kind, Span span) {
  if (++nodes_ > most_nodes) {
    reporter_.report(too_many_nodes(span));
    throw Stopped{};
  }
  auto expr = std::make_unique<ast::Expr>();
  expr->kind = kind;
  expr->span = span;
  return expr;
}

void ExpressionBuilder::push(ast::ExprPtr expr, int nesting, int height) {
  if (nesting > deepest_nesting || height > highest_tree) {
    reporter_.report(nesting > deepest_nesting ? nested_too_deep(expr->text_span) : too_many_terms(expr->text_span));
    throw Stopped{};
  }
  operands_.push_back({std::move(expr), nesting, height});
}

ExpressionBuilder::Operand ExpressionBuilder::pop() {
  Operand last = std::move(operands_.back());
  operands_.pop_back();
  return last;
}

void ExpressionBuilder::integer(Span span) {
  ast::ExprPtr expr = make(ast::ExprKind::integer, span);
  const std::string_view digits = text_of(span);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), expr->integer);
  if (error != std::errc()) {
    reporter_.report(integer_out_of_range(span, digits));
    expr->integer = 1;  // the analysis goes on; 0 would be a mistake in many places
  }
  expr->value = static_cast<double>(expr->integer);
  push(std::move(expr), 0, 0);
}

void ExpressionBuilder::real(Span span) {
  ast::ExprPtr expr = make(ast::ExprKind::real, span);
  const std::string_view digits = text_of(span);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), expr->value);
  if (error != std::errc()) {
    reporter_.report(real_out_of_range(span, digits));
    expr->value = 1;
  }
  expr->text = digits;
  push(std::move(expr), 0, 0);
}

void ExpressionBuilder::name(Span span) {
  ast::ExprPtr expr = make(ast::ExprKind::name, span);
  expr->text = text_of(span);
  expr->text_span = span;
  push(std::move(expr), 0, 0);
}

void ExpressionBuilder::prefix_operator(Span span) {
  if (text_of(span) == "-") operators_.push_back({"-", span, true});  // a prefix `+` changes nothing
}

void ExpressionBuilder::infix_operator(Span span) {
  Operator next{std::string(text_of(span)), span, false};
  reduce_while_stronger(next);
  operators_.push_back(std::move(next));
}

void ExpressionBuilder::reduce_while_stronger(const Operator& next) {
  const std::size_t bottom = brackets_.empty() ? 0 : brackets_.back().operators;
  const int strength = precedence(next.text, false);
  while (operators_.size() > bottom) {
    const int last = precedence(operators_.back().text, operators_.back().prefix);
    if (last < strength || (last == strength && next.text == "^")) return;
    reduce();
  }
}

void ExpressionBuilder::reduce() {
  Operator op = std::move(operators_.back());
  operators_.pop_back();
  Operand right = pop();
  Operand left = op.prefix ? Operand{} : pop();
  ast::ExprPtr expr = make(op.prefix ? ast::ExprKind::unary : ast::ExprKind::binary,
                           {op.prefix ? op.span.begin : left.expr->span.begin, right.expr->span.end});
  expr->text = std::move(op.text);
  expr->text_span = op.span;
  if (left.expr) expr->arguments.push_back(std::move(left.expr));
  expr->arguments.push_back(std::move(right.expr));
  // The left spine of `a + b + c` is a chain, not nesting; only its height counts.
  push(std::move(expr), std::max(left.nesting, right.nesting + 1), 1 + std::max(left.height, right.height));
}

void ExpressionBuilder::end_expression(Span) {
  const std::size_t bottom = brackets_.empty() ? 0 : brackets_.back().operators;
  while (operators_.size() > bottom) reduce();
}

void ExpressionBuilder::open(Span bracket) {
  Bracket opened;
  opened.span = bracket;
  opened.operands = operands_.size();
  opened.operators = operators_.size();
  brackets_.push_back(std::move(opened));
}

ExpressionBuilder::Bracket ExpressionBuilder::pop_bracket() {
  Bracket bracket = std::move(brackets_.back());
  brackets_.pop_back();
  return bracket;
}

void ExpressionBuilder::close_group(Span bracket) {
  const Bracket opened = pop_bracket();
  Operand inner = pop();
  inner.expr->span = {opened.span.begin, bracket.end};
  push(std::move(inner.expr), inner.nesting + 1, inner.height);
}

// The operands since the bracket, in order; `deepest` learns their greatest nesting and height.
std::vector<ast::ExprPtr> ExpressionBuilder::arguments_of(const Bracket& bracket, Operand& deepest) {
  std::vector<ast::ExprPtr> arguments;
  for (std::size_t i = bracket.operands; i < operands_.size(); ++i) {
    deepest.nesting = std::max(deepest.nesting, operands_[i].nesting);
    deepest.height = std::max(deepest.height, operands_[i].height);
    arguments.push_back(std::move(operands_[i].expr));
  }
  operands_.resize(bracket.operands);
  return arguments;
}

void ExpressionBuilder::close_call(Span bracket) {
  const Bracket opened = pop_bracket();
  Operand deepest;
  std::vector<ast::ExprPtr> arguments = arguments_of(opened, deepest);
  ast::ExprPtr call = std::move(pop().expr);  // the name becomes the call
  call->kind = ast::ExprKind::call;
  call->span.end = bracket.end;
  call->arguments = std::move(arguments);
  push(std::move(call), deepest.nesting + 1, deepest.height + 1);
}

void ExpressionBuilder::close_list(Span bracket) {
  const Bracket opened = pop_bracket();
  Operand deepest;
  ast::ExprPtr list = make(ast::ExprKind::list, {opened.span.begin, bracket.end});
  list->text = text_of(opened.span);
  list->text_span = opened.span;
  list->arguments = arguments_of(opened, deepest);
  push(std::move(list), deepest.nesting + 1, deepest.height + 1);
}

void ExpressionBuilder::colon(Span) {
  brackets_.back().has_colon = true;
  brackets_.back().colon_at = operands_.size();
}

void ExpressionBuilder::end_index(Span span) {
  Bracket& bracket = brackets_.back();
  const std::size_t count = operands_.size() - bracket.operands;
  ast::Index index;
  index.span = span;
  index.is_range = bracket.has_colon || count == 0;
  const bool has_lower = bracket.has_colon ? bracket.colon_at > bracket.operands : count > 0;
  std::vector<ast::ExprPtr> ends = arguments_of(bracket, bracket.deepest);
  if (has_lower) index.lower = std::move(ends.front());
  if (ends.size() > (has_lower ? 1u : 0u)) index.upper = std::move(ends.back());
  bracket.indices.push_back(std::move(index));
  bracket.has_colon = false;
}

void ExpressionBuilder::close_index(Span bracket) {
  Bracket opened = pop_bracket();
  const ast::Index& first = opened.indices.front();
  if (opened.indices.size() == 1 && first.span.begin == first.span.end) {
    reporter_.report(empty_index({opened.span.begin, bracket.end}));
  }
  Operand base = pop();
  ast::ExprPtr expr = make(ast::ExprKind::index, {base.expr->span.begin, bracket.end});
  expr->text_span = opened.span;
  expr->arguments.push_back(std::move(base.expr));
  expr->indices = std::move(opened.indices);
  push(std::move(expr), std::max(base.nesting, opened.deepest.nesting + 1),
       1 + std::max(base.height, opened.deepest.height));
}

std::vector<ast::ExprPtr> ExpressionBuilder::close_sizes() {
  Operand deepest;
  return arguments_of(pop_bracket(), deepest);
}

ast::ExprPtr ExpressionBuilder::take() { return pop().expr; }

void ExpressionBuilder::clear() {
  operands_.clear();
  operators_.clear();
  brackets_.clear();
}

}  // namespace adavi::syntax
