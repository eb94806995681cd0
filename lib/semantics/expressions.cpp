#include "semantics/expressions.hpp"

#include <utility>

#include "catalog/distributions.hpp"
#include "diagnostics/suggest.hpp"
#include "semantics/evaluate.hpp"
#include "semantics/messages.hpp"

namespace adavi {

namespace {

constexpr int deepest_nesting = 512;

/// A name that is declared further down.
Diagnostic early_use(const Analysis& analysis, const ast::Expr& name, const Foretold& declaration) {
  const bool own = analysis.declaring == name.text;
  if (own) return messages::used_in_own_declaration(name.span, name.text);
  if (declaration.is_plate) return messages::plate_as_value(name.span, name.text, declaration.span);
  const Foretold* here = analysis.names.foretold(analysis.declaring);
  if (here != nullptr && here->is_constant && !declaration.is_constant) {
    return messages::constant_depends(name.span, name.text, declaration.span);
  }
  if (!analysis.names.entered(declaration.plate)) {
    return messages::out_of_plate(name.span, name.text, declaration.plate, declaration.span);
  }
  return messages::used_before_declared(name.span, name.text, declaration.span);
}

ExprId report_unknown_name(Analysis& analysis, const ast::Expr& name, const Symbol* symbol) {
  if (symbol != nullptr) {
    // Where plates collide it is not certain what they enclose.
    if (symbol->what != Symbol::What::plate && analysis.plates_collide) return no_expr;
    analysis.report(symbol->what == Symbol::What::plate
                        ? messages::plate_as_value(name.span, name.text, symbol->span)
                        : messages::out_of_plate(name.span, name.text, symbol->plate, symbol->span));
  } else if (const Foretold* declaration = analysis.names.foretold(name.text)) {
    analysis.report(early_use(analysis, name, *declaration));
  } else if (!analysis.syntax.lost_name && analysis.syntax.lost_words.count(name.text) == 0) {
    const auto suggestion = did_you_mean(name.text, analysis.names.visible_values());
    analysis.report(messages::undeclared_name(name.span, name.text, suggestion));
  }
  return no_expr;
}

ExprId check_name(Analysis& analysis, const ast::Expr& name) {
  const Symbol* symbol = analysis.names.find(name.text);
  if (symbol == nullptr || !symbol->visible || symbol->what == Symbol::What::plate) {
    return report_unknown_name(analysis, name, symbol);
  }
  analysis.names.mark_used(name.text);
  if (symbol->what == Symbol::What::broken) return no_expr;
  Expr expression;
  expression.index = symbol->index;
  Known known;
  if (symbol->what == Symbol::What::constant) {
    expression.op = ExprOp::constant;
    expression.type = analysis.constant(symbol->index).type;
    known = analysis.constant_value(symbol->index);
  } else {
    expression.op = ExprOp::variable;
    expression.type = analysis.variable(symbol->index).type;
    expression.depth = analysis.variable(symbol->index).depth;
  }
  expression.type.kind = unconstrained_kind(expression.type.kind);
  return analysis.add(std::move(expression), name.span, std::move(known));
}

ExprId check_integer(Analysis& analysis, const ast::Expr& literal) {
  if (literal.integer > largest_integer) {
    analysis.report(messages::integer_overflow(literal.span));
    return no_expr;
  }
  Expr expression;
  expression.type.kind = Kind::integer;
  expression.values = {static_cast<double>(literal.integer)};
  const Known known = std::make_shared<std::vector<double>>(expression.values);
  return analysis.add(std::move(expression), literal.span, known);
}

/// Typed arguments; empty as soon as one is erroneous, after all have been looked at.
std::vector<ExprId> check_all(Analysis& analysis, const std::vector<ast::ExprPtr>& expressions) {
  std::vector<ExprId> ids;
  bool sound = true;
  for (const ast::ExprPtr& expression : expressions) {
    ids.push_back(check_expression(analysis, *expression));
    sound = sound && ids.back() != no_expr;
  }
  if (!sound) ids.clear();
  return ids;
}

std::vector<std::string> function_names() {
  std::vector<std::string> names;
  for (const FunctionRow& row : function_catalogue()) {
    if (!row.is_operator) names.emplace_back(row.name);
  }
  return names;
}

ExprId check_function(Analysis& analysis, const ast::Expr& call) {
  const FunctionRow* row = find_function(call.text);
  const std::vector<ExprId> arguments = check_all(analysis, call.arguments);
  if (row == nullptr || row->is_operator) {
    if (find_distribution(call.text) != nullptr || call.text == "mixture" || call.text == "transformed") {
      analysis.report(messages::distribution_as_function(call.text_span, call.text));
    } else {
      const auto suggestion = did_you_mean(call.text, function_names());
      analysis.report(messages::unknown_function(call.text_span, call.text, suggestion));
    }
    return no_expr;
  }
  const bool wrong_count =
      row->arity < 0 ? call.arguments.size() < 2 : call.arguments.size() != static_cast<std::size_t>(row->arity);
  if (wrong_count) {
    analysis.report(messages::wrong_function_arity(call.span, *row, call.arguments.size()));
    return no_expr;
  }
  return arguments.empty() ? no_expr : check_call(analysis, *row, arguments, call.span);
}

/// Type of a list of entries of type `entry`; nothing where `[...]` cannot hold them.
std::optional<Type> list_type(const Type& entry, bool array, std::size_t count) {
  Type type = entry;
  type.shape.insert(type.shape.begin(), static_cast<std::int64_t>(count));
  if (array) {
    ++type.array_rank;
    return type;
  }
  if (entry.array_rank > 0 || entry.kind == Kind::matrix) return std::nullopt;
  type.kind = entry.is_scalar() ? Kind::vector : Kind::matrix;
  return type;
}

ExprId check_list(Analysis& analysis, const ast::Expr& list) {
  const std::vector<ExprId> entries = check_all(analysis, list.arguments);
  if (entries.empty()) return no_expr;
  Type first = analysis.type(entries.front());
  for (const ExprId entry : entries) {
    const Type& type = analysis.type(entry);
    if (!same_kind(first, type) && !same_kind(type, first)) {
      analysis.report(messages::list_types(analysis.span(entry), first, type));
      return no_expr;
    }
    if (type.shape != first.shape) {
      analysis.report(messages::size_mismatch(analysis.span(entry), first, type));
      return no_expr;
    }
    if (type.kind == Kind::real) first.kind = Kind::real;
  }
  const std::optional<Type> type = list_type(first, list.text == "{", entries.size());
  if (!type) {
    analysis.report(messages::list_nesting(list.span, first));
    return no_expr;
  }
  return fold_call(analysis, "stack", entries, *type, list.span);
}

/// A chain of operators is a tree as deep as it is long: it is walked with a loop.
ExprId check_binary_chain(Analysis& analysis, const ast::Expr& expression) {
  std::vector<const ast::Expr*> chain;
  const ast::Expr* node = &expression;
  for (; node->kind == ast::ExprKind::binary; node = node->arguments[0].get()) chain.push_back(node);
  ExprId left = check_expression(analysis, *node);
  for (auto link = chain.rbegin(); link != chain.rend(); ++link) {
    const ExprId right = check_expression(analysis, *(*link)->arguments[1]);
    left = left == no_expr || right == no_expr
               ? no_expr
               : check_binary(analysis, (*link)->text, left, right, (*link)->span, (*link)->text_span);
  }
  return left;
}

ExprId check_unary(Analysis& analysis, const ast::Expr& expression) {
  const ExprId argument = check_expression(analysis, *expression.arguments[0]);
  if (argument == no_expr || expression.text == "+") return argument;
  return fold_call(analysis, "negate", {argument}, analysis.type(argument), expression.span);
}

ExprId dispatch(Analysis& analysis, const ast::Expr& expression) {
  switch (expression.kind) {
    case ast::ExprKind::integer:
      return check_integer(analysis, expression);
    case ast::ExprKind::real:
      return analysis.literal(expression.value, expression.span);
    case ast::ExprKind::name:
      return check_name(analysis, expression);
    case ast::ExprKind::unary:
      return check_unary(analysis, expression);
    case ast::ExprKind::binary:
      return check_binary_chain(analysis, expression);
    case ast::ExprKind::call:
      return check_function(analysis, expression);
    case ast::ExprKind::index:
      return check_index(analysis, expression);
    case ast::ExprKind::list:
      return check_list(analysis, expression);
  }
  return no_expr;
}

Diagnostic evaluation_problem(Evaluation::Problem problem, Span span) {
  switch (problem) {
    case Evaluation::Problem::inexact_division:
      return messages::inexact_division(span);
    case Evaluation::Problem::division_by_zero:
      return messages::division_by_zero(span);
    default:
      return messages::integer_overflow(span);
  }
}

}  // namespace

ExprId check_expression(Analysis& analysis, const ast::Expr& expression) {
  if (analysis.nesting >= deepest_nesting) {
    analysis.report(messages::nested_too_deeply(expression.span));
    return no_expr;
  }
  ++analysis.nesting;
  const ExprId id = dispatch(analysis, expression);
  --analysis.nesting;
  return id;
}

ExprId fold_call(Analysis& analysis, const std::string& function, const std::vector<ExprId>& arguments, Type type,
                 Span span) {
  if (!bounded_size(type.shape, largest_variable)) {
    analysis.report(messages::too_large(span, "this value", largest_variable));
    return no_expr;
  }
  std::vector<Operand> operands;
  for (const ExprId argument : arguments) {
    if (!analysis.known(argument)) return analysis.add_call(function, arguments, std::move(type), span);
    operands.push_back({analysis.type(argument), *analysis.known(argument)});
  }
  if (!analysis.can_hold(type.size(), span)) return no_expr;
  analysis.spend(operations(function, operands, type), span);
  const Evaluation evaluation = evaluate(function, operands, type);
  if (evaluation.problem != Evaluation::Problem::none) {
    analysis.report(evaluation_problem(evaluation.problem, span));
    return no_expr;
  }
  return analysis.add_call(function, arguments, std::move(type), span, evaluation.value);
}

std::optional<std::int64_t> check_size(Analysis& analysis, const ast::Expr& expression, const std::string& what) {
  const ExprId id = check_expression(analysis, expression);
  if (id == no_expr) return std::nullopt;
  const Type& type = analysis.type(id);
  if (!analysis.known(id)) {
    analysis.report(messages::size_not_constant(expression.span));
    return std::nullopt;
  }
  if (!type.is_scalar() || type.kind != Kind::integer) {
    analysis.report(messages::size_not_integer(expression.span, type));
    return std::nullopt;
  }
  const std::optional<double> value = analysis.known_scalar(id);
  if (*value < 1) {
    analysis.report(messages::size_not_positive(expression.span, what, *value));
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

bool same_kind(const Type& expected, const Type& found) {
  const Kind want = unconstrained_kind(expected.kind), have = unconstrained_kind(found.kind);
  return expected.array_rank == found.array_rank && (want == have || (want == Kind::real && have == Kind::integer));
}

}  // namespace adavi
