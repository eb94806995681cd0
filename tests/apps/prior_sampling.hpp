#pragma once
#include <cmath>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "reference/quadrature.hpp"

namespace adavi::testing {

/// The slowest and plainest posterior: latents drawn from the prior, weighted by the likelihood.
struct PriorSampling {
  double log_evidence = 0;
  double log_evidence_se = 0;
  std::vector<reference::Moments> latents;
  double mean_error = 0;  ///< standard error of a posterior mean in posterior sds, from the effective number of draws
};

/// One draw of the latents, and its log likelihood.
struct WeightedDraw {
  std::vector<double> latents;
  double log_likelihood = 0;
};

inline PriorSampling prior_sampling(int draws, const std::function<WeightedDraw(std::mt19937_64&)>& draw) {
  std::mt19937_64 generator(7);
  std::vector<WeightedDraw> all;
  double largest = -INFINITY;
  for (int i = 0; i < draws; ++i) {
    all.push_back(draw(generator));
    largest = std::fmax(largest, all.back().log_likelihood);
  }
  double sum = 0, squares = 0;
  std::vector<double> mean(all.front().latents.size()), mean_square(mean.size());
  for (const WeightedDraw& one : all) {
    const double weight = std::exp(one.log_likelihood - largest);
    sum += weight;
    squares += weight * weight;
    for (std::size_t k = 0; k < mean.size(); ++k) {
      mean[k] += weight * one.latents[k];
      mean_square[k] += weight * one.latents[k] * one.latents[k];
    }
  }
  PriorSampling result;
  const double effective = sum * sum / squares;
  result.log_evidence = largest + std::log(sum / draws);
  result.log_evidence_se = std::sqrt(1 / effective - 1.0 / draws);
  result.mean_error = 1 / std::sqrt(effective);
  for (std::size_t k = 0; k < mean.size(); ++k)
    result.latents.push_back(reference::moments_of(mean[k] / sum, mean_square[k] / sum));
  return result;
}

inline double normal(std::mt19937_64& generator, double mean, double sd) {
  return std::normal_distribution<double>(mean, sd)(generator);
}

/// Exact numbers against sampled ones: four standard errors, and a few per cent for a standard deviation.
inline void check_moments(const std::vector<reference::Moments>& exact, const PriorSampling& sampled) {
  REQUIRE(exact.size() == sampled.latents.size());
  REQUIRE(sampled.mean_error < 0.02);
  for (std::size_t k = 0; k < exact.size(); ++k) {
    CAPTURE(k);
    CHECK(std::abs(exact[k].mean - sampled.latents[k].mean) < 4 * sampled.mean_error * exact[k].sd);
    CHECK(sampled.latents[k].sd / exact[k].sd == doctest::Approx(1).epsilon(5 * sampled.mean_error));
  }
}

}  // namespace adavi::testing
