#include "evaluation/psis.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace adavi {
namespace {

/// Share of weights that may be unknown: of draws so far out that their densities cannot be computed.
constexpr double most_unknown = 1e-3;

double log_sum_exp(const std::vector<double>& x) {
  const double largest = *std::max_element(x.begin(), x.end());
  if (!std::isfinite(largest)) return largest;
  double sum = 0;
  for (const double value : x) sum += std::exp(value - largest);
  return largest + std::log(sum);
}

/// Quantile of the generalised Pareto distribution.
double quantile(const GeneralisedPareto& fit, double p) {
  if (std::abs(fit.shape) < 1e-12) return -fit.scale * std::log1p(-p);
  return fit.scale * std::expm1(-fit.shape * std::log1p(-p)) / fit.shape;
}

}  // namespace

GeneralisedPareto fit_generalised_pareto(const std::vector<double>& x) {
  const auto n = static_cast<double>(x.size());
  const auto grid = static_cast<std::size_t>(30 + std::floor(std::sqrt(n)));
  const double quartile = x[static_cast<std::size_t>(std::floor(n / 4 + 0.5)) - 1];
  const auto shape_at = [&](double theta) {
    double sum = 0;
    for (const double value : x) sum += std::log1p(-theta * value);
    return sum / n;
  };
  // Profile likelihood on a grid of theta = -shape / scale, averaged as a posterior mean.
  std::vector<double> theta(grid), log_likelihood(grid);
  for (std::size_t j = 0; j < grid; ++j) {
    const double position = std::sqrt(static_cast<double>(grid) / (static_cast<double>(j) + 0.5));
    theta[j] = 1 / x.back() + (1 - position) / (3 * quartile);
    const double shape = shape_at(theta[j]);
    log_likelihood[j] = n * (std::log(-theta[j] / shape) - shape - 1);
  }
  const double total = log_sum_exp(log_likelihood);
  double mean = 0;
  for (std::size_t j = 0; j < grid; ++j) mean += theta[j] * std::exp(log_likelihood[j] - total);
  GeneralisedPareto fit;
  const double shape = shape_at(mean);
  fit.scale = -shape / mean;
  fit.shape = (n * shape + 10 * 0.5) / (n + 10);  // ten observations' worth of belief in 1/2
  return fit;
}

SmoothedWeights pareto_smooth(std::vector<double> log_weights) {
  SmoothedWeights result;
  result.k_hat = std::numeric_limits<double>::infinity();
  const std::size_t n = log_weights.size();
  const auto is_nan = [](double w) { return std::isnan(w); };
  if (std::count_if(log_weights.begin(), log_weights.end(), is_nan) <= static_cast<double>(n) * most_unknown) {
    std::replace_if(log_weights.begin(), log_weights.end(), is_nan, -std::numeric_limits<double>::infinity());
  }
  const bool finite = std::none_of(log_weights.begin(), log_weights.end(), [](double w) {
    return std::isnan(w) || w == std::numeric_limits<double>::infinity();
  });
  const double largest = *std::max_element(log_weights.begin(), log_weights.end());
  const auto tail = static_cast<std::size_t>(
      std::ceil(std::min(0.2 * static_cast<double>(n), 3 * std::sqrt(static_cast<double>(n)))));
  if (finite && std::isfinite(largest)) {
    for (double& w : log_weights) w -= largest;
    if (tail >= 5) {
      std::vector<std::size_t> order(n);
      std::iota(order.begin(), order.end(), 0);
      std::sort(order.begin(), order.end(),
                [&](std::size_t a, std::size_t b) { return log_weights[a] < log_weights[b]; });
      const double cutoff = std::exp(log_weights[order[n - tail - 1]]);
      std::vector<double> exceedances;
      for (std::size_t i = n - tail; i < n; ++i) exceedances.push_back(std::exp(log_weights[order[i]]) - cutoff);
      const double first_quartile =
          exceedances[static_cast<std::size_t>(std::floor(static_cast<double>(tail) / 4 + 0.5)) - 1];
      constexpr double rounding = 1e-3;  // of the largest weight: log densities are sums in float32
      // Of all weight, what the tail has beyond the others', and what one draw of it has: no result changes by that.
      constexpr double little = 0.01, little_of_one = 0.005;
      const double all = std::exp(log_sum_exp(log_weights));
      const double beyond = std::accumulate(exceedances.begin(), exceedances.end(), 0.0);
      const bool flat = beyond < little * all && exceedances.back() < little_of_one * all;
      if (exceedances.back() < rounding) {
        result.k_hat = 0;  // no tail at all: q is the posterior
      } else if (first_quartile > 0) {
        const auto fit = fit_generalised_pareto(exceedances);
        if (std::isfinite(fit.shape) && fit.scale > 0) {
          result.k_hat = flat ? std::min(fit.shape, 0.0) : fit.shape;
          for (std::size_t i = 0; i < tail; ++i) {
            const double p = (static_cast<double>(i) + 0.5) / static_cast<double>(tail);
            log_weights[order[n - tail + i]] = std::min(0.0, std::log(quantile(fit, p) + cutoff));
          }
        }
      }
    }
  }
  const double total = log_sum_exp(log_weights);
  for (double& w : log_weights) w -= total;
  result.log_weights = std::move(log_weights);
  return result;
}

}  // namespace adavi
