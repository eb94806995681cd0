#include "evaluation/psis.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

using namespace adavi;

namespace {

double uniform(std::mt19937_64& engine) { return (static_cast<double>(engine() >> 11) + 0.5) * 0x1p-53; }

/// Draws of the generalised Pareto distribution with lower end 0, by inversion.
std::vector<double> pareto(double shape, double scale, std::size_t n, std::uint64_t seed) {
  std::mt19937_64 engine(seed);
  std::vector<double> x(n);
  for (double& value : x) value = scale * std::expm1(-shape * std::log(uniform(engine))) / shape;
  return x;
}

double sum_of_exp(const std::vector<double>& x) {
  double sum = 0;
  for (const double value : x) sum += std::exp(value);
  return sum;
}

/// Positions from the smallest weight to the largest.
std::vector<std::size_t> order(const std::vector<double>& x) {
  std::vector<std::size_t> positions(x.size());
  std::iota(positions.begin(), positions.end(), 0);
  std::stable_sort(positions.begin(), positions.end(), [&](std::size_t a, std::size_t b) { return x[a] < x[b]; });
  return positions;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

TEST_CASE("a generalised Pareto distribution is found again from its draws") {
  for (const double shape : {-0.3, 0.05, 0.2, 0.5, 0.9, 1.5}) {
    for (const double scale : {1e-3, 1.0, 40.0}) {
      CAPTURE(shape);
      CAPTURE(scale);
      auto x = pareto(shape, scale, 20000, 1);
      std::sort(x.begin(), x.end());
      const auto fit = fit_generalised_pareto(x);
      CHECK(fit.shape == doctest::Approx(shape).epsilon(0.05 / std::abs(shape)));
      CHECK(fit.scale == doctest::Approx(scale).epsilon(0.05));
    }
  }
}

TEST_CASE("ten observations' worth of belief in one half pulls a short sample's shape") {
  // The posterior mean by the definition of Zhang and Stephens, written out for five numbers.
  const std::vector<double> x = {0.1, 0.4, 0.7, 1.9, 6.0};
  const double n = 5, quartile = x[0];  // floor(n / 4 + 0.5) = 1
  const int grid = 32;                  // 30 + floor(sqrt(5))
  std::vector<double> theta, profile;
  for (int j = 1; j <= grid; ++j) {
    theta.push_back(1 / x.back() + (1 - std::sqrt(grid / (j - 0.5))) / (3 * quartile));
    double k = 0;
    for (const double value : x) k += std::log(1 - theta.back() * value) / n;
    profile.push_back(n * (std::log(-theta.back() / k) - k - 1));
  }
  double mean = 0;
  for (int j = 0; j < grid; ++j) {
    double total = 0;  // 1 / sum exp(l_i - l_j)
    for (int i = 0; i < grid; ++i)
      total += std::exp(profile[static_cast<std::size_t>(i)] - profile[static_cast<std::size_t>(j)]);
    mean += theta[static_cast<std::size_t>(j)] / total;
  }
  double k = 0;
  for (const double value : x) k += std::log(1 - mean * value) / n;
  const auto fit = fit_generalised_pareto(x);
  CHECK(fit.scale == doctest::Approx(-k / mean));
  CHECK(fit.shape == doctest::Approx((n * k + 5) / (n + 10)));
}

TEST_CASE("k-hat is the shape of the weights' tail") {
  for (const double shape : {0.2, 0.5, 0.9}) {
    CAPTURE(shape);
    // Several samples: one alone has an error of about (1 + k) / sqrt(tail).
    double mean = 0;
    const std::size_t samples = 12, n = 10000;
    for (std::size_t s = 0; s < samples; ++s) {
      auto weights = pareto(shape, 1, n, 10 + s);
      for (double& w : weights) w = std::log(w);
      mean += pareto_smooth(weights).k_hat / static_cast<double>(samples);
    }
    const double tail = 3 * std::sqrt(static_cast<double>(n));
    const double shrunk = (tail * shape + 5) / (tail + 10);
    CHECK(std::abs(mean - shrunk) < 4 * (1 + shape) / std::sqrt(tail * static_cast<double>(samples)));
  }
}

TEST_CASE("k-hat of light tails is small, of a Cauchy's ratio large") {
  std::mt19937_64 engine(3);
  std::vector<double> bounded(4000), wild(4000);
  for (double& w : bounded) w = std::log(0.5 + uniform(engine));
  for (double& w : wild) w = std::log(std::abs(std::tan(M_PI * (uniform(engine) - 0.5))));
  CHECK(pareto_smooth(bounded).k_hat < 0);
  CHECK(pareto_smooth(wild).k_hat > 0.7);
  CHECK(pareto_smooth(wild).k_hat < 1.4);  // the tail of |Cauchy| has shape 1
}

TEST_CASE("equal weights say that the proposal is the posterior") {
  const auto smooth = pareto_smooth(std::vector<double>(500, -1234.5));
  CHECK(smooth.k_hat == -infinity);
  for (const double w : smooth.log_weights) CHECK(w == doctest::Approx(-std::log(500)));
}

TEST_CASE("smoothed weights are normalised, keep their order, and only the tail changes") {
  auto raw = pareto(0.6, 1, 1000, 4);
  for (double& w : raw) w = std::log(w);
  const auto smooth = pareto_smooth(raw);
  REQUIRE(smooth.log_weights.size() == raw.size());
  CHECK(sum_of_exp(smooth.log_weights) == doctest::Approx(1));
  const auto positions = order(raw);
  for (std::size_t i = 1; i < positions.size(); ++i) {
    CHECK(smooth.log_weights[positions[i]] >= smooth.log_weights[positions[i - 1]] - 1e-12);
  }
  const std::size_t tail = 95;  // ceil(3 sqrt(1000))
  const auto shift = [&](std::size_t rank) { return smooth.log_weights[positions[rank]] - raw[positions[rank]]; };
  for (std::size_t rank = 1; rank + tail < raw.size(); ++rank) CHECK(shift(rank) == doctest::Approx(shift(0)));
  CHECK(std::abs(shift(raw.size() - 1) - shift(0)) > 1e-3);
  // No smoothed weight exceeds the largest raw one.
  CHECK(shift(raw.size() - 1) <= shift(0) + 1e-12);
}

TEST_CASE("a constant added to all log weights changes nothing, however large") {
  auto raw = pareto(0.4, 1, 400, 5);
  for (double& w : raw) w = std::log(w);
  const auto here = pareto_smooth(raw);
  for (const double shift : {-1e5, 1e5}) {
    auto moved = raw;
    for (double& w : moved) w += shift;
    const auto there = pareto_smooth(moved);
    CHECK(there.k_hat == doctest::Approx(here.k_hat).epsilon(1e-6));
    for (std::size_t i = 0; i < raw.size(); ++i) {
      CHECK(there.log_weights[i] == doctest::Approx(here.log_weights[i]).epsilon(1e-6));
    }
  }
}

TEST_CASE("smoothing lowers the error of an expectation under a heavy tail") {
  // Weights of shape 0.6 are independent of f ~ U(0, 1): the estimate's error comes from their unevenness alone.
  double raw_error = 0, smooth_error = 0;
  for (std::uint64_t s = 0; s < 40; ++s) {
    auto weights = pareto(0.8, 1, 400, 100 + s);
    std::mt19937_64 engine(200 + s);
    double sum = 0, raw = 0, smooth = 0;
    for (const double w : weights) sum += w;
    auto logs = weights;
    for (double& w : logs) w = std::log(w);
    const auto result = pareto_smooth(logs);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double f = uniform(engine);
      raw += weights[i] / sum * f;
      smooth += std::exp(result.log_weights[i]) * f;
    }
    raw_error += (raw - 0.5) * (raw - 0.5);
    smooth_error += (smooth - 0.5) * (smooth - 0.5);
  }
  CHECK(smooth_error < raw_error);
}

TEST_CASE("too few weights, or one that is not finite, are only normalised") {
  for (const std::size_t n : {std::size_t{1}, std::size_t{2}, std::size_t{20}}) {
    CAPTURE(n);
    auto raw = pareto(0.5, 1, n, 6);
    for (double& w : raw) w = std::log(w);
    const auto smooth = pareto_smooth(raw);
    CHECK(smooth.k_hat == infinity);
    CHECK(sum_of_exp(smooth.log_weights) == doctest::Approx(1));
    const double shift = smooth.log_weights[0] - raw[0];
    for (std::size_t i = 0; i < n; ++i) CHECK(smooth.log_weights[i] - raw[i] == doctest::Approx(shift));
  }
  auto raw = pareto(0.5, 1, 100, 7);
  for (double& w : raw) w = std::log(w);
  for (const double bad : {std::nan(""), infinity}) {
    auto spoiled = raw;
    spoiled[50] = bad;
    CHECK(pareto_smooth(spoiled).k_hat == infinity);
  }
}

TEST_CASE("draws outside the support, of weight zero, do no harm") {
  auto raw = pareto(0.5, 1, 1000, 8);
  for (double& w : raw) w = std::log(w);
  for (std::size_t i = 0; i < 300; ++i) raw[3 * i] = -infinity;
  const auto smooth = pareto_smooth(raw);
  CHECK(std::isfinite(smooth.k_hat));
  CHECK(sum_of_exp(smooth.log_weights) == doctest::Approx(1));
  CHECK(smooth.log_weights[0] == -infinity);
}
