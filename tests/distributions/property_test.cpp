#include <algorithm>
#include <cmath>
#include <set>

#include "catalog/distributions.hpp"
#include "goodness_of_fit.hpp"
#include "univariate_cases.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

constexpr std::int64_t draws = 4000;

void check_gradients(const DistributionImplementation& row, const at::Tensor& x, const Arguments& arguments,
                     bool in_variate) {
  const std::vector<at::Tensor> a = leaves(arguments);
  const at::Tensor y = x.clone().set_requires_grad(in_variate);
  row.log_density(y, a).sum().backward();
  if (in_variate) {
    const at::Tensor expected =
        finite_difference([&](const at::Tensor& v) { return row.log_density(v, arguments).sum(); }, x);
    CHECK(largest((gradient_of(y) - expected) / (1 + expected.abs())) < 1e-5);
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool integer =
        i == 0 && (row.name == "binomial" || row.name == "binomial_logit" || row.name == "beta_binomial");
    if (integer) continue;
    CAPTURE(i);
    Arguments moved = arguments;
    const at::Tensor expected = finite_difference(
        [&](const at::Tensor& v) {
          moved[i] = v;
          return row.log_density(x, moved).sum();
        },
        arguments[i]);
    CHECK(largest((gradient_of(a[i]) - expected) / (1 + expected.abs())) < 1e-5);
  }
}

}  // namespace

TEST_CASE("every univariate row of the catalogue has a case") {
  std::set<std::string> cases;
  for (const Continuous& c : continuous_cases()) cases.insert(c.name);
  for (const Discrete& c : discrete_cases()) cases.insert(c.name);
  for (const DistributionRow& row : distribution_catalogue()) {
    CAPTURE(std::string(row.name));
    CHECK((cases.count(std::string(row.name)) == 1) == (event_rank(row) == 0));
  }
}

TEST_CASE("continuous densities integrate to one") {
  for (const Continuous& c : continuous_cases()) {
    CAPTURE(c.name);
    CAPTURE(c.arguments);
    const Quadrature rule = quadrature(c);
    const at::Tensor density = at::exp(row_of(c.name).log_density(rule.nodes, c.arguments));
    CHECK((density * rule.weights).sum().item<double>() == doctest::Approx(1).epsilon(2e-6));
  }
}

TEST_CASE("draws of continuous distributions follow their densities") {
  at::Generator generator = seeded(1);
  for (const Continuous& c : continuous_cases()) {
    CAPTURE(c.name);
    CAPTURE(c.arguments);
    const DistributionImplementation& row = row_of(c.name);
    const at::Tensor x = row.sample({draws}, c.arguments, generator);
    REQUIRE(x.sizes() == at::IntArrayRef({draws}));
    CHECK(finite(row.log_density(x, c.arguments)));
    const Quadrature rule = quadrature(c);
    const at::Tensor density = at::exp(row.log_density(rule.nodes, c.arguments));
    CHECK(kolmogorov_distance(distribution_function(rule, density, x)) < kolmogorov_limit(draws));
  }
}

TEST_CASE("discrete densities sum to one and draws follow them") {
  at::Generator generator = seeded(2);
  for (const Discrete& c : discrete_cases()) {
    CAPTURE(c.name);
    CAPTURE(c.arguments);
    const DistributionImplementation& row = row_of(c.name);
    const at::Tensor values = at::arange(c.first, c.last + 1, at::kDouble);
    const at::Tensor p = at::exp(row.log_density(values, c.arguments));
    CHECK(p.sum().item<double>() == doctest::Approx(1).epsilon(1e-9));
    const at::Tensor outside = row.log_density(vector({c.first - 1, c.first + 0.5, -7, NAN}), c.arguments);
    CHECK((outside == -INFINITY).all().item<bool>());

    const at::Tensor x = row.sample({draws}, c.arguments, generator);
    REQUIRE(x.sizes() == at::IntArrayRef({draws}));
    CHECK((x.scalar_type() == at::kDouble));
    CHECK(finite(row.log_density(x, c.arguments)));
    const at::Tensor counts = (x.unsqueeze(-1) == values).sum(0).to(at::kDouble);
    check_chi_square(counts, p * draws);
  }
}

TEST_CASE("gradients are those of finite differences") {
  at::Generator generator = seeded(3);
  for (const Continuous& c : continuous_cases()) {
    CAPTURE(c.name);
    CAPTURE(c.arguments);
    at::Tensor x = row_of(c.name).sample({5}, c.arguments, generator);
    check_gradients(row_of(c.name), x, c.arguments, true);
  }
  for (const Discrete& c : discrete_cases()) {
    CAPTURE(c.name);
    CAPTURE(c.arguments);
    check_gradients(row_of(c.name), row_of(c.name).sample({5}, c.arguments, generator), c.arguments, false);
  }
}

TEST_CASE("distribution functions: derivative of log_cdf is the density, quantiles invert, tails complement") {
  const at::Tensor p = vector({1e-12, 1e-4, 0.03, 0.3, 0.5, 0.8, 0.99});
  for (const Continuous& c : continuous_cases()) {
    const DistributionImplementation& row = row_of(c.name);
    if (!row.cdf) continue;
    CAPTURE(c.name);
    CAPTURE(c.arguments);
    const at::Tensor x = row.quantile(p, c.arguments).set_requires_grad(true);
    CHECK(largest(row.cdf(x, c.arguments) / p - 1) < (c.name == "uniform" || c.name == "pareto" ? 1e-3 : 1e-8));
    const at::Tensor y = row.survival_quantile(p, c.arguments);
    const bool bounded_above = c.name == "uniform";
    CHECK(largest(at::exp(row.log_survival(y, c.arguments)) / p - 1) < (bounded_above ? 1e-3 : 1e-8));
    CHECK(largest(at::exp(row.log_survival(x, c.arguments)) - (1 - p)) < 1e-12);
    row.cdf(x, c.arguments).sum().backward();
    const at::Tensor density = at::exp(row.log_density(x.detach(), c.arguments));
    CHECK(largest(x.grad() / density - 1) < 1e-3);
    CHECK(largest((x.grad() / density - 1).slice(0, 1)) < 1e-8);
  }
}

TEST_CASE("reparameterised draws differentiate expectations") {
  constexpr std::int64_t many = 20000;
  at::Generator generator = seeded(4);
  for (const Continuous& c : continuous_cases()) {
    const DistributionImplementation& row = row_of(c.name);
    if (!row.reparameterised || c.name == "pareto") continue;
    CAPTURE(c.name);
    CAPTURE(c.arguments);
    const double centre = c.line == Line::real ? c.centre : 0.5 * c.scale;
    const auto bounded = [&](const at::Tensor& x) { return at::tanh((x - centre) / c.scale); };
    Arguments expanded;
    for (const at::Tensor& argument : c.arguments) expanded.push_back(argument.expand({many}));
    expanded = leaves(expanded);
    bounded(row.sample({many}, expanded, generator)).sum().backward();
    for (std::size_t i = 0; i < expanded.size(); ++i) {
      if (c.name == "uniform") continue;  // the quadrature's interval would have to move
      CAPTURE(i);
      Arguments moved = c.arguments;
      const Quadrature rule = quadrature(c);
      const at::Tensor expected = finite_difference(
          [&](const at::Tensor& v) {
            moved[i] = v;
            return (bounded(rule.nodes) * rule.weights * at::exp(row.log_density(rule.nodes, moved))).sum();
          },
          c.arguments[i]);
      const at::Tensor slopes = expanded[i].grad();
      const double error = slopes.std().item<double>() / std::sqrt(static_cast<double>(many));
      CHECK(std::abs((slopes.mean() - expected).item<double>()) < 4 * error + 1e-6);
    }
  }
}
