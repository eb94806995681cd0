#pragma once
#include <cstdint>
#include <vector>

#include "codegen/dual_plan.hpp"

namespace adavi {

/// What the encoder sees of the known variables that live in exactly the first `depth` plates. With `moments`, which
/// averages them, some also enter as they are beside their transform.
std::vector<EncoderInput> inputs_at(const HbmModel& model, int depth, bool moments);

std::int64_t sum_of_sizes(const std::vector<EncoderInput>& inputs);

}  // namespace adavi
