#pragma once
#include <string>

#include "syntax/ast.hpp"

/// Trees as S-expressions, to compare them in tests.
namespace adavi::test {

inline std::string dump(const ast::ExprPtr& expr);

inline std::string dump_all(const std::vector<ast::ExprPtr>& all) {
  std::string text;
  for (const ast::ExprPtr& expr : all) text += " " + dump(expr);
  return text;
}

inline std::string dump(const ast::Index& index) {
  if (!index.is_range) return dump(index.lower);
  return (index.lower ? dump(index.lower) : "") + ":" + (index.upper ? dump(index.upper) : "");
}

inline std::string dump(const ast::ExprPtr& expr) {
  if (!expr) return "nothing";
  switch (expr->kind) {
    case ast::ExprKind::integer:
      return std::to_string(expr->integer);
    case ast::ExprKind::real:
      return expr->text;
    case ast::ExprKind::name:
      return expr->text;
    case ast::ExprKind::list:
      return expr->text + dump_all(expr->arguments) + (expr->text == "{" ? " }" : " ]");
    case ast::ExprKind::call:
      return "(call " + expr->text + dump_all(expr->arguments) + ")";
    case ast::ExprKind::index: {
      std::string text = "(index" + dump_all(expr->arguments);
      for (const ast::Index& index : expr->indices) text += " " + dump(index);
      return text + ")";
    }
    default:
      return "(" + expr->text + dump_all(expr->arguments) + ")";
  }
}

inline std::string dump(const ast::TypeSyntax& type) {
  std::string text = type.base.text;
  if (!type.array_sizes.empty()) text = "array[" + dump_all(type.array_sizes).substr(1) + "] " + text;
  if (type.lower) text += " lower=" + dump(type.lower);
  if (type.upper) text += " upper=" + dump(type.upper);
  if (!type.sizes.empty()) text += "[" + dump_all(type.sizes).substr(1) + "]";
  return text;
}

inline std::string dump(const ast::Statement& statement) {
  if (!statement.plate) {
    const char* roles[] = {"latent", "observed", "covariate", "derived"};
    return std::string(roles[static_cast<int>(statement.role)]) + " <" + dump(statement.type) + "> " +
           statement.name.text + " " + dump(statement.value) + "\n";
  }
  const ast::PlateBlock& plate = *statement.plate;
  std::string text = "plate " + plate.name.text + " " + dump(plate.size);
  if (plate.upper) text += ":" + dump(plate.upper);
  text += " {\n";
  for (const ast::Statement& inner : plate.body) text += dump(inner);
  return text + "}\n";
}

inline std::string dump(const ast::Model& model) {
  std::string text;
  for (const ast::ConstantDecl& constant : model.constants) {
    text += "constant <" + dump(constant.type) + "> " + constant.name.text + " " + dump(constant.value) + "\n";
  }
  for (const ast::Statement& statement : model.statements) text += dump(statement);
  return text;
}

}  // namespace adavi::test
