#include "inference/convergence.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace adavi;

namespace {

/// Feeds validations every 50 steps until the decay begins or `count` were seen; the ELBO of the n-th is `elbo(n)`.
template <class Elbo>
std::int64_t run(Convergence& convergence, int count, Elbo elbo) {
  std::int64_t step = 0;
  for (int n = 0; n < count && convergence.decay_begin == 0; ++n) {
    step += 50;
    convergence.observe({step, static_cast<double>(elbo(n)), 1.0});
  }
  return step;
}

}  // namespace

TEST_CASE("while the ELBO rises the learning rate stays and nothing ends") {
  Convergence convergence;
  run(convergence, 60, [](int n) { return -100 + n; });
  CHECK(convergence.decay_begin == 0);
  CHECK(convergence.expected_end(3000, 50) == 6000);
  CHECK(convergence.rate(3000) == 1);
  CHECK_FALSE(convergence.converged(3000));
}

TEST_CASE("once the ELBO is flat the rate falls to almost nothing, and then it is over") {
  Convergence convergence;
  const auto begin = run(convergence, 200, [](int n) { return n < 20 ? n : 20.0; });
  REQUIRE(convergence.decay_begin == begin);
  CHECK(begin < 50 * 60);
  CHECK(begin > 50 * 20);
  const auto end = convergence.expected_end(begin, 50);
  CHECK(end > begin);
  CHECK(convergence.rate(begin) == doctest::Approx(1));
  CHECK(convergence.rate((begin + end) / 2) == doctest::Approx(0.5).epsilon(0.01));
  for (auto step = begin; step + 10 <= end; step += 10) CHECK(convergence.rate(step + 10) <= convergence.rate(step));
  CHECK(convergence.rate(end) > 0);
  CHECK(convergence.rate(end) < 0.01);
  CHECK_FALSE(convergence.converged(end - 1));
  CHECK(convergence.converged(end));
  // What comes later does not start it anew.
  convergence.observe({begin + 50, 1000, 1.0});
  CHECK(convergence.decay_begin == begin);
}

TEST_CASE("a few validations alone do not tell that the ELBO is flat") {
  Convergence convergence;
  run(convergence, 8, [](int) { return 5.0; });
  CHECK(convergence.decay_begin == 0);
  CHECK(convergence.expected_end(400, 50) > 400);
}

TEST_CASE("a falling ELBO, or one that is not a number, ends in the decay too") {
  Convergence falling, lost;
  run(falling, 100, [](int n) { return -n; });
  CHECK(falling.decay_begin > 0);
  run(lost, 100, [](int) { return std::nan(""); });
  CHECK(lost.decay_begin > 0);
}

TEST_CASE("noise around a level is no rise") {
  Convergence convergence;
  run(convergence, 200, [](int n) { return 3 + 0.5 * std::sin(7.0 * n); });
  CHECK(convergence.decay_begin > 0);
}

TEST_CASE("where nothing is left to gain training ends at once") {
  Convergence convergence;
  convergence.observe({0, -5, 0.5});
  CHECK_FALSE(convergence.converged(0));
  convergence.observe({50, -4, 1e-4});
  CHECK(convergence.converged(50));
}
