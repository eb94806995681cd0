#pragma once
#include <vector>

#include "inference/dual_family.hpp"

namespace adavi {

/// How usual data sets are among those that the model simulates: for each of them the share, from 1/256 to 1, of
/// simulated data sets whose summaries lie at least as far from the usual ones as its own (a conformal p-value: uniform
/// for data of the model, whatever the distance).
///
/// Summaries are the top's encodings E_0, what the posterior is made from; the distance is Mahalanobis' with a shrunk
/// covariance. Simulations have the data's cardinalities, and the missing observations of one data set after another.
/// They are the same for the same seed.
std::vector<double> prior_predictive_p(const DualFamily& family, const Observation& observation, std::uint64_t seed);

}  // namespace adavi
