#pragma once
#include <vector>

#include "semantics/hbm_model.hpp"

namespace adavi {

/// The model as if `variables` lived in the first `depth` plates (at least as many as they do): every instance there
/// with a copy of its own. Depths of derived quantities and expressions follow.
HbmModel lifted(const HbmModel& model, const std::vector<int>& variables, int depth);

}  // namespace adavi
