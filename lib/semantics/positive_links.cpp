#include "semantics/positive_links.hpp"

#include "catalog/distributions.hpp"

namespace adavi {
namespace {

/// What each variable of the model serves as.
struct Uses {
  std::vector<char> location, scale;
};

void mark(const HbmModel& model, ExprId id, std::vector<char>& marks) {
  if (id == no_expr) return;
  const Expr& expression = model.expression(id);
  if (expression.op == ExprOp::variable) {
    const auto index = static_cast<std::size_t>(expression.index);
    if (marks[index]) return;
    marks[index] = 1;
    mark(model, model.variables[index].value, marks);  // a derived quantity passes its use on
  }
  for (const ExprId argument : expression.arguments) mark(model, argument, marks);
  for (const IndexItem& item : expression.items) mark(model, item.expression, marks);
}

void mark_uses(const HbmModel& model, const Distribution& distribution, Uses& uses) {
  const DistributionRow* row = find_distribution(distribution.name);
  for (std::size_t i = 0; row && i < distribution.arguments.size(); ++i) {
    const bool location = row->parameters[i].domain == Domain::real;
    mark(model, distribution.arguments[i].expression, location ? uses.location : uses.scale);
  }
  for (const Distribution& component : distribution.components) mark_uses(model, component, uses);
}

Uses uses_of(const HbmModel& model) {
  Uses uses{std::vector<char>(model.variables.size()), std::vector<char>(model.variables.size())};
  for (const Variable& variable : model.variables) {
    if (variable.distribution) mark_uses(model, *variable.distribution, uses);
  }
  return uses;
}

}  // namespace

void choose_positive_links(HbmModel& model) {
  const Uses uses = uses_of(model);
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    Variable& variable = model.variables[i];
    const bool free = variable.role == ast::Role::latent && variable.link.kind == LinkKind::exp &&
                      variable.distribution->name != "transformed";
    if (free && uses.location[i] && !uses.scale[i]) variable.link.kind = LinkKind::softplus;
  }
}

std::vector<char> pure_scales(const HbmModel& model) {
  Uses uses = uses_of(model);
  for (std::size_t i = 0; i < uses.scale.size(); ++i) {
    if (uses.location[i]) uses.scale[i] = 0;
  }
  return uses.scale;
}

}  // namespace adavi
