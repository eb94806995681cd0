#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "diagnostics/failure.hpp"
#include "options/choices.hpp"
#include "options/comparison.hpp"

using namespace adavi;

namespace {

/// A run with the given ELBOs, whose evidence is `above` higher.
Run run_of(const std::vector<double>& elbos, double above) {
  Run run;
  for (const double elbo : elbos) run.scores.push_back({elbo, elbo + above, 0.01, 0.1});
  return run;
}

Run failed() {
  Run run;
  run.failure = "training cannot go on";
  return run;
}

}  // namespace

TEST_CASE("every choice differs from the defaults and from the others, and is one that adavi reads") {
  std::set<std::string> texts, names;
  for (const Choice& choice : all_choices()) {
    CAPTURE(choice.name);
    const std::string text = configuration_json(choice.configuration);
    CHECK(texts.insert(text).second);
    CHECK(names.insert(choice.name).second);
    CHECK(configuration_json(parse_configuration(text, "choice")) == text);
  }
  CHECK(all_choices().front().name == "default");
  CHECK(names.size() >= 14);
}

TEST_CASE("the defaults are always compared with, and unknown choices are named") {
  const auto some = chosen({"mean field", "no scoring"});
  REQUIRE(some.size() == 3);
  CHECK(some[0].name == "default");
  CHECK(some[1].name == "no scoring");
  CHECK(some[2].name == "mean field");
  try {
    chosen({"no moment"});
    CHECK(false);
  } catch (const Failure& failure) {
    CHECK(failure.what() == std::string("--choices: no choice 'no moment'; did you mean 'no moments'?"));
  }
}

TEST_CASE("gaps are to the evidence that the run with the highest ELBO found") {
  // The first choice's second seed is best: its evidence is -9 and -19, whatever others say.
  const auto gaps = gaps_to_best({{run_of({-12, -22}, 9), run_of({-10, -20}, 1)}, {run_of({-13, -21}, 0)}});
  REQUIRE(gaps.size() == 2);
  CHECK(gaps[0].mean == doctest::Approx((3 + 3 + 1 + 1) / 4.0));
  CHECK(gaps[1].mean == doctest::Approx((4 + 2) / 2.0));
  CHECK(gaps[0].whole());
}

TEST_CASE("what broke down is left out and counted") {
  auto gaps = gaps_to_best({{failed(), run_of({-10, NAN, -12}, 1)}, {failed()}, {run_of({-9, -9, -9}, 2)}});
  CHECK(gaps[0].mean == doctest::Approx((3 + 5) / 2.0));
  CHECK(gaps[0].failed == 1);
  CHECK(gaps[0].not_finite == 1);
  CHECK_FALSE(gaps[0].whole());
  CHECK(std::isnan(gaps[1].mean));
  CHECK(gaps[1].failed == 1);
  CHECK(gaps[2].mean == doctest::Approx(2));
  gaps = gaps_to_best({{failed()}, {run_of({NAN, NAN}, 1)}});
  CHECK(std::isnan(gaps[0].mean));
  CHECK(std::isnan(gaps[1].mean));
  CHECK(gaps[1].not_finite == 2);
}
