#include <map>
#include <utility>

#include "semantics/expressions.hpp"
#include "semantics/messages.hpp"

namespace adavi {

namespace {

using Types = std::vector<Type>;
/// Type of a call, or nothing where the function is not defined for these types. Sizes are not yet compared.
using Rule = std::optional<Type> (*)(const Types& arguments);

Type real_scalar() { return {}; }
bool is_vector(const Type& type) { return type.array_rank == 0 && type.kind == Kind::vector; }
bool is_matrix(const Type& type) { return type.array_rank == 0 && type.kind == Kind::matrix; }
bool is_list(const Type& type) { return is_vector(type) || (type.array_rank == 1 && type.shape.size() == 1); }
Type promoted(Type type) {
  if (type.kind == Kind::integer) type.kind = Kind::real;
  return type;
}

std::optional<Type> reduction(const Types& arguments, bool keeps_integers) {
  const Type& x = arguments[0];
  if (!is_list(x) && !is_matrix(x)) return std::nullopt;
  Type type = real_scalar();
  if (x.kind == Kind::integer && keeps_integers) type.kind = Kind::integer;
  return type;
}

/// On the last axis: of a vector, of each vector of an array, of an array of numbers.
std::optional<Type> on_vectors(const Types& arguments, std::int64_t growth) {
  Type type = promoted(arguments[0]);
  const bool fits = type.kind == Kind::vector || (type.array_rank == 1 && type.kind == Kind::real);
  if (!fits || type.shape.back() + growth < 1) return std::nullopt;
  type.shape.back() += growth;
  return type;
}

/// By how many entries the centred maps and their inverses change the length of a vector.
std::int64_t growth(std::string_view function) {
  if (function == "softmax_centered" || function == "sqrt_softmax_centered") return 1;
  return function == "inv_softmax_centered" || function == "inv_sqrt_softmax_centered" ? -1 : 0;
}

std::optional<Type> dot_product(const Types& arguments) {
  const bool fits = is_list(arguments[0]) && is_list(arguments[1]);
  return fits ? std::optional(real_scalar()) : std::nullopt;
}

std::optional<Type> to_vector(const Types& arguments) {
  const Type& x = arguments[0];
  if (!is_list(x) && !is_matrix(x)) return std::nullopt;
  return Type{Kind::vector, 0, {x.size()}};
}

/// Rows of one argument of append_row: scalars and vectors stack to a vector, matrices to a matrix.
std::optional<Type> append_row(const Types& arguments) {
  const Type &x = arguments[0], &y = arguments[1];
  if (is_matrix(x) && is_matrix(y)) return Type{Kind::matrix, 0, {x.shape[0] + y.shape[0], x.shape[1]}};
  const auto column = [](const Type& type) { return type.is_scalar() || is_vector(type); };
  if (!column(x) || !column(y) || (x.is_scalar() && y.is_scalar())) return std::nullopt;
  return Type{Kind::vector, 0, {x.size() + y.size()}};
}

std::optional<Type> diag_matrix(const Types& arguments) {
  const Type& x = arguments[0];
  if (!is_vector(x)) return std::nullopt;
  return Type{Kind::matrix, 0, {x.shape[0], x.shape[0]}};
}

std::optional<Type> diag_pre_multiply(const Types& arguments) {
  const bool fits = is_vector(arguments[0]) && is_matrix(arguments[1]);
  return fits ? std::optional(arguments[1]) : std::nullopt;
}

std::optional<Type> self_product(const Types& arguments) {
  const Type& x = arguments[0];
  const bool fits = is_matrix(x) && x.shape[0] == x.shape[1];
  return fits ? std::optional(Type{Kind::matrix, 0, x.shape}) : std::nullopt;
}

const std::map<std::string_view, Rule>& rules() {
  static const std::map<std::string_view, Rule> table = {
      {"dot_product", dot_product},
      {"to_vector", to_vector},
      {"append_row", append_row},
      {"diag_matrix", diag_matrix},
      {"diag_pre_multiply", diag_pre_multiply},
      {"multiply_lower_tri_self_transpose", self_product},
  };
  return table;
}

std::optional<Type> elementwise_binary(const Types& arguments) {
  const Type &x = arguments[0], &y = arguments[1];
  if (x.is_scalar() || y.is_scalar()) return promoted(x.is_scalar() ? y : x);
  if (!same_kind(x, y) && !same_kind(y, x)) return std::nullopt;
  return promoted(x);
}

std::optional<Type> type_of_call(const FunctionRow& row, const Types& arguments) {
  const bool keeps_integers =
      row.name == "abs" || row.name == "sum" || row.name == "prod" || row.name == "min" || row.name == "max";
  switch (row.rule) {
    case FunctionRule::elementwise:
      return keeps_integers ? arguments[0] : promoted(arguments[0]);
    case FunctionRule::elementwise_binary:
      return elementwise_binary(arguments);
    case FunctionRule::reduction:
      return reduction(arguments, keeps_integers);
    case FunctionRule::vector_to_vector:
      return on_vectors(arguments, growth(row.name));
    case FunctionRule::other:
      return rules().at(row.name)(arguments);
  }
  return std::nullopt;
}

/// Functions of two containers whose sizes must agree.
bool sizes_agree(const FunctionRow& row, const Types& arguments) {
  if (arguments.size() < 2) return true;
  const Type &x = arguments[0], &y = arguments[1];
  if (row.name == "append_row") return !is_matrix(x) || x.shape[1] == y.shape[1];
  if (row.name == "diag_pre_multiply") return x.shape[0] == y.shape[0];
  return x.is_scalar() || y.is_scalar() || x.shape == y.shape;
}

/// rep_vector(x, n) and rep_array(x, n, ...): sizes are values, not types.
ExprId check_repetition(Analysis& analysis, const FunctionRow& row, const std::vector<ExprId>& arguments, Span span) {
  Types types;
  for (const ExprId argument : arguments) types.push_back(analysis.type(argument));
  bool fits = row.name == "rep_array" || types[0].is_scalar();
  for (std::size_t i = 1; i < types.size(); ++i) fits = fits && types[i].is_scalar() && types[i].kind == Kind::integer;
  if (!fits) {
    analysis.report(messages::function_types(span, row, types));
    return no_expr;
  }
  Shape sizes;
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::optional<double> size = analysis.known_scalar(arguments[i]);
    if (!size || *size < 1) {
      const Span place = analysis.span(arguments[i]);
      analysis.report(size ? messages::size_not_positive(place, "a size", *size) : messages::size_not_constant(place));
      return no_expr;
    }
    sizes.push_back(static_cast<std::int64_t>(*size));
  }
  Type type = row.name == "rep_vector" ? Type{Kind::vector, 0, {}} : types[0];
  if (row.name == "rep_array") type.array_rank += static_cast<int>(sizes.size());
  type.shape.insert(type.shape.begin(), sizes.begin(), sizes.end());
  return fold_call(analysis, std::string(row.name), arguments, type, span);
}

}  // namespace

ExprId check_call(Analysis& analysis, const FunctionRow& row, const std::vector<ExprId>& arguments, Span span) {
  if (row.name == "rep_vector" || row.name == "rep_array") return check_repetition(analysis, row, arguments, span);
  Types types;
  for (const ExprId argument : arguments) types.push_back(analysis.type(argument));
  const std::optional<Type> type = type_of_call(row, types);
  if (!type) {
    analysis.report(messages::function_types(span, row, types));
    return no_expr;
  }
  if (!sizes_agree(row, types)) {
    analysis.report(messages::size_mismatch(span, types[0], types[1]));
    return no_expr;
  }
  return fold_call(analysis, std::string(row.name), arguments, *type, span);
}

}  // namespace adavi
