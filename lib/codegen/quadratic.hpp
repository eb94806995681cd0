#pragma once
#include <vector>

#include "semantics/hbm_model.hpp"

namespace adavi {

/// How an expression depends on some unconstrained numbers.
enum class Dependence { none, affine, other };

/// By expression: its dependence on the latents `block`. Read off the text: a product of two affine expressions is
/// `other`, whatever it simplifies to.
std::vector<Dependence> dependence_on(const HbmModel& model, const std::vector<int>& block);

/// Whether the conditional of a simplex given all else is a Dirichlet distribution, as its prior is: its children draw
/// categories, or count them, with it as their probabilities.
bool is_dirichlet(const HbmModel& model, int latent);

/// Whether the numbers of a latent are independent of one another given all else: its density and those of its children
/// work number by number, on numbers of the same place. A latent of one number always is.
bool is_elementwise(const HbmModel& model, int latent);

/// Whether the log density of the latents `block` given their parents, times that of those children that are in
/// `known_latents` or, on request, observed, is quadratic in the block's unconstrained numbers: normal densities whose
/// means are affine in them and whose scales do not depend on them.
bool is_quadratic(const HbmModel& model, const std::vector<int>& block, const std::vector<int>& known_latents,
                  bool with_likelihood);

}  // namespace adavi
