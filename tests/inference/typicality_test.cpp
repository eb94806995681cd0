#include "inference/typicality.hpp"

#include <algorithm>
#include <cmath>

#include "families.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

std::vector<double> p_of(const Dual& f, const VariableValues& data, std::uint64_t seed = 5) {
  const auto observation = f.generative.model.observe(data);
  return Typicality(f.dual, observation, seed)(f.dual, observation);
}

/// Kolmogorov's distance from the uniform distribution on 1/256, 2/256, ... 1.
double distance_from_uniform(std::vector<double> p) {
  std::sort(p.begin(), p.end());
  double largest = 0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double share = static_cast<double>(i + 1) / static_cast<double>(p.size());
    largest = std::max(largest, std::abs(share - p[i]));
  }
  return largest;
}

}  // namespace

TEST_CASE("data of the model are as usual as its simulations") {
  for (const char* name : {"gre.hbm", "eight_schools.hbm"}) {
    CAPTURE(name);
    Dual f(model_file(name));
    f.warmed(256);
    const auto p = p_of(f, f.generative.simulate(400, 31));
    CHECK(*std::min_element(p.begin(), p.end()) >= 1.0 / 256);
    CHECK(*std::max_element(p.begin(), p.end()) <= 1);
    // Two samples, of 400 and of 255: 1.95 is Kolmogorov's quantile at 0.001.
    CHECK(distance_from_uniform(p) < 1.95 * std::sqrt(1.0 / 400 + 1.0 / 255));
  }
}

TEST_CASE("data in other units, or of another model, are more unusual than all simulations") {
  Dual f(model_file("gre.hbm")), noisy(model_file("gre.hbm", {{"sigma_x", number(2)}}));
  f.warmed(256);
  auto data = f.generative.simulate(8, 32);
  const auto x = f.generative.index("x");
  data[x] = 100 * data[x];
  for (const double p : p_of(f, data)) CHECK(p == doctest::Approx(1.0 / 256));
  for (const double p : p_of(f, noisy.generative.simulate(8, 33))) CHECK(p == doctest::Approx(1.0 / 256));
}

TEST_CASE("missing observations alone do not make data unusual") {
  Dual f(model_file("gre.hbm"));
  f.warmed(256);
  auto data = f.generative.simulate(100, 34);
  data[f.generative.index("x")].slice(3, 10).fill_(NAN);  // of 50 observations in each group
  const auto p = p_of(f, data);
  CHECK(distance_from_uniform(p) < 1.95 * std::sqrt(1.0 / 100 + 1.0 / 255));
}

TEST_CASE("how usual data are depends on the seed alone, not on the data sets beside them") {
  Dual f(model_file("gre.hbm"));
  f.warmed(256);
  const auto data = f.generative.simulate(5, 35);
  const auto all = p_of(f, data, 7);
  auto one = data;
  for (auto& value : one)
    if (value.defined()) value = value.slice(1, 2, 3);
  CHECK(p_of(f, data, 7) == all);
  CHECK(p_of(f, one, 7).front() == doctest::Approx(all[2]));
}

TEST_CASE("simulations are for data of their cardinalities, and data sets too large to simulate get no answer") {
  Dual f(model_file("gre.hbm"));
  f.warmed(256);
  const auto observe = [&](const VariableValues& values) { return f.generative.model.observe(values); };
  auto smaller = f.generative.simulate(2, 36);
  const Typicality typicality(f.dual, observe(smaller), 7);
  CHECK(typicality.fits(f.dual, observe(f.generative.simulate(3, 37))));
  smaller[f.generative.index("x")] = smaller[f.generative.index("x")].slice(3, 0, 20);
  CHECK_FALSE(typicality.fits(f.dual, observe(smaller)));
  Dual large(model_file("gre.hbm", {{"N", integer(6000)}}));
  large.warmed(8);
  for (const double p : p_of(large, large.generative.simulate(2, 38))) CHECK(std::isnan(p));
}
