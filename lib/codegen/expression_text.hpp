#pragma once
#include <string>

#include "semantics/hbm_model.hpp"

namespace adavi {

/// An analysed expression as a user would write it: `2 * mu`, `softmax(eta[1])`.
std::string expression_text(const HbmModel& model, ExprId id);
/// A distribution with its arguments: `normal(mu, 0.2)`.
std::string distribution_text(const HbmModel& model, const Distribution& distribution);
/// A number in its shortest form that reads back the same.
std::string number_text(double number);

}  // namespace adavi
