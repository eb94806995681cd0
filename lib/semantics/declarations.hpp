#pragma once
#include <optional>

#include "semantics/analysis.hpp"

namespace adavi {

/// A declared type with its sizes resolved and its bounds typed.
struct DeclaredType {
  Type type;
  ExprId lower = no_expr;
  ExprId upper = no_expr;
};

/// Resolves `array[2] vector<lower=0>[D]`. Reports and returns nothing on an unknown type, sizes that are not positive
/// ints of constants, bounds that do not fit, or a size that cannot be held.
std::optional<DeclaredType> check_type(Analysis& analysis, const ast::TypeSyntax& syntax);

/// Declares a name, or reports that it is reserved or taken.
void declare(Analysis& analysis, const ast::Name& name, Symbol symbol);

}  // namespace adavi
