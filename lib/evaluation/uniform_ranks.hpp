#pragma once
#include <cstdint>
#include <vector>

namespace adavi {

/// Limits for the share of ranks below each point; all hold at once with the band's probability.
struct RankBand {
  std::vector<double> position;      ///< expected share, ascending in (0, 1)
  std::vector<double> lower, upper;  ///< smallest and largest share that is still inside
};

/// What `n` independent ranks look like that are uniform on 0..draws, as those of true values among posterior draws are
/// where the posterior is exact (Talts, Betancourt, Simpson, Vehtari & Gelman 2018). Their empirical distribution
/// function is compared at up to 99 evenly spread points at once, after Saeilynoja, Buerkner & Vehtari (2022): a count
/// is as unusual as twice its smaller binomial tail, and the counts are a Markov chain, so that probabilities of the
/// whole function are sums, not simulations.
class UniformRanks {
 public:
  /// Both at least 1.
  UniformRanks(std::int64_t n, std::int64_t draws);

  /// How many of n ranks lie below each point, as shares; ranks in [0, draws].
  std::vector<double> distribution_function(const std::vector<std::int64_t>& ranks) const;
  /// Probability of `ranks` that stray as far from uniform somewhere as these, or farther. Exact down to 1e-8, below
  /// that an upper bound.
  double p_value(const std::vector<std::int64_t>& ranks) const;
  /// The narrowest band of equal tails that holds all shares with probability `level` or more. Ranks leave it just
  /// where their p-value is 1 - level or less.
  RankBand band(double level) const;
  /// Probability that no count's doubled smaller tail is below `tail`.
  double coverage(double tail) const;

 private:
  std::vector<std::int64_t> counts_below(const std::vector<std::int64_t>& ranks) const;
  double log_choose(std::int64_t n, std::int64_t k) const;
  double tail_up_to(std::int64_t count, double probability) const;
  std::int64_t lower_limit(double probability, double tail) const;
  std::int64_t upper_limit(double complement, double tail) const;
  double expected_below(std::size_t point) const;
  double expected_above(std::size_t point) const;

  std::int64_t n_, cells_;
  std::vector<std::int64_t> points_;    ///< counted are the ranks below each
  std::vector<double> log_factorials_;  ///< of 0..n
};

}  // namespace adavi
