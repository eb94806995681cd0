#include "semantics/analyze.hpp"

#include <utility>

#include "semantics/compact.hpp"
#include "semantics/constant_block.hpp"
#include "semantics/dependence.hpp"
#include "semantics/exchangeable.hpp"
#include "semantics/model_block.hpp"
#include "semantics/positive_links.hpp"
#include "semantics/warnings.hpp"

namespace adavi {

namespace {

/// Takes note of every name in the file, so that an early use can point at the declaration below.
void foretell(Analysis& analysis, const std::vector<ast::Statement>& statements, const std::string& around) {
  for (const ast::Statement& statement : statements) {
    const ast::Name& name = statement.plate ? statement.plate->name : statement.name;
    analysis.names.foretell(name.text, {name.span, false, statement.plate != nullptr, around});
    if (statement.role == ast::Role::observed) analysis.has_observed = true;
    if (statement.plate) foretell(analysis, statement.plate->body, name.text);
  }
}

void check(Analysis& analysis, const ConstantOverrides& overrides) {
  for (const ast::ConstantDecl& constant : analysis.syntax.constants) {
    analysis.names.foretell(constant.name.text, {constant.name.span, true, false, ""});
  }
  foretell(analysis, analysis.syntax.statements, "");
  check_constants(analysis, overrides);
  const std::vector<Placement> placed = check_statements(analysis);
  if (!analysis.syntax.partial) check_pyramid(analysis, placed);
}

/// Fills what follows from the whole model: hierarchies, the order of sampling, the dependence, symmetries.
void describe_structure(HbmModel& model) {
  for (Variable& variable : model.variables) variable.hierarchy = model.depth() - variable.depth;
  model.sampling_order = order_of_sampling(model);
  std::vector<std::vector<int>> upper = faithful_inversion(model, model.sampling_order);
  for (std::size_t i = 0; i < model.sampling_order.size(); ++i) {
    model.variables[static_cast<std::size_t>(model.sampling_order[i])].upper = std::move(upper[i]);
  }
  model.exchangeable = exchangeable_sets(model);
}

}  // namespace

std::optional<HbmModel> analyze(const ast::Model& model, const ConstantOverrides& overrides, Diagnostics& diagnostics) {
  Analysis analysis(model, diagnostics);
  try {
    check(analysis, overrides);
  } catch (const Stopped&) {
    return std::nullopt;
  }
  if (diagnostics.has_errors() || model.partial) return std::nullopt;
  warn_of_unused(analysis);
  describe_structure(analysis.model);
  choose_positive_links(analysis.model);
  compact(analysis.model);
  return std::move(analysis.model);
}

}  // namespace adavi
