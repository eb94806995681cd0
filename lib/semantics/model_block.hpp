#pragma once
#include "semantics/analysis.hpp"

namespace adavi {

/// Where a variable stands among the plates, kept for the rules of the pyramid.
struct Placement {
  int variable = -1;
  std::string plate;  ///< innermost plate around it; empty outside every plate
};

/// What the rules of the pyramid look at, beside the model itself.
struct Pyramid {
  bool has_observed = false;      ///< some statement is observed, sound or not
  std::vector<Placement> placed;  ///< of the model's sound variables
};

/// Analyses the statements of `model`: plates into `model.plates`, variables into `model.variables`.
Pyramid check_statements(Analysis& analysis);

/// Latent, observed, covariate or derived: types the declaration and appends the variable at `depth`. Returns its
/// position, or -1 after a report; its name is declared in both cases.
int check_variable(Analysis& analysis, const ast::Statement& statement, int depth);

/// "What is refused" about plates: none, no observed variable, an observed one outside the innermost plate, a latent in
/// it.
void check_pyramid(Analysis& analysis, const Pyramid& pyramid);

}  // namespace adavi
