#include "semantics/model_block.hpp"

#include <utility>

#include "semantics/declarations.hpp"
#include "semantics/expressions.hpp"
#include "semantics/messages.hpp"
#include "semantics/warnings.hpp"

namespace adavi {

namespace {

/// Walks the blocks; a plate that collides is analysed like any other, so that all its errors are found too.
class Walk {
 public:
  explicit Walk(Analysis& analysis) : analysis_(analysis) {}

  void block(const std::vector<ast::Statement>& statements, const std::string& around, int depth) {
    std::optional<Plate> first;
    for (const ast::Statement& statement : statements) {
      if (!statement.plate) {
        variable(statement, around, depth);
        continue;
      }
      const Plate plate = check_plate(*statement.plate);
      if (first) {
        const bool readable = !first->name.empty() && !plate.name.empty();
        if (readable) analysis_.report(messages::colliding_plates(plate.span, plate, *first));
        analysis_.plates_collide = true;
      } else {
        first = plate;
        analysis_.model.plates.push_back(plate);
      }
      analysis_.names.enter(plate.name);
      block(statement.plate->body, plate.name, depth + 1);
      analysis_.names.leave();
    }
  }

  std::vector<Placement> placed;  // sound variables

 private:
  void variable(const ast::Statement& statement, const std::string& around, int depth) {
    const int index = check_variable(analysis_, statement, depth);
    if (index >= 0) placed.push_back({index, around});
  }

  Plate check_plate(const ast::PlateBlock& block) {
    Plate plate;
    plate.name = block.name.text;
    plate.span = block.name.span;
    const std::string what = "the size of plate '" + plate.name + "'";
    if (!block.size) return plate;  // the parser has reported its header
    const auto lower = check_size(analysis_, *block.size, what);
    const auto upper = block.upper ? check_size(analysis_, *block.upper, what) : lower;
    if (lower && upper && *lower > *upper) {
      analysis_.report(messages::plate_range(block.upper->span, *lower, *upper));
    } else {
      plate.lower = lower.value_or(1);
      plate.upper = upper.value_or(1);
    }
    Symbol symbol;
    symbol.what = Symbol::What::plate;
    declare(analysis_, block.name, symbol);
    bool empty = true;
    for (const ast::Statement& statement : block.body) empty = empty && statement.plate != nullptr;
    if (empty && !analysis_.syntax.partial) analysis_.report(messages::empty_plate(block.name.span, plate.name));
    return plate;
  }

  Analysis& analysis_;
};

}  // namespace

std::vector<Placement> check_statements(Analysis& analysis) {
  Walk walk(analysis);
  walk.block(analysis.syntax.statements, "", 0);
  return std::move(walk.placed);
}

void check_pyramid(Analysis& analysis, const std::vector<Placement>& placed) {
  const Span model = analysis.syntax.model_span;
  if (!analysis.has_observed) analysis.report(messages::no_observed(model));
  if (analysis.model.plates.empty()) {
    analysis.report(messages::no_plate(model));
    return;
  }
  if (analysis.plates_collide || !analysis.has_observed) return;  // which plate is the innermost is not certain
  const Plate& innermost = analysis.model.plates.back();
  for (const Placement& placement : placed) {
    const Variable& variable = analysis.variable(placement.variable);
    const bool inside = variable.depth == analysis.model.depth();
    if (variable.role == ast::Role::observed && !inside) {
      analysis.report(messages::observed_outside(variable.span, variable.name, placement.plate, innermost));
    }
    if (variable.role == ast::Role::latent && inside) {
      analysis.report(messages::latent_in_innermost(variable.span, variable.name, innermost));
    }
  }
}

}  // namespace adavi
