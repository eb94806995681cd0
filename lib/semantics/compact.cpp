#include "semantics/compact.hpp"

#include <utility>

namespace adavi {

namespace {

/// Applies `visit` to every expression id that a distribution holds.
template <class Visit>
void each_root(Distribution& distribution, Visit visit) {
  for (DistributionArgument& argument : distribution.arguments) visit(argument.expression);
  for (Distribution& component : distribution.components) each_root(component, visit);
  visit(distribution.lower);
  visit(distribution.upper);
}

template <class Visit>
void each_root(Variable& variable, Visit visit) {
  if (variable.distribution) each_root(*variable.distribution, visit);
  visit(variable.value);
  visit(variable.link.lower);
  visit(variable.link.upper);
  visit(variable.declared_lower);
  visit(variable.declared_upper);
}

template <class Visit>
void each_child(Expr& expression, Visit visit) {
  for (ExprId& argument : expression.arguments) visit(argument);
  for (IndexItem& item : expression.items) visit(item.expression);
}

}  // namespace

void compact(HbmModel& model) {
  std::vector<bool> needed(model.expressions.size(), false);
  const auto mark = [&](ExprId id) {
    if (id != no_expr) needed[static_cast<std::size_t>(id)] = true;
  };
  for (Variable& variable : model.variables) each_root(variable, mark);
  for (std::size_t i = model.expressions.size(); i-- > 0;) {  // arguments come before what uses them
    if (needed[i]) each_child(model.expressions[i], mark);
  }
  std::vector<ExprId> place(model.expressions.size(), no_expr);
  std::vector<Expr> kept;
  const auto move = [&](ExprId& id) {
    if (id != no_expr) id = place[static_cast<std::size_t>(id)];
  };
  for (std::size_t i = 0; i < model.expressions.size(); ++i) {
    if (!needed[i]) continue;
    each_child(model.expressions[i], move);
    place[i] = static_cast<ExprId>(kept.size());
    kept.push_back(std::move(model.expressions[i]));
  }
  model.expressions = std::move(kept);
  for (Variable& variable : model.variables) each_root(variable, move);
}

}  // namespace adavi
