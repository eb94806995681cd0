#include "evaluation/resampling.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace adavi;

namespace {

std::vector<double> logs(const std::vector<double>& weights) {
  std::vector<double> result;
  for (const double w : weights) result.push_back(std::log(w));
  return result;
}

}  // namespace

TEST_CASE("equal weights keep every draw once, whatever the offset") {
  const std::vector<std::int64_t> all = {0, 1, 2, 3, 4, 5, 6};
  for (const double offset : {0.001, 0.3, 0.999}) {
    CHECK(resample_systematically(logs(std::vector<double>(7, 1.0 / 7)), 7, offset) == all);
  }
}

TEST_CASE("a draw is repeated as often as its weight says, rounded up or down") {
  const std::vector<double> weights = {0.05, 0.4, 0, 0.3, 0.25};
  for (const double offset : {0.0, 0.2, 0.7, 0.95}) {
    const auto positions = resample_systematically(logs(weights), 10, offset);
    REQUIRE(positions.size() == 10);
    CHECK(std::is_sorted(positions.begin(), positions.end()));
    for (std::size_t j = 0; j < weights.size(); ++j) {
      const auto copies =
          static_cast<double>(std::count(positions.begin(), positions.end(), static_cast<std::int64_t>(j)));
      CHECK(std::abs(copies - 10 * weights[j]) < 1);
    }
  }
}

TEST_CASE("over all offsets a draw is chosen in proportion to its weight") {
  const std::vector<double> weights = {0.013, 0.5, 0.187, 0.3};
  std::vector<double> copies(4, 0);
  const int offsets = 1000;
  for (int i = 0; i < offsets; ++i) {
    for (const auto j : resample_systematically(logs(weights), 3, (i + 0.5) / offsets)) {
      copies[static_cast<std::size_t>(j)] += 1.0 / offsets;
    }
  }
  for (std::size_t j = 0; j < 4; ++j) CHECK(copies[j] == doctest::Approx(3 * weights[j]).epsilon(0.03));
}

TEST_CASE("offsets next to one still give all draws, and no weight of zero is chosen") {
  const double nothing = -std::numeric_limits<double>::infinity();
  const auto positions =
      resample_systematically({nothing, std::log(0.1), std::log(0.9), nothing}, 1000, std::nextafter(1.0, 0.0));
  REQUIRE(positions.size() == 1000);
  CHECK(positions.front() == 1);
  CHECK(positions.back() == 2);
}
