#pragma once
#include <functional>
#include <vector>

namespace adavi::reference {

/// Points and weights: the integral of f is about sum_i weights[i] f(nodes[i]).
struct Rule {
  std::vector<double> nodes;
  std::vector<double> weights;
};

/// Gauss-Legendre over [lower, upper], cut into `panels` equal parts of `points` points each.
Rule gauss_legendre(double lower, double upper, int points, int panels = 1);

/// A range of a real variable.
struct Interval {
  double lower = 0;
  double upper = 0;
};

/// The part of `range` outside which a density with one mode is below exp(-30) of its largest, up to a factor of about
/// two; found by looking at ever smaller parts. Both ends may be singular.
Interval concentrate(Interval range, const std::function<double(double)>& log_density);

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
