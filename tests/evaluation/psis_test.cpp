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

constexpr std::size_t n = 1000;  // weights of the reference cases

/// log of the i-th of n evenly spread quantiles of the generalised Pareto distribution of scale 1.
double log_quantile(double i, double shape) { return std::log((std::pow(1 - (i - 0.5) / n, -shape) - 1) / shape); }

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

TEST_CASE("k-hats and smoothed weights are those of R's package loo 2.5.1") {
  using Formula = double (*)(double i);
  struct Reference {
    const char* name;
    Formula log_weight;  ///< of i = 1 .. n
    double k_hat, largest, second, forty_first, smallest;
  };
  // psis(lw, r_eff = 1) and weights(.., log = TRUE, normalize = TRUE)
  const Reference references[] = {
      {"shape 0.2", [](double i) { return log_quantile(i, 0.2); }, 0.236787735857508, -4.24990110051345,
       -4.47921340129462, -5.62903627617909, -14.7333611255869},
      {"shape 0.5", [](double i) { return log_quantile(i, 0.5); }, 0.497085961262524, -3.11674689447554,
       -3.68036878989336, -5.51000351516213, -15.1807672746443},
      {"shape 0.9", [](double i) { return log_quantile(i, 0.9); }, 0.844266433403059, -1.7990354899853,
       -2.73009543583038, -5.60576703843575, -16.1325226192941},
      {"sine", [](double i) { return 2 * std::sin(i * i); }, -1.56875195328521, -5.7322011498725, -5.7322011498725,
       -5.74632250361183, -9.73220082225011},
      {"square", [](double i) { return 0.002 * std::fmod(37 * i, n) * std::sin(i); }, -0.280878766566672,
       -5.2757209378896, -5.2757209378896, -5.73057461557133, -9.20666976235736},
      {"cauchy", [](double i) { return std::log(std::abs(std::tan(M_PI * ((i - 0.5) / n - 0.5)))); }, 0.924310112334804,
       -1.9483388033867, -2.57253203420805, -5.66308660978521, -14.8606823058372},
  };
  for (const auto& reference : references) {
    CAPTURE(reference.name);
    std::vector<double> raw;
    for (std::size_t i = 1; i <= n; ++i) raw.push_back(reference.log_weight(static_cast<double>(i)));
    const auto smooth = pareto_smooth(raw);
    const auto positions = order(raw);
    const auto at = [&](std::size_t rank) { return smooth.log_weights[positions[rank]]; };
    CHECK(smooth.k_hat == doctest::Approx(reference.k_hat).epsilon(1e-8));
    CHECK(at(n - 1) == doctest::Approx(reference.largest).epsilon(1e-8));
    CHECK(at(n - 2) == doctest::Approx(reference.second).epsilon(1e-8));
    CHECK(at(n - 41) == doctest::Approx(reference.forty_first).epsilon(1e-8));
    CHECK(at(0) == doctest::Approx(reference.smallest).epsilon(1e-8));
  }
  std::vector<double> exceedances;
  for (int i = 1; i <= 60; ++i) exceedances.push_back(std::exp(2 * std::sin(static_cast<double>(i * i))));
  std::sort(exceedances.begin(), exceedances.end());
  const auto fit = fit_generalised_pareto(exceedances);
  CHECK(fit.shape == doctest::Approx(0.548221854608835).epsilon(1e-8));
  CHECK(fit.scale == doctest::Approx(1.17848634106468).epsilon(1e-8));
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

TEST_CASE("a heavy tail counts once it has weight") {
  const auto shapes = pareto(1.0, 1, 1000, 77);  // of shape 1, from 0 or more
  const auto k_hat = [&](double scale, double one) {
    std::vector<double> log_weights;
    for (const double value : shapes) log_weights.push_back(std::log(1 + scale * std::min(value, 100.0)));
    log_weights[5] = std::log(one);
    return pareto_smooth(log_weights).k_hat;
  };
  CHECK(k_hat(1, 1) > 0.5);
  CHECK(k_hat(1e-3, 1) <= 0);
  CHECK(k_hat(1e-3, 50) > 0.5);  // one draw has a twentieth of all weight
}

TEST_CASE("equal weights say that the proposal is the posterior") {
  std::vector<double> raw(500, -1234.5);
  for (const double rounding : {0.0, 1e-4}) {
    for (std::size_t i = 0; i < raw.size(); i += 3) raw[i] = -1234.5 + rounding * std::sin(static_cast<double>(i));
    const auto smooth = pareto_smooth(raw);
    CHECK(smooth.k_hat == 0);
    for (const double w : smooth.log_weights) CHECK(w == doctest::Approx(-std::log(500)).epsilon(1e-4));
  }
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

TEST_CASE("one unknown weight in a thousand counts as none, two do not") {
  auto raw = pareto(0.5, 1, 1000, 9);
  for (double& w : raw) w = std::log(w);
  auto without = raw;
  without[7] = -infinity;
  raw[7] = std::nan("");
  const auto smooth = pareto_smooth(raw);
  CHECK(smooth.k_hat == pareto_smooth(without).k_hat);
  CHECK(std::exp(smooth.log_weights[7]) == 0);
  CHECK(sum_of_exp(smooth.log_weights) == doctest::Approx(1));
  raw[8] = std::nan("");
  CHECK(pareto_smooth(raw).k_hat == infinity);
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
