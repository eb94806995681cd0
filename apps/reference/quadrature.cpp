#include "reference/quadrature.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace adavi::reference {
namespace {

constexpr double pi = 3.14159265358979323846;

/// The Legendre polynomial of degree n at x, and its derivative, by the three-term recurrence.
struct Legendre {
  double value = 1;
  double slope = 0;
};
Legendre legendre(int n, double x) {
  double before = 0, value = 1;
  for (int k = 1; k <= n; ++k) {
    const double next = ((2 * k - 1) * x * value - (k - 1) * before) / k;
    before = value;
    value = next;
  }
  return {value, n * (x * value - before) / (x * x - 1)};
}

/// Nodes are the zeros, found by Newton's method from their asymptotic places.
Rule on_unit_interval(int points) {
  Rule rule;
  for (int i = points; i >= 1; --i) {
    double x = std::cos(pi * (i - 0.25) / (points + 0.5));
    for (int step = 0; step < 20; ++step) {
      const Legendre p = legendre(points, x);
      x -= p.value / p.slope;
    }
    const double slope = legendre(points, x).slope;
    rule.nodes.push_back(x);
    rule.weights.push_back(2 / ((1 - x * x) * slope * slope));
  }
  return rule;
}

}  // namespace

Rule gauss_legendre(double lower, double upper, int points, int panels) {
  const Rule unit = on_unit_interval(points);
  const double half = (upper - lower) / (2 * panels);
  Rule rule;
  for (int panel = 0; panel < panels; ++panel) {
    const double centre = lower + (2 * panel + 1) * half;
    for (std::size_t i = 0; i < unit.nodes.size(); ++i) {
      rule.nodes.push_back(centre + half * unit.nodes[i]);
      rule.weights.push_back(half * unit.weights[i]);
    }
  }
  return rule;
}

Interval concentrate(Interval range, const std::function<double(double)>& log_density) {
  constexpr int looks = 12;
  constexpr double negligible = 30;
  std::array<double, looks> values{};
  for (int round = 0; round < 60; ++round) {
    const double width = range.upper - range.lower;
    for (int i = 0; i < looks; ++i) values[i] = log_density(range.lower + (i + 0.5) * width / looks);
    const double largest = *std::max_element(values.begin(), values.end());
    int first = 0, last = looks - 1;
    while (first < last && !(values[first] >= largest - negligible)) ++first;
    while (last > first && !(values[last] >= largest - negligible)) --last;
    // The mode may lie anywhere between the neighbours of the largest value.
    const Interval inner = {range.lower + std::max(0.0, first - 0.5) * width / looks,
                            range.lower + std::min<double>(looks, last + 1.5) * width / looks};
    const bool settled = inner.upper - inner.lower > 0.7 * width;
    range = inner;
    if (settled) break;
  }
  return range;
}

double log_sum_exp(const std::vector<double>& terms) {
  constexpr double nothing = -std::numeric_limits<double>::infinity();
  const double largest = terms.empty() ? nothing : *std::max_element(terms.begin(), terms.end());
  if (largest == nothing) return nothing;
  double sum = 0;
  for (const double term : terms) sum += std::exp(term - largest);
  return largest + std::log(sum);
}

double log_normal_density(double x, double mean, double variance) {
  return -0.5 * (std::log(2 * pi * variance) + (x - mean) * (x - mean) / variance);
}

Moments moments_of(double mean, double mean_square) {
  return {mean, std::sqrt(std::max(0.0, mean_square - mean * mean))};
}

}  // namespace adavi::reference
