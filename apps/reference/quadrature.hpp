#pragma once
#include <vector>

namespace adavi::reference {

/// Points and weights: the integral of f is about sum_i weights[i] f(nodes[i]).
struct Rule {
  std::vector<double> nodes;
  std::vector<double> weights;
};

/// Gauss-Legendre over [lower, upper], cut into `panels` equal parts of `points` points each.
Rule gauss_legendre(double lower, double upper, int points, int panels = 1);

/// log sum_i exp(terms[i]); minus infinity for no terms.
double log_sum_exp(const std::vector<double>& terms);

/// log N(x; mean, variance).
double log_normal_density(double x, double mean, double variance);

/// Mean and standard deviation of a scalar under a posterior.
struct Moments {
  double mean = 0;
  double sd = 0;
};

/// From E[x] and E[x^2].
Moments moments_of(double mean, double mean_square);

}  // namespace adavi::reference
