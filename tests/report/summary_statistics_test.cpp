#include "report/summary_statistics.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace adavi;

TEST_CASE("quantiles interpolate linearly between order statistics") {
  const std::vector<double> sorted = {1, 2, 4, 8};
  CHECK(quantile(sorted, 0) == 1);
  CHECK(quantile(sorted, 1) == 8);
  CHECK(quantile(sorted, 0.5) == 3);
  CHECK(quantile(sorted, 0.25) == doctest::Approx(1.75));
  CHECK(quantile({7}, 0.3) == 7);
  CHECK(quantile({-INFINITY, -INFINITY, 1}, 0.25) == -INFINITY);
}

TEST_CASE("summary of draws in any order") {
  const ScalarSummary summary = summarise({4, 1, 3, 2, 5});
  CHECK(summary.mean == 3);
  CHECK(summary.sd == doctest::Approx(std::sqrt(2.5)));
  CHECK(summary.mcse == doctest::Approx(std::sqrt(0.5)));
  CHECK(summary.q5 == doctest::Approx(1.2));
  CHECK(summary.q50 == 3);
  CHECK(summary.q95 == doctest::Approx(4.8));
}

TEST_CASE("too few draws or NaN give NaN, not a number") {
  CHECK(std::isnan(summarise({1}).sd));
  CHECK(summarise({1}).mean == 1);
  CHECK(std::isnan(summarise({1, NAN, 2}).mean));
  CHECK(std::isnan(summarise({1, NAN, 2}).q50));
  CHECK(std::isnan(summarise({}).mean));
}

TEST_CASE("mean, median and standard error over data sets") {
  const MeanSummary summary = summarise_mean({1, 2, 6});
  CHECK(summary.mean == 3);
  CHECK(summary.median == 2);
  CHECK(summary.se == doctest::Approx(std::sqrt(7.0 / 3)));
}
