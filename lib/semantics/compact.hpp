#pragma once
#include "semantics/hbm_model.hpp"

namespace adavi {

/// Drops the expressions that no variable needs (sizes, bounds that are not tighter, ...) and renumbers the others,
/// their order kept.
void compact(HbmModel& model);

}  // namespace adavi
