#include "inference/convergence.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace adavi;

namespace {

/// Validations until it has converged, or `most`; the ELBO of the n-th is `elbo(n)`.
template <class Elbo>
int validations(int most, double gap, Elbo elbo) {
  Convergence convergence;
  int n = 0;
  while (n < most && !convergence.converged()) convergence.observe({static_cast<double>(elbo(n++)), gap});
  return n;
}

}  // namespace

TEST_CASE("while the ELBO rises nothing ends") {
  CHECK(validations(200, 1, [](int n) { return -100 + n; }) == 200);
  CHECK(validations(200, 1, [](int n) { return -1 / (0.01 + 0.005 * n); }) == 200);
}

TEST_CASE("it is over once the second half of the validations brought next to nothing") {
  const auto rises_until_20 = [](int n) { return n < 20 ? n : 20.0; };
  CHECK(validations(200, 1, rises_until_20) == 41);
}

TEST_CASE("with much to gain a plateau has to be longer") {
  const auto flat = [](int) { return 5.0; };
  CHECK(validations(200, 0.008, flat) == 3);
  CHECK(validations(200, 0.02, flat) == 6);
  CHECK(validations(200, 0.2, flat) == 20);
  CHECK(validations(200, INFINITY, flat) == 20);
  Convergence convergence;
  convergence.observe({5, 0.2});
  CHECK(convergence.earliest() == 20);
}

TEST_CASE("with little to gain the gap says whether more comes, whatever a few data sets do to the ELBO") {
  const auto steps_to = [](double per_validation) {
    Convergence convergence;
    int n = 0;
    for (; n < 100 && !convergence.converged(); ++n) convergence.observe({1.0 * n, 0.09 - per_validation * n});
    return n;
  };
  CHECK(steps_to(0.0001) == 20);
  CHECK(steps_to(0.005) > 10);
  CHECK(steps_to(0.005) < 20);  // at the latest once nothing is left
}

TEST_CASE("a falling ELBO, or one that is not a number, ends it, too") {
  CHECK(validations(100, 1, [](int n) { return -n; }) == 20);
  CHECK(validations(100, 1, [](int) { return std::nan(""); }) == 20);
  CHECK(validations(100, 1, [](int n) { return n < 15 ? n : std::nan(""); }) < 40);
}

TEST_CASE("noise around a level is no rise") {
  CHECK(validations(200, 1, [](int n) { return 3 + 0.5 * std::sin(7.0 * n); }) < 200);
}

TEST_CASE("where nothing is left to gain training ends at once") {
  Convergence convergence;
  convergence.observe({-5, 0.5});
  CHECK_FALSE(convergence.converged());
  convergence.observe({-4, 1e-4});
  CHECK(convergence.converged());
}
