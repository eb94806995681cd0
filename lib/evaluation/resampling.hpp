#pragma once
#include <cstdint>
#include <vector>

namespace adavi {

/// `n` ascending positions of a pool, each position j as often as n w_j says, rounded up or down: position i is the one
/// whose stretch of the cumulative weights holds (i + offset) / n. `log_weights` are normalised and finite or
/// -infinity, `offset` is uniform on [0, 1): every position is then chosen n w_j times on average.
std::vector<std::int64_t> resample_systematically(const std::vector<double>& log_weights, std::int64_t n,
                                                  double offset);

}  // namespace adavi
