#pragma once
#include "semantics/analysis.hpp"

namespace adavi {

/// Where a variable stands among the plates, kept for the rules of the pyramid.
struct Placement {
  int variable = -1;
  std::string plate;  ///< innermost plate around it; empty outside every plate
};

/// Analyses the statements of `model`: plates into `model.plates`, variables into `model.variables`. Returns where the
/// sound variables stand.
std::vector<Placement> check_statements(Analysis& analysis);

/// Latent, observed, covariate or derived: types the declaration and appends the variable at `depth`. Returns its
/// position, or -1 after a report; its name is declared in both cases.
int check_variable(Analysis& analysis, const ast::Statement& statement, int depth);

/// "What is refused" about plates: none, no observed variable, an observed one outside the innermost plate, a latent in
/// it.
void check_pyramid(Analysis& analysis, const std::vector<Placement>& placed);

}  // namespace adavi
