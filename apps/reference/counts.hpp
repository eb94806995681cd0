#pragma once
#include <vector>

#include "reference/pooled_groups.hpp"

namespace adavi::reference {

/// Successes among trials with a success rate of inv_logit(theta); the order of the trials is part of the data.
PooledGroup logistic_group(double successes, double trials);

/// Counts of one site: y_n ~ Poisson(exp(gamma)), gamma ~ N(beta, sd).
struct PoissonSite {
  std::vector<double> counts;
  double sd = 1;
};

/// What a site says about beta, gamma integrated out, and gamma's moments given beta.
struct SiteAtBeta {
  double log_likelihood = 0;
  double mean = 0;
  double mean_square = 0;
};
SiteAtBeta site_at(const PoissonSite& site, double beta);

/// A region with its sites: theta is beta, the functions are E[gamma_s | beta] and E[gamma_s^2 | beta] for each site s,
/// in this order. Tabulated over beta in [-15, 12] and interpolated; beyond, the likelihood is taken as zero.
PooledGroup poisson_region(const std::vector<PoissonSite>& sites);

}  // namespace adavi::reference
