#include "syntax/print_expression.hpp"

namespace adavi::syntax {
namespace {

constexpr int strongest = 5;

int precedence(const ast::Expr& expr) {
  if (expr.kind == ast::ExprKind::unary) return 3;
  if (expr.kind != ast::ExprKind::binary) return strongest;
  if (expr.text == "^") return 4;
  return expr.text == "+" || expr.text == "-" ? 1 : 2;
}

// In parentheses where it binds less strongly than asked for.
std::string print_at_least(const ast::Expr& expr, int strength) {
  const std::string text = print(expr);
  return precedence(expr) < strength ? "(" + text + ")" : text;
}

std::string print_all(const std::vector<ast::ExprPtr>& all) {
  std::string text;
  for (const ast::ExprPtr& expr : all) text += (text.empty() ? "" : std::string(",") + soft_break) + print(*expr);
  return text;
}

std::string print_binary(const ast::Expr& expr) {
  const ast::Expr &left = *expr.arguments[0], &right = *expr.arguments[1];
  const int strength = precedence(expr);
  if (expr.text != "^") {
    return print_at_least(left, strength) + " " + expr.text + soft_break + print_at_least(right, strength + 1);
  }
  const bool is_prefixed = right.kind == ast::ExprKind::unary;  // `2^-x` needs no parentheses
  return print_at_least(left, strength + 1) + "^" + (is_prefixed ? print(right) : print_at_least(right, strength));
}

std::string print_entry(const ast::Index& index) {
  if (!index.is_range) return print(*index.lower);
  return (index.lower ? print(*index.lower) : "") + ":" + (index.upper ? print(*index.upper) : "");
}

std::string print_index(const ast::Expr& expr) {
  std::string indices;
  for (const ast::Index& index : expr.indices) {
    indices += (indices.empty() ? "" : std::string(",") + soft_break) + print_entry(index);
  }
  return print_at_least(*expr.arguments[0], strongest) + "[" + indices + "]";
}

}  // namespace

std::string print(const ast::Expr& expr) {
  switch (expr.kind) {
    case ast::ExprKind::integer:
      return std::to_string(expr.integer);
    case ast::ExprKind::unary:
      return expr.text + print_at_least(*expr.arguments[0], 4);
    case ast::ExprKind::binary:
      return print_binary(expr);
    case ast::ExprKind::call:
      return expr.text + "(" + print_all(expr.arguments) + ")";
    case ast::ExprKind::index:
      return print_index(expr);
    case ast::ExprKind::list:
      return expr.text + print_all(expr.arguments) + (expr.text == "{" ? "}" : "]");
    default:
      return expr.text;
  }
}

std::string print(const ast::TypeSyntax& type) {
  std::string text = type.array_sizes.empty() ? "" : "array[" + print_all(type.array_sizes) + "] ";
  text += type.base.text;
  if (type.lower && type.upper) {
    text += "<lower=" + print(*type.lower) + ", upper=" + print(*type.upper) + ">";
  } else if (type.lower || type.upper) {
    text += type.lower ? "<lower=" + print(*type.lower) + ">" : "<upper=" + print(*type.upper) + ">";
  }
  return type.sizes.empty() ? text : text + "[" + print_all(type.sizes) + "]";
}

}  // namespace adavi::syntax
