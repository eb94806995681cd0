#pragma once
#include <string>

#include "syntax/ast.hpp"

namespace adavi::syntax {

/// Stands where a long line may be broken, behind commas and operators; a blank where it is not.
constexpr char soft_break = '\x1F';

/// The canonical text of an expression, with no more parentheses than its tree needs.
std::string print(const ast::Expr& expr);
/// `array[2, n] vector<lower=0>[D]`.
std::string print(const ast::TypeSyntax& type);

}  // namespace adavi::syntax
