#include "codegen/describe_graph.hpp"

#include <set>

namespace adavi {
namespace {

/// Adds the expressions in which a distribution is written.
void add(const Distribution& distribution, std::vector<ExprId>& expressions) {
  for (const DistributionArgument& argument : distribution.arguments) expressions.push_back(argument.expression);
  for (const Distribution& component : distribution.components) add(component, expressions);
  expressions.push_back(distribution.lower);
  expressions.push_back(distribution.upper);
}

/// The variables that stand in one variable's law or value, derived quantities as themselves.
std::set<int> sources(const HbmModel& model, const Variable& variable) {
  std::set<int> found;
  std::set<ExprId> seen = {no_expr};
  std::vector<ExprId> pending = {variable.value, variable.link.lower, variable.link.upper};
  if (variable.distribution) add(*variable.distribution, pending);
  while (!pending.empty()) {
    const ExprId id = pending.back();
    pending.pop_back();
    if (!seen.insert(id).second) continue;
    const Expr& expr = model.expression(id);
    if (expr.op == ExprOp::variable) found.insert(expr.index);
    pending.insert(pending.end(), expr.arguments.begin(), expr.arguments.end());
    for (const IndexItem& item : expr.items) pending.push_back(item.expression);
  }
  return found;
}

std::string quoted(const std::string& text) {
  std::string escaped;
  for (const char c : text) escaped += c == '"' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  return "\"" + escaped + "\"";
}

std::string attributes(ast::Role role) {
  switch (role) {
    case ast::Role::latent:
      return "";
    case ast::Role::observed:
      return " [style=filled]";
    case ast::Role::covariate:
      return " [style=\"filled,dashed\"]";
    case ast::Role::derived:
      return " [shape=diamond]";
  }
  return "";
}

/// "group[3]", "group[3:300]", as in the language.
std::string label(const Plate& plate) {
  const std::string upper = std::to_string(plate.upper);
  return plate.name + "[" + (plate.lower == plate.upper ? upper : std::to_string(plate.lower) + ":" + upper) + "]";
}

/// The variables that live in the first `depth` plates and no further.
std::string nodes(const HbmModel& model, int depth, const std::string& margin) {
  std::string text;
  for (const Variable& variable : model.variables)
    if (variable.depth == depth) text += margin + quoted(variable.name) + attributes(variable.role) + ";\n";
  return text;
}

/// What lies in the first `depth` plates.
std::string boxes(const HbmModel& model, int depth) {
  const std::string margin(2 * static_cast<std::size_t>(depth) + 2, ' ');
  std::string text = nodes(model, depth, margin);
  if (depth == model.depth()) return text;
  const Plate& plate = model.plates[static_cast<std::size_t>(depth)];
  return text + margin + "subgraph " + quoted("cluster_" + plate.name) + " {\n" + margin +
         "  label=" + quoted(label(plate)) + ";\n" + boxes(model, depth + 1) + margin + "}\n";
}

std::string arrows(const HbmModel& model) {
  std::string text;
  for (const Variable& variable : model.variables)
    for (const int source : sources(model, variable))
      text += "  " + quoted(model.variables[static_cast<std::size_t>(source)].name) + " -> " + quoted(variable.name) +
              ";\n";
  return text;
}

}  // namespace

std::string describe_dot(const HbmModel& model) {
  return "digraph {\n"
         "  labelloc=b;\n"
         "  labeljust=r;\n"
         "  node [shape=circle, fillcolor=lightgrey, margin=0.05];\n" +
         boxes(model, 0) + arrows(model) + "}\n";
}

}  // namespace adavi
