#include "evaluation/uniform_ranks.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

using namespace adavi;

namespace {

std::vector<std::int64_t> uniform_ranks(std::int64_t n, std::int64_t draws, std::mt19937_64& engine) {
  std::vector<std::int64_t> ranks;
  for (std::int64_t i = 0; i < n; ++i)
    ranks.push_back(static_cast<std::int64_t>(engine() % static_cast<std::uint64_t>(draws + 1)));
  return ranks;
}

bool inside(const RankBand& band, const std::vector<double>& shares) {
  for (std::size_t i = 0; i < shares.size(); ++i)
    if (shares[i] < band.lower[i] - 1e-12 || shares[i] > band.upper[i] + 1e-12) return false;
  return true;
}

}  // namespace

TEST_CASE("with one draw, ranks are coin tosses") {
  const UniformRanks coins(10, 1);
  // P(N in 2..8), P(N in 1..9): twice the smaller tail is 22/1024 at 1 and 9, 112/1024 at 2 and 8.
  CHECK(coins.coverage(0.05) == doctest::Approx(1 - 2 * 11 / 1024.0));
  CHECK(coins.coverage(0.02) == doctest::Approx(1 - 2 * 1 / 1024.0));
  CHECK(coins.p_value({0, 0, 0, 0, 0, 0, 0, 0, 0, 0}) == doctest::Approx(2 / 1024.0));
  CHECK(coins.p_value({1, 1, 1, 1, 0, 1, 1, 1, 1, 1}) == doctest::Approx(22 / 1024.0));
  CHECK(coins.p_value({1, 1, 1, 1, 0, 0, 0, 1, 0, 0}) == doctest::Approx(1));
  const RankBand band = coins.band(0.95);
  CHECK(band.position == std::vector<double>{0.5});
  CHECK(band.lower == std::vector<double>{0.2});
  CHECK(band.upper == std::vector<double>{0.8});
}

TEST_CASE("a p-value too small to matter is bounded") {
  const double p_value = UniformRanks(4000, 199).p_value(std::vector<std::int64_t>(4000, 0));
  CHECK(p_value >= 0);
  CHECK(p_value < 1e-8);
}

TEST_CASE("one rank alone, by enumeration") {
  // Rank r among 0..3 has counts (below 1, 2, 3); the smaller doubled tail is 1/2 for the outer ranks, 1 for the inner.
  const UniformRanks one(1, 3);
  CHECK(one.p_value({0}) == doctest::Approx(0.5));
  CHECK(one.p_value({3}) == doctest::Approx(0.5));
  CHECK(one.p_value({1}) == doctest::Approx(1));
  CHECK(one.distribution_function({1}) == std::vector<double>{0, 1, 1});
}

TEST_CASE("two ranks on three values, by enumeration") {
  const UniformRanks two(2, 2);
  // All nine pairs: P(tail <= own tail). Counts below 1 and 2 decide; doubled tails there: (0: 8/9, 1: 1, 2: 2/9) and
  // mirrored (2: 8/9, 1: 1, 0: 2/9).
  CHECK(two.p_value({0, 0}) == doctest::Approx(2 / 9.0));
  CHECK(two.p_value({2, 2}) == doctest::Approx(2 / 9.0));
  CHECK(two.p_value({0, 1}) == doctest::Approx(7 / 9.0));
  CHECK(two.p_value({1, 1}) == doctest::Approx(7 / 9.0));
  CHECK(two.p_value({0, 2}) == doctest::Approx(1));
}

TEST_CASE("the band holds uniform ranks as often as it says") {
  constexpr int repetitions = 4000;
  struct Case {
    std::int64_t n, draws;
    double level;
  };
  for (const auto& [n, draws, level] :
       {Case{40, 9, 0.9}, Case{100, 19, 0.95}, Case{60, 199, 0.8}, Case{30, 100, 0.9}}) {
    CAPTURE(n);
    CAPTURE(draws);
    const UniformRanks uniform(n, draws);
    const RankBand band = uniform.band(level);
    REQUIRE(band.position.size() == static_cast<std::size_t>(std::min<std::int64_t>(draws, 99)));
    std::mt19937_64 engine(1);
    int held = 0, likely = 0, disagree = 0;
    for (int i = 0; i < repetitions; ++i) {
      const auto ranks = uniform_ranks(n, draws, engine);
      const bool in_band = inside(band, uniform.distribution_function(ranks));
      held += in_band ? 1 : 0;
      if (i >= 500) continue;
      const bool probable = uniform.p_value(ranks) > 1 - level;
      likely += probable ? 1 : 0;
      disagree += probable != in_band ? 1 : 0;
    }
    const double share = held / static_cast<double>(repetitions), se = std::sqrt(level * (1 - level) / repetitions);
    CHECK(share > level - 4 * se);
    CHECK(share < level + 4 * se + 0.04);  // counts are whole: it may hold a little more
    CHECK(disagree == 0);
    CHECK(likely > 500 * level - 4 * std::sqrt(500 * level * (1 - level)));
  }
}

TEST_CASE("coverage of a band equals the share of simulated ranks in it") {
  constexpr int repetitions = 20000;
  const UniformRanks uniform(50, 19);
  for (const double tail : {0.3, 0.1, 0.02}) {
    CAPTURE(tail);
    const double exact = uniform.coverage(tail);
    const RankBand band = uniform.band(exact);
    std::mt19937_64 engine(2);
    int held = 0;
    for (int i = 0; i < repetitions; ++i)
      held += inside(band, uniform.distribution_function(uniform_ranks(50, 19, engine))) ? 1 : 0;
    CHECK(std::abs(held / static_cast<double>(repetitions) - exact) < 4 * std::sqrt(exact * (1 - exact) / repetitions));
  }
}

TEST_CASE("p-values of uniform ranks are uniform, or a little larger") {
  constexpr int repetitions = 2000;
  const UniformRanks uniform(60, 39);
  std::mt19937_64 engine(3);
  std::vector<double> p_values;
  for (int i = 0; i < repetitions; ++i) p_values.push_back(uniform.p_value(uniform_ranks(60, 39, engine)));
  for (const double level : {0.01, 0.05, 0.2, 0.5}) {
    CAPTURE(level);
    const auto below = std::count_if(p_values.begin(), p_values.end(), [&](double p) { return p <= level; });
    const double share = static_cast<double>(below) / repetitions;
    const double se = std::sqrt(level * (1 - level) / repetitions);
    CHECK(share < level + 4 * se);
    CHECK(share > 0.7 * level - 4 * se);
  }
}

TEST_CASE("every other share is symmetric, and bands narrow with n") {
  const RankBand small = UniformRanks(100, 9).band(0.99), large = UniformRanks(10000, 9).band(0.99);
  for (std::size_t i = 0; i < 9; ++i) {
    CHECK(small.lower[i] == doctest::Approx(1 - small.upper[8 - i]));
    CHECK(small.upper[i] - small.lower[i] > 8 * (large.upper[i] - large.lower[i]));
    CHECK(large.lower[i] < large.position[i]);
    CHECK(large.upper[i] > large.position[i]);
  }
}
