#pragma once
#include "semantics/analysis.hpp"
#include "semantics/constants.hpp"

namespace adavi {

/// Declares the constants of the `data` block with their defaults or overrides, checked for type, sizes and
/// constraints. Reports constants without a value and overrides without a constant.
void check_constants(Analysis& analysis, const ConstantOverrides& overrides);

/// Checks a known value against its declaration: finite, inside the bounds, of its kind. `origin` names where it came
/// from, empty for the text itself. Reports at `span`.
bool check_value(Analysis& analysis, Span span, const std::string& origin, const std::string& name, const Type& type,
                 ExprId lower, ExprId upper, const std::vector<double>& values);

}  // namespace adavi
