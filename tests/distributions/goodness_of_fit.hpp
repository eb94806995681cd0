#pragma once
#include <algorithm>
#include <cmath>

#include "tensors.hpp"

/// Tests of whether draws follow a distribution, at the level 1e-4.
namespace adavi::testing {

/// Kolmogorov's statistic exceeds this with probability 1e-4.
inline double kolmogorov_limit(std::int64_t n) { return 2.226 / std::sqrt(static_cast<double>(n)); }

inline double kolmogorov_distance(const at::Tensor& probabilities) {
  const at::Tensor sorted = std::get<0>(probabilities.sort());
  const auto n = static_cast<double>(sorted.numel());
  const at::Tensor below = at::arange(sorted.numel(), at::kDouble) / n;
  return std::max(largest(sorted - below), largest(sorted - below - 1 / n));
}

/// Chi-square statistic of counts, values pooled until at least 8 are expected; and its limit at the level 1e-4.
inline void check_chi_square(const at::Tensor& observed, const at::Tensor& expected) {
  double statistic = 0, seen = 0, awaited = 0;
  int cells = 0;
  for (std::int64_t i = 0; i < expected.numel(); ++i) {
    seen += observed[i].item<double>();
    awaited += expected[i].item<double>();
    const double left = expected.narrow(0, i + 1, expected.numel() - i - 1).sum().item<double>();
    if ((awaited < 8 || left < 8) && i + 1 < expected.numel()) continue;
    statistic += (seen - awaited) * (seen - awaited) / awaited;
    seen = awaited = 0;
    ++cells;
  }
  const double freedom = cells - 1, v = 2 / (9 * freedom);
  REQUIRE(cells >= 2);
  CHECK(statistic < freedom * std::pow(1 - v + 3.72 * std::sqrt(v), 3));  // Wilson and Hilferty
}

}  // namespace adavi::testing
