#include "distributions/truncation.hpp"

#include <array>
#include <cmath>

#include "distributions/mixture.hpp"
#include "univariate_cases.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const DistributionImplementation& normal() { return row_of("normal"); }

/// Integral of the truncated density between finite bounds.
double integral(const Continuous& c, const Truncation& bounds) {
  const Quadrature rule = quadrature(Line::interval, bounds.lower.item<double>(), bounds.upper.item<double>());
  return (rule.weights * at::exp(truncated_log_density(row_of(c.name), rule.nodes, c.arguments, bounds)))
      .sum()
      .item<double>();
}

}  // namespace

TEST_CASE("half-normal and half-Cauchy are exact") {
  const at::Tensor x = vector({0, 0.3, 2, 40});
  const Truncation positive{scalar(0), {}};
  for (const char* name : {"normal", "cauchy", "double_exponential", "logistic", "student_t"}) {
    CAPTURE(name);
    const DistributionImplementation& row = row_of(name);
    const Arguments arguments =
        std::string(name) == "student_t" ? Arguments{scalar(3), scalar(0), scalar(5)} : Arguments{scalar(0), scalar(5)};
    const at::Tensor expected = row.log_density(x, arguments) + std::log(2.);
    CHECK(largest(truncated_log_density(row, x, arguments, positive) - expected) < 1e-15);
    CHECK(truncated_log_density(row, scalar(-1e-9), arguments, positive).item<double>() == -INFINITY);
  }
}

TEST_CASE("truncated densities integrate to one, for bounds on either side of the median") {
  for (const Continuous& c : continuous_cases()) {
    const DistributionImplementation& row = row_of(c.name);
    if (!can_truncate(row)) continue;
    CAPTURE(c.name);
    for (const auto& [from, to] : {std::pair{0.01, 0.2}, {0.3, 0.8}, {0.6, 0.999}}) {
      const Truncation bounds{row.quantile(scalar(from), c.arguments), row.quantile(scalar(to), c.arguments)};
      CHECK(log_mass(row, c.arguments, bounds).item<double>() == doctest::Approx(std::log(to - from)));
      CHECK(integral(c, bounds) == doctest::Approx(1).epsilon(1e-4));
    }
  }
}

TEST_CASE("truncated draws are uniform on the scale of the truncated distribution function") {
  at::Generator generator = seeded(20);
  constexpr std::int64_t draws = 3000;
  for (const Continuous& c : continuous_cases()) {
    const DistributionImplementation& row = row_of(c.name);
    if (!can_truncate(row)) continue;
    CAPTURE(c.name);
    const at::Tensor lower = row.quantile(scalar(0.1), c.arguments), upper = row.quantile(scalar(0.9), c.arguments);
    for (const Truncation& bounds : {Truncation{lower, upper}, {lower, {}}, {{}, upper}}) {
      const double from = bounds.lower.defined() ? 0.1 : 0, to = bounds.upper.defined() ? 0.9 : 1;
      const at::Tensor x = sample_truncated(row, {draws}, c.arguments, bounds, generator);
      CHECK(finite(truncated_log_density(row, x, c.arguments, bounds)));
      const at::Tensor u = std::get<0>(((row.cdf(x, c.arguments) - from) / (to - from)).sort());
      CHECK(largest(u - (at::arange(draws, at::kDouble) + 0.5) / draws) < 2.226 / std::sqrt(draws));
    }
  }
}

TEST_CASE("far tails: log mass and gradients stay finite and right where the mass underflows") {
  for (const at::ScalarType dtype : {at::kFloat, at::kDouble}) {
    const Arguments arguments = leaves({at::scalar_tensor(0, dtype), at::scalar_tensor(1, dtype)});
    const Truncation tail{at::scalar_tensor(40, dtype), {}};
    const at::Tensor mass = log_mass(normal(), arguments, tail);
    CHECK(mass.item<double>() == doctest::Approx(-804.608442013754).epsilon(1e-6));  // scipy.stats.norm.logsf(40)
    mass.backward();
    // The derivative in mu is the hazard, close to 40 + 1 / 40.
    CHECK(arguments[0].grad().item<double>() == doctest::Approx(40.02496885).epsilon(1e-4));
    at::Generator generator = seeded(21);
    const at::Tensor x = sample_truncated(normal(), {100}, arguments, tail, generator);
    CHECK(finite(x));
    CHECK((x > 40).all().item<bool>());
  }
}

TEST_CASE("tails of Student's t are those of SciPy and mpmath") {
  const std::vector<std::array<double, 3>> table = {
      {1, 5, -2.7672755312468293},   {3, 0.1, -0.76932399257925842}, {3, 2.5, -3.1269047704697446},
      {3, 1e6, -41.348808234851822}, {0.3, 40, -2.1579293793270861}, {30, -1.5, -0.074759068986694158},
      {30, 12, -28.907531385111042}, {1000, 3, -6.5832439163304194}, {1e6, 6, -20.736427162290006}};
  const DistributionImplementation& row = row_of("student_t");
  for (const auto& [nu, t, log_survival] : table) {
    CAPTURE(nu);
    CAPTURE(t);
    const Arguments arguments{scalar(nu), scalar(0), scalar(1)};
    CHECK(row.log_survival(scalar(t), arguments).item<double>() == doctest::Approx(log_survival).epsilon(1e-9));
    CHECK(row.log_cdf(scalar(-t), arguments).item<double>() == doctest::Approx(log_survival).epsilon(1e-9));
    if (t < 0) continue;
    const at::Tensor x = row.survival_quantile(scalar(std::exp(log_survival)), arguments);
    CHECK(x.item<double>() == doctest::Approx(t).epsilon(1e-7));
  }
}

TEST_CASE("draws of a truncated Student's t differentiate its quantiles") {
  const Truncation positive{scalar(0), {}};
  const Arguments tracked = leaves({scalar(3), scalar(0.5), scalar(2)});
  const auto draw = [&](const Arguments& arguments) {
    at::Generator generator = seeded(22);
    return sample_truncated(row_of("student_t"), {50}, arguments, positive, generator).sum();
  };
  draw(tracked).backward();
  for (std::size_t i = 0; i < tracked.size(); ++i) {
    CAPTURE(i);
    Arguments moved = {scalar(3), scalar(0.5), scalar(2)};
    const at::Tensor expected = finite_difference(
        [&](const at::Tensor& v) {
          moved[i] = v;
          return draw(moved);
        },
        moved[i]);
    CHECK(tracked[i].grad().item<double>() == doctest::Approx(expected.item<double>()).epsilon(1e-5));
  }
}

TEST_CASE("truncation: gradients in arguments, variate and bounds are those of finite differences") {
  for (const Continuous& c : continuous_cases()) {
    const DistributionImplementation& row = row_of(c.name);
    if (!can_truncate(row)) continue;
    CAPTURE(c.name);
    CAPTURE(c.arguments);
    const auto quantile = [&](double p) { return row.quantile(scalar(p), c.arguments); };
    std::vector<at::Tensor> point = c.arguments;
    for (const double p : {0.4, 0.1, 0.7}) point.push_back(quantile(p));  // variate, lower and upper bound
    for (const auto& [lower, upper] : {std::pair{true, true}, {true, false}, {false, true}}) {
      CAPTURE(lower);
      CAPTURE(upper);
      const auto value = [&, lower = lower, upper = upper](const std::vector<at::Tensor>& p) {
        const Arguments arguments(p.begin(), p.end() - 3);
        const Truncation bounds{lower ? p[p.size() - 2] : at::Tensor(), upper ? p.back() : at::Tensor()};
        return truncated_log_density(row, p[p.size() - 3], arguments, bounds);
      };
      // The step of the difference is coarse for a scale far below the location.
      const std::vector<at::Tensor> tracked = leaves(point);
      value(tracked).backward();
      for (std::size_t i = 0; i < point.size(); ++i) {
        CAPTURE(i);
        std::vector<at::Tensor> moved = point;
        const at::Tensor expected = finite_difference(
            [&](const at::Tensor& v) {
              moved[i] = v;
              return value(moved);
            },
            point[i]);
        CHECK(largest((gradient_of(tracked[i]) - expected) / (1 + expected.abs())) < 2e-4);
      }
    }
  }
}

TEST_CASE("truncation: one bound leaves the mass beyond it") {
  for (const Continuous& c : continuous_cases()) {
    const DistributionImplementation& row = row_of(c.name);
    if (!can_truncate(row)) continue;
    CAPTURE(c.name);
    for (const double p : {1e-6, 0.2, 0.5, 0.9}) {
      const at::Tensor low = row.quantile(scalar(p), c.arguments), high = row.survival_quantile(scalar(p), c.arguments);
      CHECK(log_mass(row, c.arguments, {{}, low}).item<double>() == doctest::Approx(std::log(p)).epsilon(1e-4));
      CHECK(log_mass(row, c.arguments, {high, {}}).item<double>() == doctest::Approx(std::log(p)).epsilon(1e-4));
    }
  }
}

TEST_CASE("mixtures: the density is the weighted sum") {
  const at::Tensor x = vector({-1, 0.2, 7}), w = vector({0.2, 0.7, 0.1});
  const at::Tensor log_p = normal().log_density(x.unsqueeze(-1), {vector({-1, 0, 5}), vector({1, 2, 0.5})});
  const at::Tensor expected = at::log((w * at::exp(log_p)).sum(-1));
  CHECK(largest(log_mix(w, log_p, -1) - expected) < 1e-12);
}

TEST_CASE("mixtures: components without weight or density leave values and gradients finite") {
  for (const at::ScalarType dtype : {at::kFloat, at::kDouble}) {
    const at::Tensor w = vector({0, 0.5, 0.5}).to(dtype).set_requires_grad(true);
    const at::Tensor log_p = vector({3, -INFINITY, -2000}).to(dtype).set_requires_grad(true);
    const at::Tensor mixed = log_mix(w, log_p, 0);
    CHECK(mixed.item<double>() == doctest::Approx(-2000 + std::log(0.5)));
    mixed.backward();
    CHECK(finite(w.grad()));
    CHECK(largest(log_p.grad() - vector({0, 0, 1}).to(dtype)) < 1e-6);
  }
  const at::Tensor w = vector({0.5, 0.5}).set_requires_grad(true);
  const at::Tensor impossible = log_mix(w, vector({-INFINITY, -INFINITY}), 0);
  CHECK(impossible.item<double>() == -INFINITY);
  impossible.backward();
  CHECK(finite(w.grad()));
}
