#pragma once
#include <vector>

#include "reference/quadrature.hpp"

namespace adavi::reference {

/// Scales of Gaussian random effects (eq. 6): mu ~ N(0, population), mu_g ~ N(mu, group), x_gn ~ N(mu_g, noise).
struct RandomEffects {
  double population = 1;
  double group = 1;
  double noise = 1;
};

/// The exact posterior for one dimension.
struct RandomEffectsPosterior {
  double log_evidence = 0;
  Moments mu;
  std::vector<Moments> mu_g;
};

/// In closed form. `x` holds the observations of each group, at least one group of at least one.
RandomEffectsPosterior random_effects_posterior(const RandomEffects& scales, const std::vector<std::vector<double>>& x);

}  // namespace adavi::reference
