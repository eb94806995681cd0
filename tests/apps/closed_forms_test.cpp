// Posteriors with smooth or piecewise smooth integrals, against brute force on fine grids.
#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "reference/laplace_location.hpp"
#include "reference/random_effects.hpp"

using namespace adavi::reference;

namespace {

/// Evidence and moments of an unnormalised density on [lower, upper], by the midpoint rule.
struct Brute {
  double mass = 0, mean = 0, sd = 0;
};
template <class Density>
Brute brute_force(double lower, double upper, int steps, Density density) {
  const double h = (upper - lower) / steps;
  double sums[3] = {};
  for (int i = 0; i < steps; ++i) {
    const double x = lower + (i + 0.5) * h;
    const double value = density(x) * h;
    sums[0] += value;
    sums[1] += value * x;
    sums[2] += value * x * x;
  }
  const double mean = sums[1] / sums[0];
  return {sums[0], mean, std::sqrt(sums[2] / sums[0] - mean * mean)};
}

double normal_density(double x, double mean, double sd) { return std::exp(log_normal_density(x, mean, sd * sd)); }

}  // namespace

TEST_CASE("Gaussian random effects against integrals over mu and each mu_g") {
  const RandomEffects scales{0.8, 0.5, 0.3};
  const std::vector<std::vector<double>> x = {{0.4, 0.9}, {-0.2, 0.3}, {1.1, 0.6}};
  const auto group = [&](double mu, std::size_t g) {
    return brute_force(-4, 4, 400, [&](double mu_g) {
      double density = normal_density(mu_g, mu, scales.group);
      for (const double value : x[g]) density *= normal_density(value, mu_g, scales.noise);
      return density;
    });
  };
  const auto joint = [&](double mu) {
    return normal_density(mu, 0, scales.population) * group(mu, 0).mass * group(mu, 1).mass * group(mu, 2).mass;
  };
  const Brute mu = brute_force(-5, 5, 400, joint);
  const RandomEffectsPosterior posterior = random_effects_posterior(scales, x);
  CHECK(posterior.log_evidence == doctest::Approx(std::log(mu.mass)).epsilon(1e-9));
  CHECK(posterior.mu.mean == doctest::Approx(mu.mean).epsilon(1e-9));
  CHECK(posterior.mu.sd == doctest::Approx(mu.sd).epsilon(1e-9));
  for (std::size_t g = 0; g < x.size(); ++g) {
    double mean = 0, mean_square = 0;
    brute_force(-5, 5, 400, [&](double centre) {
      const Brute inner = group(centre, g);
      const double weight = joint(centre) * (10.0 / 400) / mu.mass;
      mean += weight * inner.mean;
      mean_square += weight * (inner.sd * inner.sd + inner.mean * inner.mean);
      return weight;
    });
    CHECK(posterior.mu_g[g].mean == doctest::Approx(mean).epsilon(1e-9));
    CHECK(posterior.mu_g[g].sd == doctest::Approx(std::sqrt(mean_square - mean * mean)).epsilon(1e-8));
  }
}

TEST_CASE("one observation: its evidence has the sum of all variances") {
  const RandomEffectsPosterior posterior = random_effects_posterior({1, 2, 3}, {{0.7}});
  CHECK(posterior.log_evidence == doctest::Approx(log_normal_density(0.7, 0, 14)));
  CHECK(posterior.mu.mean == doctest::Approx(0.7 / 14));
  CHECK(posterior.mu_g[0].mean == doctest::Approx(0.7 * 5 / 14));
}

TEST_CASE("the non-conjugate model against a fine grid") {
  const std::vector<std::vector<double>> sets = {
      {0.4, 1.3, 0.9}, {-0.5, -0.1}, {-0.3, 0.2, 0.2}, {7.5, 6.9, 0.4, 12.0}, {0.0}};
  for (const LaplaceLocation& model : {LaplaceLocation{1, 0.5, 0.3}, LaplaceLocation{2, 1.5, 0.7}}) {
    for (const auto& b : sets) {
      const auto joint = [&](double a) {
        double density = std::pow(model.rate, model.shape) / std::tgamma(model.shape) * std::pow(a, model.shape - 1) *
                         std::exp(-model.rate * a);
        for (const double value : b) density *= std::exp(-std::abs(value - a) / model.scale) / (2 * model.scale);
        return density;
      };
      const Brute brute = brute_force(0, 40, 400000, joint);
      const LaplaceLocationPosterior posterior = laplace_location_posterior(model, b);
      CHECK(std::abs(posterior.log_evidence - std::log(brute.mass)) < 1e-6);
      CHECK(posterior.a.mean == doctest::Approx(brute.mean).epsilon(1e-6));
      CHECK(posterior.a.sd == doctest::Approx(brute.sd).epsilon(1e-6));
    }
  }
}

TEST_CASE("the non-conjugate model with one observation below zero is an integral by hand") {
  // 0.5 exp(-0.5 a) exp(-(a + 1) / 0.3) / 0.6 over a > 0.
  const double rate = 0.5 + 1 / 0.3;
  const LaplaceLocationPosterior posterior = laplace_location_posterior({1, 0.5, 0.3}, {-1});
  CHECK(std::abs(posterior.log_evidence - (std::log(0.5 / 0.6 / rate) - 1 / 0.3)) < 1e-11);
  CHECK(posterior.a.mean == doctest::Approx(1 / rate).epsilon(1e-10));
  CHECK(posterior.a.sd == doctest::Approx(1 / rate).epsilon(1e-10));
}
