#pragma once
#include <string>

#include "diagnostics/diagnostics.hpp"

namespace adavi {

/// The text a person reads, one block a diagnostic:
///
///     model.hbm:7:23: error: 'sgima' is not declared
///        7 |     real mu ~ normal(0, sgima);
///          |                         ^~~~~
///       help: did you mean 'sigma'?
///
/// Tabs are kept in the caret line, so it aligns; long lines are cut around the caret.
std::string render(const SourceFile& source, const Diagnostics& diagnostics, bool color = false);

}  // namespace adavi
