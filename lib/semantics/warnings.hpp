#pragma once
#include "catalog/distributions.hpp"
#include "semantics/analysis.hpp"

namespace adavi {

/// Warns where a variable whose support is too wide is given as a positive parameter or a probability.
void warn_of_support(Analysis& analysis, const DistributionRow& row, const Parameter& parameter, ExprId argument);

/// Warns of constants and covariates that nothing uses, and of latents on which no observed variable depends.
void warn_of_unused(Analysis& analysis);

}  // namespace adavi
