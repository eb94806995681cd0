#include "semantics/warnings.hpp"

#include <algorithm>
#include <set>

#include "semantics/messages.hpp"

namespace adavi {

namespace {

using ast::Role;

/// True where the link keeps every value at or above 0 (and at or below 1).
bool stays_inside(const Analysis& analysis, const Link& link, bool unit_interval) {
  const bool interval = link.kind == LinkKind::exp || link.kind == LinkKind::softplus ||
                        link.kind == LinkKind::bounded || link.kind == LinkKind::circle;
  if (!interval && link.kind != LinkKind::identity) return true;  // simplex and the like speak for themselves
  if (link.lower == no_expr) return false;
  const auto lower = analysis.known_scalar(link.lower), upper = analysis.known_scalar(link.upper);
  if (lower && *lower < 0) return false;
  return !unit_interval || (link.upper != no_expr && (!upper || *upper <= 1));
}

/// Everything that an observed variable depends on.
std::set<int> ancestors_of_data(const HbmModel& model) {
  std::set<int> ancestors;
  for (std::size_t i = model.variables.size(); i-- > 0;) {
    const Variable& variable = model.variables[i];
    if (variable.role != Role::observed && ancestors.count(static_cast<int>(i)) == 0) continue;
    ancestors.insert(variable.parents.begin(), variable.parents.end());
  }
  return ancestors;
}

void warn_of_constants(Analysis& analysis) {
  for (const ast::ConstantDecl& declaration : analysis.syntax.constants) {
    const std::string& name = declaration.name.text;
    if (!analysis.names.used(name)) analysis.report(messages::unused_name(declaration.name.span, "constant", name));
  }
}

}  // namespace

void warn_of_support(Analysis& analysis, const DistributionRow& row, const Parameter& parameter, ExprId argument) {
  const bool unit_interval = parameter.domain == Domain::unit_interval;
  const bool positive = parameter.domain == Domain::positive || parameter.domain == Domain::positive_vector ||
                        parameter.domain == Domain::nonnegative;
  const int index = unit_interval || positive ? underlying_variable(analysis, argument) : -1;
  if (index < 0) return;
  const Variable& variable = analysis.variable(index);
  if (variable.type.kind == Kind::integer || stays_inside(analysis, variable.link, unit_interval)) return;
  analysis.report(messages::support_of_parameter(analysis.span(argument), row, parameter, variable));
}

void warn_of_unused(Analysis& analysis) {
  warn_of_constants(analysis);
  const std::set<int> informed = ancestors_of_data(analysis.model);
  for (std::size_t i = 0; i < analysis.model.variables.size(); ++i) {
    const Variable& variable = analysis.model.variables[i];
    if (variable.role == Role::latent && informed.count(static_cast<int>(i)) == 0) {
      analysis.report(messages::uninformed_latent(variable.span, variable.name));
    }
    if (variable.role == Role::covariate && !analysis.names.used(variable.name)) {
      analysis.report(messages::unused_name(variable.span, "covariate", variable.name));
    }
  }
}

}  // namespace adavi
