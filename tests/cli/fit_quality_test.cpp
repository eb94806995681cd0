#include "cli/fit_quality.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace adavi;

TEST_CASE("data sets with a k-hat above 0.7 are named, NaN and infinity among them") {
  CHECK(poor_fit_warnings({"a", "b"}, {0.7, -0.3}).empty());
  const auto warnings = poor_fit_warnings({"a", "b", "c"}, {0.71, 0.2, INFINITY}, ", so they stay");
  REQUIRE(warnings.size() == 2);
  CHECK(warnings[0] ==
        "data set 'a': k-hat 0.71 (reliable up to 0.7): its draws may be far from the exact posterior, so they stay");
  CHECK(warnings[1].rfind("data set 'c': k-hat inf ", 0) == 0);
  CHECK(poor_fit_warnings({"a"}, {NAN}).size() == 1);
}

TEST_CASE("after three warnings the rest are counted") {
  const std::vector<std::string> names = {"a", "b", "c", "d", "e", "f"};
  const auto warnings = poor_fit_warnings(names, {1, 1, 0, 1, 1, 1});
  REQUIRE(warnings.size() == 4);
  CHECK(warnings[2].rfind("data set 'd'", 0) == 0);
  CHECK(warnings[3] == "k-hat is above 0.7 for 5 of 6 data sets");
  CHECK(poor_fit_warnings(names, {1, 1, 0, 1, 0, 0}).size() == 3);
}

TEST_CASE("one line about all k-hats") {
  CHECK(describe_k_hat({0.5, 0.12, 0.9}) == "k-hat: median 0.50, largest 0.90, above 0.7 for 1 of 3 data sets\n");
  CHECK(describe_k_hat({INFINITY}) == "k-hat: median inf, largest inf, above 0.7 for 1 of 1 data set\n");
}

TEST_CASE("data sets more unusual than everything simulated are named") {
  CHECK(unusual_data_warnings({"a", "b"}, {2.0 / 256, 1}).empty());
  const auto warnings = unusual_data_warnings({"a", "b", "c", "d", "e"}, {1.0 / 256, NAN, 0.0, 1.0 / 256, 1.0 / 256});
  REQUIRE(warnings.size() == 4);
  CHECK(warnings[0] ==
        "data set 'a' is more unusual than each of 255 data sets that the model simulates: check its units, and "
        "whether the model describes it");
  CHECK(warnings[1].rfind("data set 'c' ", 0) == 0);
  CHECK(warnings[3] == "4 of 5 data sets are as unusual for the model");
}
