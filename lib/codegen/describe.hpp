#pragma once
#include <string>

#include "codegen/dual_plan.hpp"

namespace adavi {

/// The descriptors of A.1, the dependence of each variable and the plan, as the text that `check` prints.
std::string describe(const HbmModel& model, const DualPlan& plan);
/// The same as one JSON document (`check --json`).
std::string describe_json(const HbmModel& model, const DualPlan& plan);

}  // namespace adavi
