#pragma once
#include <string>
#include <vector>

#include "codegen/dual_plan.hpp"

/// The descriptors of A.1 one by one, as `describe` prints them.
namespace adavi {

/// V: the template random variables, latent and observed, in order of declaration.
std::vector<int> random_variables(const HbmModel& model);
/// "P0" for the innermost plate.
std::string plate_label(const HbmModel& model, int plate);
/// Card: "50", or "3..300" for a range.
std::string cardinality_text(const Plate& plate);
/// Event shape: "()", "(2,)", "(3, 2)".
std::string shape_text(const Shape& shape);
/// "Identity", "Exp", "SoftmaxCentered((2,) -> (3,))", "Reshape((6,) -> (3, 2))".
std::string link_text(const HbmModel& model, const Variable& variable);
/// The set in which values lie: "real", "(0, inf)", "simplex", "{0, 1}"; empty for derived quantities.
std::string support_text(const HbmModel& model, const Variable& variable);
/// "latent", "observed", "covariate" or "derived".
std::string role_text(ast::Role role);

/// What a plan's parts are called.
std::string family_text(Family family);
std::string affine_text(AffineScale scale);
std::string flow_text(FlowKind kind);
std::string transform_text(InputTransform transform);
std::string attention_text(Attention attention);
std::string scores_text(Scores scores);

}  // namespace adavi
