#pragma once
#include <vector>

namespace adavi {

/// Importance weights after Pareto smoothing (Vehtari, Simpson, Gelman, Yao & Gabry 2024).
struct SmoothedWeights {
  std::vector<double> log_weights;  ///< normalised: their exponentials sum to one
  /// Pareto shape of the largest weights; above 0.7 they cannot be trusted. At most 0 where these are so little above
  /// the others that their shape cannot matter.
  double k_hat = 0;
};

/// Replaces the largest weights by quantiles of a generalised Pareto distribution fitted to them. With too few draws to
/// fit one (under 25), or with a weight that is infinite or NaN, k-hat is infinite and the weights are only normalised;
/// up to one NaN in a thousand counts as no weight.
SmoothedWeights pareto_smooth(std::vector<double> log_weights);

/// Shape and scale of a generalised Pareto distribution on (0, inf) for ascending exceedances (Zhang & Stephens 2009,
/// with the weakly informative prior on the shape that Pareto smoothing uses).
struct GeneralisedPareto {
  double shape = 0;
  double scale = 0;
};
GeneralisedPareto fit_generalised_pareto(const std::vector<double>& ascending);

}  // namespace adavi
