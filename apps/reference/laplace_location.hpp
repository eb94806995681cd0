#pragma once
#include <vector>

#include "reference/quadrature.hpp"

namespace adavi::reference {

/// The non-conjugate model (eq. 7) for one dimension: a ~ Gamma(shape, rate) with shape >= 1, b_n ~ Laplace(a, scale).
struct LaplaceLocation {
  double shape = 1;
  double rate = 1;
  double scale = 1;
};

struct LaplaceLocationPosterior {
  double log_evidence = 0;
  Moments a;
};

/// By Gauss-Legendre quadrature between the data points, where the integrand is smooth; the relative error is below
/// 1e-10 for integer shapes.
LaplaceLocationPosterior laplace_location_posterior(const LaplaceLocation& model, const std::vector<double>& b);

}  // namespace adavi::reference
