#include "reference/random_effects.hpp"

#include <cmath>
#include <numeric>

namespace adavi::reference {
namespace {

double square(double x) { return x * x; }

/// What values tell about their common centre: values ~ N(centre, variance) is, as a function of the centre,
/// exp(log_factor) N(mean; centre, mean_variance).
struct Sufficient {
  double mean = 0;
  double mean_variance = 0;
  double log_factor = 0;
};

Sufficient sufficient(const std::vector<double>& values, double variance) {
  Sufficient result;
  const auto n = static_cast<double>(values.size());
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  result.mean_variance = variance / n;
  for (const double value : values) result.log_factor += log_normal_density(value, result.mean, variance);
  result.log_factor -= log_normal_density(0, 0, result.mean_variance);
  return result;
}

}  // namespace

RandomEffectsPosterior random_effects_posterior(const RandomEffects& scales,
                                                const std::vector<std::vector<double>>& x) {
  RandomEffectsPosterior posterior;
  std::vector<Sufficient> groups;
  std::vector<double> means;
  for (const auto& values : x) {
    groups.push_back(sufficient(values, square(scales.noise)));
    means.push_back(groups.back().mean);
    posterior.log_evidence += groups.back().log_factor;
  }
  // Groups of one size: their means are again equally precise values around mu.
  const double between = square(scales.group) + groups.front().mean_variance;
  const Sufficient population = sufficient(means, between);
  const double prior = square(scales.population);
  posterior.log_evidence +=
      population.log_factor + log_normal_density(population.mean, 0, prior + population.mean_variance);

  const double variance = 1 / (1 / prior + 1 / population.mean_variance);
  posterior.mu = {variance * population.mean / population.mean_variance, std::sqrt(variance)};
  const double shrink = square(scales.group) / between;  // weight of the group's own mean, given mu
  for (const Sufficient& group : groups) {
    const double given_mu = shrink * group.mean_variance;
    posterior.mu_g.push_back(
        {shrink * group.mean + (1 - shrink) * posterior.mu.mean, std::sqrt(given_mu + square(1 - shrink) * variance)});
  }
  return posterior;
}

}  // namespace adavi::reference
