#pragma once
#include <functional>
#include <vector>

#include "reference/quadrature.hpp"

namespace adavi::reference {

/// Partially pooled groups: location ~ N(mean, sd), scale ~ half-N(0, scale_sd), theta_g ~ N(location, scale).
struct PooledPrior {
  double mean = 0;
  double sd = 1;
  double scale_sd = 1;
};

/// What the data say about one group's theta, and further quantities that depend on it.
struct PooledGroup {
  std::function<double(double)> log_likelihood;
  /// E[h | theta] for each h whose posterior mean is wanted.
  std::vector<std::function<double(double)>> functions;
};

struct PooledPosterior {
  double log_evidence = 0;
  Moments location;
  Moments scale;
  std::vector<Moments> theta;
  std::vector<std::vector<double>> functions;  ///< posterior means, as in the groups
};

/// Nested quadrature: over scale, over location given scale and, as the groups are then independent, over each theta.
/// `points` is the number of points of each of these rules, which cover the mass alone.
PooledPosterior pooled_posterior(const PooledPrior& prior, const std::vector<PooledGroup>& groups, int points = 40);

}  // namespace adavi::reference
