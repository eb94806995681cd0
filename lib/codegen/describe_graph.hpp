#pragma once
#include <string>

#include "semantics/hbm_model.hpp"

namespace adavi {

/// The pyramid as a plate diagram in Graphviz's DOT language: a box a plate, one inside of the other, labelled
/// `group[3]`; latents are circles, observed variables shaded circles, covariates shaded with a dashed line, derived
/// quantities diamonds; an arrow goes to each from every variable that it is written with.
std::string describe_dot(const HbmModel& model);

}  // namespace adavi
