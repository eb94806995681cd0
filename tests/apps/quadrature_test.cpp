#include "reference/quadrature.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace adavi::reference;

namespace {

template <class Function>
double integral(const Rule& rule, Function f) {
  double sum = 0;
  for (std::size_t i = 0; i < rule.nodes.size(); ++i) sum += rule.weights[i] * f(rule.nodes[i]);
  return sum;
}

}  // namespace

TEST_CASE("n points integrate polynomials of degree 2 n - 1, and not of 2 n") {
  for (int n = 1; n <= 20; ++n) {
    CAPTURE(n);
    const Rule rule = gauss_legendre(0, 1, n);
    const auto power = [&](int k) { return integral(rule, [k](double x) { return std::pow(x, k); }); };
    CHECK(power(2 * n - 1) == doctest::Approx(1.0 / (2 * n)).epsilon(1e-12));
    if (n < 8) CHECK(std::abs(power(2 * n) - 1.0 / (2 * n + 1)) > 1e-12);
  }
}

TEST_CASE("panels cover the interval in order") {
  const Rule rule = gauss_legendre(-2, 3, 5, 4);
  REQUIRE(rule.nodes.size() == 20);
  for (std::size_t i = 1; i < 20; ++i) CHECK(rule.nodes[i] > rule.nodes[i - 1]);
  CHECK(integral(rule, [](double) { return 1.0; }) == doctest::Approx(5).epsilon(1e-14));
  CHECK(integral(rule, [](double x) { return std::exp(x); }) ==
        doctest::Approx(std::exp(3.0) - std::exp(-2.0)).epsilon(1e-11));
}

TEST_CASE("log_sum_exp neither overflows nor loses nothing") {
  CHECK(log_sum_exp({1000, 1000}) == doctest::Approx(1000 + std::log(2.0)));
  CHECK(log_sum_exp({-2000}) == -2000);
  CHECK(log_sum_exp({}) == -std::numeric_limits<double>::infinity());
  CHECK(log_sum_exp({-std::numeric_limits<double>::infinity(), 3}) == doctest::Approx(3));
}

TEST_CASE("moments from means of x and its square") {
  CHECK(moments_of(3, 13).mean == 3);
  CHECK(moments_of(3, 13).sd == doctest::Approx(2));
  CHECK(moments_of(3, 9 - 1e-13).sd == 0);
}

TEST_CASE("the mass of a density is found in a range of any width, and kept whole") {
  for (const double width : {1.0, 30.0, 1e6}) {
    for (const double sd : {1.0, 1e-3}) {
      CAPTURE(width);
      CAPTURE(sd);
      const double centre = 0.3 * width;
      const auto log_density = [&](double x) { return log_normal_density(x, centre, sd * sd); };
      const Interval range = concentrate({0, width}, log_density);
      CHECK(range.lower <= std::max(0.0, centre - 7 * sd));
      CHECK(range.upper >= std::min(width, centre + 7 * sd));
      CHECK(range.upper - range.lower < 25 * sd);
    }
  }
}

TEST_CASE("a density that is largest at an end of the range keeps it") {
  const Interval range = concentrate({0, 1000}, [](double x) { return -5 * x; });
  CHECK(range.lower == 0);
  CHECK(range.upper > 6);
  CHECK(range.upper < 15);
}
