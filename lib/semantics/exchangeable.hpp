#pragma once
#include <vector>

#include "semantics/hbm_model.hpp"

namespace adavi {

/// Sets of components whose order means nothing. A mixture with one component distribution starts each: its weights and
/// the component's arguments along the component axis, then every latent and derived quantity that these are drawn from
/// or enter. There is no set where the log joint is not the same in every order as the text alone shows it: where one
/// component is used alone (`mu[1]`), ordered, or has a prior of its own.
std::vector<ExchangeableSet> exchangeable_sets(const HbmModel& model);

}  // namespace adavi
