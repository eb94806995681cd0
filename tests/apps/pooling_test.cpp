// Hierarchical posteriors by nested quadrature, against draws from the prior weighted by the likelihood.
#include <doctest/doctest.h>

#include <cmath>
#include <random>
#include <vector>

#include "prior_sampling.hpp"
#include "reference/counts.hpp"
#include "reference/eight_schools.hpp"

using namespace adavi::reference;
using namespace adavi::testing;

namespace {

double log_poisson(double count, double log_rate) {
  return count * log_rate - std::exp(log_rate) - std::lgamma(count + 1);
}

double log_bernoulli(bool success, double logit) { return -std::log1p(std::exp(success ? -logit : logit)); }

const PooledPrior logistic_prior{0, 1.5, 1};
const std::vector<double> successes = {3, 5, 0};
constexpr int trials = 6;

PooledPosterior logistic_posterior(int points = 40) {
  std::vector<PooledGroup> groups;
  for (const double k : successes) groups.push_back(logistic_group(k, trials));
  return pooled_posterior(logistic_prior, groups, points);
}

}  // namespace

TEST_CASE("eight schools, here three, against draws from the prior") {
  const EightSchools model{1, 5, 5};
  const std::vector<double> y = {12, -3, 6}, sigma = {9, 8, 14};
  const auto draw = [&](std::mt19937_64& generator) {
    WeightedDraw result;
    const double mu = normal(generator, model.mean, model.sd);
    const double tau = std::abs(std::cauchy_distribution<double>(0, model.tau_scale)(generator));
    // The mean and variance of tau exist only through the data; its inverse tells as much and is tame.
    result.latents = {mu};
    for (std::size_t j = 0; j < y.size(); ++j) {
      result.latents.push_back(normal(generator, mu, tau));
      result.log_likelihood += log_normal_density(y[j], result.latents.back(), sigma[j] * sigma[j]);
    }
    return result;
  };
  const PriorSampling sampled = prior_sampling(200000, draw);
  const EightSchoolsPosterior posterior = eight_schools_posterior(model, y, sigma);
  CHECK(std::abs(posterior.log_evidence - sampled.log_evidence) < 4 * sampled.log_evidence_se);
  std::vector<Moments> latents = {posterior.mu};
  latents.insert(latents.end(), posterior.theta.begin(), posterior.theta.end());
  check_moments(latents, sampled);
}

TEST_CASE("tau of the schools: its moments on an even grid of mu and tau") {
  const EightSchools model{0, 5, 5};
  const std::vector<double> y = {28, 8, -3, 7, -1, 1, 18, 12}, sigma = {15, 10, 16, 11, 9, 11, 10, 18};
  double mass = 0, mean = 0, mean_square = 0;
  for (double tau = 0.05; tau < 300; tau += 0.1) {
    for (double mu = -24.75; mu < 35; mu += 0.5) {
      double log_joint = log_normal_density(mu, 0, 25) - std::log1p(tau * tau / 25);
      for (std::size_t j = 0; j < y.size(); ++j)
        log_joint += log_normal_density(y[j], mu, tau * tau + sigma[j] * sigma[j]);
      const double weight = std::exp(log_joint + 30);
      mass += weight;
      mean += weight * tau;
      mean_square += weight * tau * tau;
    }
  }
  const Moments tau = moments_of(mean / mass, mean_square / mass);
  const EightSchoolsPosterior posterior = eight_schools_posterior(model, y, sigma);
  CHECK(posterior.tau.mean == doctest::Approx(tau.mean).epsilon(1e-4));
  CHECK(posterior.tau.sd == doctest::Approx(tau.sd).epsilon(1e-4));
}

TEST_CASE("logistic groups against draws from the prior") {
  const auto draw = [](std::mt19937_64& generator) {
    WeightedDraw result;
    const double mu = normal(generator, logistic_prior.mean, logistic_prior.sd);
    const double tau = std::abs(normal(generator, 0, logistic_prior.scale_sd));
    result.latents = {mu, tau};
    for (const double k : successes) {
      const double theta = normal(generator, mu, tau);
      result.latents.push_back(theta);
      for (int i = 0; i < trials; ++i) result.log_likelihood += log_bernoulli(i < k, theta);
    }
    return result;
  };
  const PriorSampling sampled = prior_sampling(200000, draw);
  const PooledPosterior posterior = logistic_posterior();
  CHECK(std::abs(posterior.log_evidence - sampled.log_evidence) < 4 * sampled.log_evidence_se);
  std::vector<Moments> latents = {posterior.location, posterior.scale};
  latents.insert(latents.end(), posterior.theta.begin(), posterior.theta.end());
  check_moments(latents, sampled);
}

TEST_CASE("twice as many points change nothing") {
  const PooledPosterior posterior = logistic_posterior(), finer = logistic_posterior(80);
  CHECK(std::abs(posterior.log_evidence - finer.log_evidence) < 1e-7);
  CHECK(posterior.location.mean == doctest::Approx(finer.location.mean).epsilon(1e-6));
  CHECK(posterior.scale.sd == doctest::Approx(finer.scale.sd).epsilon(1e-6));
  for (std::size_t g = 0; g < successes.size(); ++g)
    CHECK(posterior.theta[g].sd == doctest::Approx(finer.theta[g].sd).epsilon(1e-6));
}

TEST_CASE("a narrow posterior is found inside a wide prior") {
  const std::vector<PooledGroup> groups(12, logistic_group(400, 1000));
  const PooledPosterior posterior = pooled_posterior({0, 50, 1}, groups);
  const PooledPosterior finer = pooled_posterior({0, 50, 1}, groups, 80);
  CHECK(std::abs(posterior.log_evidence - finer.log_evidence) < 1e-5);
  CHECK(posterior.location.mean == doctest::Approx(std::log(0.4 / 0.6)).epsilon(0.01));
  CHECK(posterior.location.sd == doctest::Approx(finer.location.sd).epsilon(1e-3));
}

TEST_CASE("a Poisson site against a fine grid of gamma") {
  for (const PoissonSite& site :
       {PoissonSite{{0, 0, 1}, 0.3}, PoissonSite{{7, 4}, 1.0}, PoissonSite{{900, 1000, 950}, 0.3}}) {
    for (const double beta : {-6.0, 0.3, 1.5, 7.0}) {
      double mass = 0, mean = 0;
      for (double gamma = -16; gamma < 12; gamma += 2e-4) {
        double log_joint = log_normal_density(gamma, beta, site.sd * site.sd);
        for (const double count : site.counts) log_joint += log_poisson(count, gamma);
        mass += 2e-4 * std::exp(log_joint);
        mean += 2e-4 * gamma * std::exp(log_joint);
      }
      if (mass < 1e-250) continue;
      const SiteAtBeta at = site_at(site, beta);
      CHECK(std::abs(at.log_likelihood - std::log(mass)) < 1e-6);
      CHECK(at.mean == doctest::Approx(mean / mass).epsilon(1e-6));
    }
  }
}

TEST_CASE("three Poisson levels against draws from the prior") {
  const PooledPrior prior{1, 1, 0.5};
  const std::vector<std::vector<PoissonSite>> regions = {{{{2, 3}, 0.3}, {{1, 0}, 0.3}},
                                                         {{{4, 2}, 0.3}, {{6, 3}, 0.3}}};
  const auto draw = [&](std::mt19937_64& generator) {
    WeightedDraw result;
    const double alpha = normal(generator, prior.mean, prior.sd);
    const double tau = std::abs(normal(generator, 0, prior.scale_sd));
    std::vector<double> gammas;
    result.latents = {alpha, tau};
    for (const auto& sites : regions) {
      const double beta = normal(generator, alpha, tau);
      result.latents.push_back(beta);
      for (const PoissonSite& site : sites) {
        gammas.push_back(normal(generator, beta, site.sd));
        for (const double count : site.counts) result.log_likelihood += log_poisson(count, gammas.back());
      }
    }
    result.latents.insert(result.latents.end(), gammas.begin(), gammas.end());
    return result;
  };
  const PriorSampling sampled = prior_sampling(200000, draw);
  const PooledPosterior posterior = pooled_posterior(prior, {poisson_region(regions[0]), poisson_region(regions[1])});
  CHECK(std::abs(posterior.log_evidence - sampled.log_evidence) < 4 * sampled.log_evidence_se);
  std::vector<Moments> latents = {posterior.location, posterior.scale};
  latents.insert(latents.end(), posterior.theta.begin(), posterior.theta.end());
  for (const auto& sites : posterior.functions)
    for (std::size_t s = 0; s < sites.size(); s += 2) latents.push_back(moments_of(sites[s], sites[s + 1]));
  check_moments(latents, sampled);
}
