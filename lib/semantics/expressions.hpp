#pragma once
#include <string>
#include <vector>

#include "catalog/functions.hpp"
#include "semantics/analysis.hpp"

namespace adavi {

/// Types an expression, appends it to the model and returns its place; what is built from constants also gets its
/// value. Returns `no_expr` for an erroneous one, whose errors are then reported; callers stay silent about it.
ExprId check_expression(Analysis& analysis, const ast::Expr& expression);

/// `base[items]`; slices and positions are checked where they are constants.
ExprId check_index(Analysis& analysis, const ast::Expr& expression);

/// A call of a catalogue function with typed arguments.
ExprId check_call(Analysis& analysis, const FunctionRow& row, const std::vector<ExprId>& arguments, Span span);

/// `left OP right` with typed sides; `op_span` is the operator's place.
ExprId check_binary(Analysis& analysis, const std::string& symbol, ExprId left, ExprId right, Span span, Span op_span);

/// Appends a call whose types are settled, with its value where all arguments are constants; reports overflow and the
/// like at `span`.
ExprId fold_call(Analysis& analysis, const std::string& function, const std::vector<ExprId>& arguments, Type type,
                 Span span);

/// An expression that must be an int of constants: sizes, plates, ranges. Reports and returns nothing otherwise.
std::optional<std::int64_t> check_size(Analysis& analysis, const ast::Expr& expression, const std::string& what);

/// True where a value of type `found` may stand for one of `expected`, sizes aside: int counts as real, simplex as
/// vector.
bool same_kind(const Type& expected, const Type& found);

}  // namespace adavi
