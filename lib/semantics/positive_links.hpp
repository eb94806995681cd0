#pragma once
#include "semantics/hbm_model.hpp"

namespace adavi {

/// Chooses between the two links of latents with one bound by what they are for: `exp` for scales, rates and shapes,
/// whose size matters in ratios, `softplus` for those that serve as locations alone, whose posterior is as wide far
/// from the bound as anywhere. A link that the model itself names (`transformed`) stays.
void choose_positive_links(HbmModel& model);

/// Variables that serve as scales, rates or shapes and never as locations, as 0/1 flags.
std::vector<char> pure_scales(const HbmModel& model);

}  // namespace adavi
