#include "report/summary_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace adavi {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool has_nan(const std::vector<double>& values) {
  return std::any_of(values.begin(), values.end(), [](double value) { return std::isnan(value); });
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double standard_deviation(const std::vector<double>& values, double mean) {
  if (values.size() < 2) return nan;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1));
}

}  // namespace

double quantile(const std::vector<double>& sorted, double probability) {
  const double place = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  const double fraction = place - static_cast<double>(below);
  // No arithmetic between equal neighbours: they may be infinite.
  if (fraction == 0 || sorted[below] == sorted[above]) return sorted[below];
  return sorted[below] + fraction * (sorted[above] - sorted[below]);
}

ScalarSummary summarise(std::vector<double> draws) {
  if (draws.empty() || has_nan(draws)) return {nan, nan, nan, nan, nan, nan};
  ScalarSummary summary;
  summary.mean = mean_of(draws);
  summary.sd = standard_deviation(draws, summary.mean);
  summary.mcse = summary.sd / std::sqrt(static_cast<double>(draws.size()));
  std::sort(draws.begin(), draws.end());
  summary.q5 = quantile(draws, 0.05);
  summary.q50 = quantile(draws, 0.5);
  summary.q95 = quantile(draws, 0.95);
  return summary;
}

MeanSummary summarise_mean(const std::vector<double>& values) {
  const ScalarSummary summary = summarise(values);
  return {summary.mean, summary.q50, summary.mcse};
}

}  // namespace adavi
