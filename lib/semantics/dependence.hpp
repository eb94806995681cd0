#pragma once
#include <vector>

#include "semantics/hbm_model.hpp"

namespace adavi {

/// Random variables and covariates that a variable depends on directly, derived quantities replaced by their own;
/// ascending. Reads the parents of earlier variables, so it goes in order of declaration.
std::vector<int> parents_of(const HbmModel& model, const Variable& variable);

/// Latents, outermost first; within a depth those that serve as scales alone, then intervals, covariances and
/// correlations, then the rest, each in order of declaration.
std::vector<int> order_of_sampling(const HbmModel& model);

/// The latents that each latent must be conditioned on for q(theta | X) to lose nothing: a faithful inversion of the
/// template graph (Webb et al. 2018, "Faithful inversion of generative models for effective amortized inference").
/// Draws follow `order`. In the moralised graph (every child joined to its parents, and its parents to one another),
/// latent i depends on those before it that it reaches through latents after it; data and covariates are known and
/// carry no path, but an observed child joins its parents. One list a latent of `order`, in that order.
std::vector<std::vector<int>> faithful_inversion(const HbmModel& model, const std::vector<int>& order);

}  // namespace adavi
