#include <algorithm>
#include <map>
#include <utility>

#include "semantics/evaluate.hpp"
#include "semantics/expressions.hpp"
#include "semantics/messages.hpp"

namespace adavi {

namespace {

/// The catalogue's name of an operator, and whether two containers may meet in it element by element.
struct Operator {
  std::string function;
  bool containers;
};

const Operator& operator_of(const std::string& symbol) {
  static const std::map<std::string, Operator> table = {
      {"+", {"add", true}},     {"-", {"subtract", true}},      {"*", {"multiply", false}},
      {"/", {"divide", false}}, {".*", {"elt_multiply", true}}, {"./", {"elt_divide", true}},
      {"^", {"power", true}},
  };
  return table.at(symbol);
}

bool is_vector(const Type& type) { return type.array_rank == 0 && type.kind == Kind::vector; }
bool is_matrix(const Type& type) { return type.array_rank == 0 && type.kind == Kind::matrix; }

/// The way out of a product or quotient that is not defined.
std::string way_out(const std::string& symbol, const Type& left, const Type& right) {
  if (symbol == "*" && is_vector(left) && is_vector(right)) {
    return "use 'dot_product(x, y)' for the sum of products, 'x .* y' for the products";
  }
  if (symbol == "*" && is_vector(left) && is_matrix(right)) return "a matrix stands on the left: 'A * x'";
  if (symbol == "*" && same_kind(left, right)) return "use '.*' for products element by element";
  if (symbol == "/" && !right.is_scalar()) return "use './' for quotients element by element";
  if (symbol == "^" && (is_matrix(left) || is_matrix(right))) return "";
  return "";
}

/// matrix * vector and matrix * matrix.
ExprId check_matrix_product(Analysis& analysis, ExprId left, ExprId right, Span span) {
  const Type& a = analysis.type(left);
  const Type& b = analysis.type(right);
  if (a.shape[1] != b.shape[0]) {
    analysis.report(messages::size_mismatch(span, a, b));
    return no_expr;
  }
  Type type = b;
  type.shape[0] = a.shape[0];
  return fold_call(analysis, "matmul", {left, right}, type, span);
}

bool defined(const std::string& symbol, const Type& left, const Type& right) {
  if (symbol == "^" && (is_matrix(left) || is_matrix(right))) return false;
  if (left.is_scalar() || right.is_scalar()) return true;
  return operator_of(symbol).containers && (same_kind(left, right) || same_kind(right, left));
}

bool exact_integers(const std::string& function, const Type& left, const Type& right) {
  return left.kind == Kind::integer && right.kind == Kind::integer && function != "power";
}

}  // namespace

ExprId check_binary(Analysis& analysis, const std::string& symbol, ExprId left, ExprId right, Span span, Span op_span) {
  const Type a = analysis.type(left), b = analysis.type(right);
  if (symbol == "*" && is_matrix(a) && (is_vector(b) || is_matrix(b))) {
    return check_matrix_product(analysis, left, right, span);
  }
  if (!defined(symbol, a, b)) {
    analysis.report(messages::operand_types(op_span, symbol, a, b, way_out(symbol, a, b)));
    return no_expr;
  }
  if (!a.is_scalar() && !b.is_scalar() && a.shape != b.shape) {
    analysis.report(messages::size_mismatch(span, a, b));
    return no_expr;
  }
  const std::string& function = operator_of(symbol).function;
  Type type = a.is_scalar() ? b : a;
  const bool integers = exact_integers(function, a, b);
  if (type.kind == Kind::integer && !integers) type.kind = Kind::real;
  const bool division = function == "divide" || function == "elt_divide";
  if (integers && division && !(analysis.known(left) && analysis.known(right))) {
    analysis.report(messages::integer_division(op_span));
    return no_expr;
  }
  return fold_call(analysis, function, {left, right}, type, span);
}

}  // namespace adavi
