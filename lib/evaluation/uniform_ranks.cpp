#include "evaluation/uniform_ranks.hpp"

#include <algorithm>
#include <cmath>

namespace adavi {
namespace {

constexpr std::int64_t most_points = 99;
/// Tails that differ by rounding alone count as equal.
constexpr double slack = 1e-9;
/// Below it, a p-value's size does not matter.
constexpr double negligible = 1e-8;

}  // namespace

UniformRanks::UniformRanks(std::int64_t n, std::int64_t draws) : n_(n), cells_(draws + 1) {
  const std::int64_t points = std::min(draws, most_points);
  for (std::int64_t i = 1; i <= points; ++i) points_.push_back((i * cells_ + (points + 1) / 2) / (points + 1));
  log_factorials_.push_back(0);
  for (std::int64_t i = 1; i <= n; ++i)
    log_factorials_.push_back(log_factorials_.back() + std::log(static_cast<double>(i)));
}

double UniformRanks::expected_below(std::size_t point) const {
  return static_cast<double>(points_[point]) / static_cast<double>(cells_);
}

double UniformRanks::expected_above(std::size_t point) const {
  return static_cast<double>(cells_ - points_[point]) / static_cast<double>(cells_);
}

double UniformRanks::log_choose(std::int64_t n, std::int64_t k) const {
  const auto log_factorial = [&](std::int64_t i) { return log_factorials_[static_cast<std::size_t>(i)]; };
  return log_factorial(n) - log_factorial(k) - log_factorial(n - k);
}

/// P(N <= count) for N ~ binomial(n, probability).
double UniformRanks::tail_up_to(std::int64_t count, double probability) const {
  const double log_p = std::log(probability), log_q = std::log1p(-probability);
  double sum = 0;
  for (std::int64_t k = 0; k <= count; ++k)
    sum += std::exp(log_choose(n_, k) + static_cast<double>(k) * log_p + static_cast<double>(n_ - k) * log_q);
  return sum;
}

/// The smallest count with 2 P(N <= count) >= tail, for N ~ binomial(n, probability).
std::int64_t UniformRanks::lower_limit(double probability, double tail) const {
  const double log_p = std::log(probability), log_q = std::log1p(-probability);
  double sum = 0;
  for (std::int64_t k = 0; k < n_; ++k) {
    sum += std::exp(log_choose(n_, k) + static_cast<double>(k) * log_p + static_cast<double>(n_ - k) * log_q);
    if (2 * sum >= tail) return k;
  }
  return n_;
}

/// The largest count with 2 P(N >= count) >= tail, for n - N ~ binomial(n, complement).
std::int64_t UniformRanks::upper_limit(double complement, double tail) const {
  return n_ - lower_limit(complement, tail);
}

double UniformRanks::coverage(double tail) const {
  // Probabilities of the counts at one point that kept inside so far; the first of them is that of `first`.
  std::vector<double> inside = {1};
  std::int64_t first = 0, below = 0;
  for (std::size_t point = 0; point < points_.size(); ++point) {
    const std::int64_t lower = lower_limit(expected_below(point), tail);
    const std::int64_t upper = upper_limit(expected_above(point), tail);
    if (lower > upper) return 0;
    // Of the ranks that are not below the previous point, each is below this one with this probability.
    const double share = static_cast<double>(points_[point] - below) / static_cast<double>(cells_ - below);
    const double log_p = std::log(share), log_q = std::log1p(-share);
    std::vector<double> next(static_cast<std::size_t>(upper - lower + 1), 0.0);
    for (std::size_t i = 0; i < inside.size(); ++i) {
      const std::int64_t count = first + static_cast<std::int64_t>(i), rest = n_ - count;
      for (std::int64_t more = std::max<std::int64_t>(0, lower - count); more <= upper - count; ++more)
        next[static_cast<std::size_t>(count + more - lower)] +=
            inside[i] * std::exp(log_choose(rest, more) + static_cast<double>(more) * log_p +
                                 static_cast<double>(rest - more) * log_q);
    }
    inside = std::move(next);
    first = lower;
    below = points_[point];
  }
  double sum = 0;
  for (const double probability : inside) sum += probability;
  return std::min(1.0, sum);
}

std::vector<std::int64_t> UniformRanks::counts_below(const std::vector<std::int64_t>& ranks) const {
  std::vector<std::int64_t> counts(points_.size(), 0);
  for (const std::int64_t rank : ranks) {
    const auto above = std::upper_bound(points_.begin(), points_.end(), rank);
    if (above != points_.end()) ++counts[static_cast<std::size_t>(above - points_.begin())];
  }
  for (std::size_t i = 1; i < counts.size(); ++i) counts[i] += counts[i - 1];
  return counts;
}

std::vector<double> UniformRanks::distribution_function(const std::vector<std::int64_t>& ranks) const {
  std::vector<double> shares;
  for (const std::int64_t count : counts_below(ranks))
    shares.push_back(static_cast<double>(count) / static_cast<double>(n_));
  return shares;
}

double UniformRanks::p_value(const std::vector<std::int64_t>& ranks) const {
  const std::vector<std::int64_t> counts = counts_below(ranks);
  double tail = 2;
  for (std::size_t i = 0; i < counts.size(); ++i)
    tail = std::min(
        {tail, 2 * tail_up_to(counts[i], expected_below(i)), 2 * tail_up_to(n_ - counts[i], expected_above(i))});
  // Bonferroni's bound is enough where it is tiny, and a wide band would take long.
  const double bound = tail * static_cast<double>(points_.size());
  return bound < negligible ? bound : std::clamp(1 - coverage(tail * (1 + slack)), 0.0, 1.0);
}

RankBand UniformRanks::band(double level) const {
  // Between Bonferroni's tail, which surely covers enough, and the widest.
  double enough = (1 - level) / static_cast<double>(points_.size()), too_much = 2;
  while (too_much > enough * (1 + 1e-6)) {
    const double between = std::sqrt(enough * too_much);
    (coverage(between) >= level ? enough : too_much) = between;
  }
  RankBand band;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const auto n = static_cast<double>(n_);
    band.position.push_back(expected_below(i));
    band.lower.push_back(static_cast<double>(lower_limit(expected_below(i), enough)) / n);
    band.upper.push_back(static_cast<double>(upper_limit(expected_above(i), enough)) / n);
  }
  return band;
}

}  // namespace adavi
