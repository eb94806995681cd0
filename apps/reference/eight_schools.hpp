#pragma once
#include <vector>

#include "reference/quadrature.hpp"

namespace adavi::reference {

/// mu ~ N(mean, sd), tau ~ half-Cauchy(0, tau_scale), theta_j ~ N(mu, tau), y_j ~ N(theta_j, sigma_j).
struct EightSchools {
  double mean = 0;
  double sd = 1;
  double tau_scale = 1;
};

struct EightSchoolsPosterior {
  double log_evidence = 0;
  Moments mu;
  Moments tau;
  std::vector<Moments> theta;
};

/// Everything is Gaussian given tau; tau by quadrature over its logarithm. `y` and `sigma` have one number a school.
EightSchoolsPosterior eight_schools_posterior(const EightSchools& model, const std::vector<double>& y,
                                              const std::vector<double>& sigma);

}  // namespace adavi::reference
