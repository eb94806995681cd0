#include "reference/eight_schools.hpp"

#include <cmath>

namespace adavi::reference {
namespace {

constexpr double pi = 3.14159265358979323846;

double square(double x) { return x * x; }

/// A Gaussian by its mean and variance.
struct Gaussian {
  double mean = 0;
  double variance = 0;
};

struct Schools {
  const EightSchools& model;
  const std::vector<double>& y;
  const std::vector<double>& sigma;

  Gaussian mu_given(double tau) const {
    double precision = 1 / square(model.sd);
    double weighted = model.mean * precision;
    for (std::size_t j = 0; j < y.size(); ++j) {
      const double weight = 1 / (square(tau) + square(sigma[j]));
      precision += weight;
      weighted += weight * y[j];
    }
    return {weighted / precision, 1 / precision};
  }

  Gaussian theta_given(double tau, const Gaussian& mu, std::size_t j) const {
    const double own = square(tau) / (square(tau) + square(sigma[j]));
    return {own * y[j] + (1 - own) * mu.mean, own * square(sigma[j]) + square(1 - own) * mu.variance};
  }

  /// log p(y | tau) = log p(y | mu, tau) + log p(mu) - log p(mu | y, tau), at any mu.
  double log_likelihood(double tau, const Gaussian& mu) const {
    double result = log_normal_density(mu.mean, model.mean, square(model.sd)) - log_normal_density(0, 0, mu.variance);
    for (std::size_t j = 0; j < y.size(); ++j)
      result += log_normal_density(y[j], mu.mean, square(tau) + square(sigma[j]));
    return result;
  }

  double log_prior(double tau) const {
    return std::log(2 / (pi * model.tau_scale)) - std::log1p(square(tau / model.tau_scale));
  }
};

/// A mixture of Gaussians, collected component by component.
class Mixture {
 public:
  void add(double weight, const Gaussian& component) {
    mean_ += weight * component.mean;
    mean_square_ += weight * (component.variance + square(component.mean));
  }
  Moments moments() const { return moments_of(mean_, mean_square_); }

 private:
  double mean_ = 0;
  double mean_square_ = 0;
};

}  // namespace

EightSchoolsPosterior eight_schools_posterior(const EightSchools& model, const std::vector<double>& y,
                                              const std::vector<double>& sigma) {
  const Schools schools{model, y, sigma};
  // The density of log tau vanishes towards both ends; what is cut off is below 1e-6 of the mass.
  const Rule rule = gauss_legendre(std::log(1e-7 * model.tau_scale), std::log(1e9 * model.tau_scale), 8, 150);
  std::vector<double> terms;
  for (std::size_t k = 0; k < rule.nodes.size(); ++k) {
    const double tau = std::exp(rule.nodes[k]);
    terms.push_back(std::log(rule.weights[k]) + rule.nodes[k] + schools.log_prior(tau) +
                    schools.log_likelihood(tau, schools.mu_given(tau)));
  }
  EightSchoolsPosterior posterior;
  posterior.log_evidence = log_sum_exp(terms);
  Mixture mu, tau;
  std::vector<Mixture> theta(y.size());
  for (std::size_t k = 0; k < terms.size(); ++k) {
    const double weight = std::exp(terms[k] - posterior.log_evidence);
    const double value = std::exp(rule.nodes[k]);
    const Gaussian mu_k = schools.mu_given(value);
    mu.add(weight, mu_k);
    tau.add(weight, {value, 0});
    for (std::size_t j = 0; j < y.size(); ++j) theta[j].add(weight, schools.theta_given(value, mu_k, j));
  }
  posterior.mu = mu.moments();
  posterior.tau = tau.moments();
  for (const Mixture& school : theta) posterior.theta.push_back(school.moments());
  return posterior;
}

}  // namespace adavi::reference
