#include "evaluation/resampling.hpp"

#include <cmath>

namespace adavi {

std::vector<std::int64_t> resample_systematically(const std::vector<double>& log_weights, std::int64_t n,
                                                  double offset) {
  double total = 0;
  for (const double w : log_weights) total += std::exp(w);
  std::vector<std::int64_t> positions;
  positions.reserve(static_cast<std::size_t>(n));
  double reached = 0;
  std::int64_t last = 0;  // with a weight
  for (std::size_t j = 0; j < log_weights.size(); ++j) {
    const double weight = std::exp(log_weights[j]);
    if (!(weight > 0)) continue;
    last = static_cast<std::int64_t>(j);
    reached += weight;
    const double share = reached / total * static_cast<double>(n);
    while (static_cast<std::int64_t>(positions.size()) < n && static_cast<double>(positions.size()) + offset < share) {
      positions.push_back(last);
    }
  }
  positions.resize(static_cast<std::size_t>(n), last);  // where rounding took an offset next to one up to the end
  return positions;
}

}  // namespace adavi
