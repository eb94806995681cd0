#include <utility>

#include "semantics/constant_block.hpp"
#include "semantics/dependence.hpp"
#include "semantics/drawing.hpp"
#include "semantics/expressions.hpp"
#include "semantics/messages.hpp"
#include "semantics/model_block.hpp"

namespace adavi {

namespace {

using ast::Role;

/// Numbers of a variable over all its plates, refused where they cannot be held.
bool check_total(Analysis& analysis, const Variable& variable) {
  Shape shape = variable.type.shape;
  for (int p = 0; p < variable.depth && p < analysis.model.depth(); ++p) {
    shape.push_back(analysis.model.plates[static_cast<std::size_t>(p)].upper);
  }
  if (bounded_size(shape, largest_variable)) return true;
  analysis.report(messages::too_large(variable.span, "'" + variable.name + "' over all its plates", largest_variable));
  return false;
}

bool check_derived(Analysis& analysis, const ast::Statement& statement, const DeclaredType& declared,
                   Variable& variable) {
  variable.value = check_expression(analysis, *statement.value);
  if (declared.type.kind == Kind::integer) {
    analysis.report_of_type(messages::integer_variable(statement.name.span, statement.name.text));
    return false;
  }
  if (variable.value == no_expr) return false;
  const Type& found = analysis.type(variable.value);
  if (!same_kind(declared.type, found) || found.shape != declared.type.shape) {
    analysis.report_of_type(messages::value_type(statement.value->span, statement.name.text, declared.type, found));
    return false;
  }
  const Known& known = analysis.known(variable.value);
  return !known || check_value(analysis, statement.value->span, "", statement.name.text, declared.type, declared.lower,
                               declared.upper, *known);
}

/// A latent needs a density, one support and something to infer.
bool check_latent(Analysis& analysis, const Drawn& drawn, Variable& variable) {
  if (drawn.discrete) {
    // Without any observed variable that is the mistake, and this may be the one that should be.
    if (analysis.has_observed) analysis.report_of_type(messages::discrete_latent(variable.span, variable.name));
    return false;
  }
  if (drawn.support.uncertain) {
    analysis.report(messages::mixture_supports(variable.span, variable.name));
    return false;
  }
  if (unconstrained_size(variable) > 0) return true;
  analysis.report(messages::too_small_to_infer(variable.span, variable.name, variable.type));
  return false;
}

bool check_drawn(Analysis& analysis, const ast::Statement& statement, const DeclaredType& declared,
                 Variable& variable) {
  auto drawn = check_distribution(analysis, *statement.value, {variable.name, variable.type, 0, ""});
  if (!drawn) return false;
  if (!apply_bounds(analysis, *drawn, declared, variable.name, statement.type.span)) return false;
  if (!drawn->discrete) variable.link = link_of(drawn->support);
  variable.unconstrained_shape = unconstrained_shape(variable.link.kind, variable.type.shape);
  if (variable.role == Role::latent && !check_latent(analysis, *drawn, variable)) return false;
  variable.distribution = std::move(drawn->distribution);
  return true;
}

/// A covariate is known beforehand: it follows from constants and other covariates alone.
bool check_covariate(Analysis& analysis, const Variable& variable) {
  for (const int parent : variable.parents) {
    if (analysis.variable(parent).role == Role::covariate) continue;
    analysis.report(messages::covariate_depends(variable.span, variable.name, analysis.variable(parent)));
    return false;
  }
  return true;
}

bool check_value_of(Analysis& analysis, const ast::Statement& statement, const DeclaredType& declared,
                    Variable& variable) {
  if (variable.role == Role::derived) return check_derived(analysis, statement, declared, variable);
  if (statement.value) return check_drawn(analysis, statement, declared, variable);
  variable.link = link_of(declared);
  variable.unconstrained_shape = unconstrained_shape(variable.link.kind, variable.type.shape);
  return true;
}

/// Fills the variable of a statement whose type is sound; false after a report.
bool fill(Analysis& analysis, const ast::Statement& statement, const DeclaredType& declared, int depth,
          Variable& variable) {
  variable.role = statement.role;
  variable.name = statement.name.text;
  variable.span = statement.name.span;
  variable.type = declared.type;
  variable.depth = depth;
  variable.declared_lower = declared.lower;
  variable.declared_upper = declared.upper;
  if (!check_value_of(analysis, statement, declared, variable)) return false;
  if (!check_total(analysis, variable)) return false;
  variable.parents = parents_of(analysis.model, variable);
  return variable.role != Role::covariate || check_covariate(analysis, variable);
}

}  // namespace

int check_variable(Analysis& analysis, const ast::Statement& statement, int depth) {
  if (analysis.model.variables.size() == most_variables)
    analysis.stop(messages::too_many_variables(statement.name.span));
  Symbol symbol;
  bool sound = false;
  analysis.declaring = statement.name.text;
  analysis.type_in_doubt = false;
  const std::optional<DeclaredType> declared = check_type(analysis, statement.type);
  if (declared) {
    Variable variable;
    sound = fill(analysis, statement, *declared, depth, variable);
    if (!analysis.type_in_doubt) {  // where only the value is wrong, uses can still be checked
      symbol.what = Symbol::What::variable;
      symbol.index = static_cast<int>(analysis.model.variables.size());
      if (!sound) analysis.without_value.insert(symbol.index);
      analysis.model.variables.push_back(std::move(variable));
    }
  } else if (statement.value && statement.role == Role::derived) {
    check_expression(analysis, *statement.value);
  } else if (statement.value) {
    check_names_of(analysis, *statement.value);
  }
  declare(analysis, statement.name, symbol);
  return sound ? symbol.index : -1;
}

}  // namespace adavi
