#include <cmath>

#include "distributions/numerics.hpp"
#include "tensors.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

struct Extreme {
  std::string name;
  Arguments arguments;
  at::Tensor x;
};

/// Scales from 1e-6 to 1e6, logits of +-1e3, counts of a million: values whose exact density float32 can hold.
std::vector<Extreme> extremes() {
  const auto s = scalar;
  return {{"normal", {s(0), s(1e-6)}, s(3e-6)},
          {"normal", {s(1e6), s(1e6)}, s(-3e6)},
          {"lognormal", {s(-10), s(3)}, s(1e-6)},
          {"student_t", {s(1e6), s(0), s(1e-6)}, s(3e-6)},
          {"student_t", {s(1e-3), s(0), s(1e6)}, s(1e20)},
          {"cauchy", {s(0), s(1e-6)}, s(1e20)},
          {"double_exponential", {s(0), s(1e-6)}, s(1e-3)},
          {"logistic", {s(0), s(1)}, s(-1e3)},
          {"gumbel", {s(0), s(1)}, s(1e3)},
          {"gumbel", {s(0), s(1)}, s(-40)},
          {"exponential", {s(1e6)}, s(1e-6)},
          {"gamma", {s(1e6), s(1e6)}, s(1.001)},
          {"gamma", {s(1e-6), s(1)}, s(1e-30)},
          {"gamma", {s(3), s(1e-6)}, s(1e6)},
          {"inv_gamma", {s(1e6), s(1e6)}, s(0.9995)},
          {"chi_square", {s(2e6)}, s(2.001e6)},
          {"weibull", {s(30), s(1e6)}, s(9e5)},
          {"beta", {s(1e6), s(1e6)}, s(0.5003)},
          {"beta", {s(1e-6), s(1)}, s(1e-30)},
          {"beta", {s(1), s(1e6)}, s(1e-6)},
          {"von_mises", {s(0), s(1e6)}, s(1e-3)},
          {"von_mises", {s(0), s(1e-6)}, s(3)},
          {"pareto", {s(1e-6), s(0.1)}, s(1e30)},
          {"dirichlet", {vector({1e6, 1e6})}, vector({0.5, 0.5})},
          {"dirichlet", {vector({1e-6, 1, 1e-6})}, vector({1e-30, 1, 1e-20})},
          {"lkj_corr_cholesky", {s(1e6)}, at::eye(4, at::kDouble)},
          {"bernoulli_logit", {s(1e3)}, s(0)},
          {"bernoulli_logit", {s(-1e3)}, s(0)},
          {"binomial", {s(1e6), s(0.5)}, s(500300)},
          {"binomial", {s(1e6), s(1e-6)}, s(2)},
          {"binomial_logit", {s(1e6), s(0)}, s(500300)},
          {"binomial_logit", {s(1e6), s(1e3)}, s(1e6)},
          {"binomial_logit", {s(20), s(-1e3)}, s(20)},
          {"poisson", {s(1e6)}, s(1001000)},
          {"poisson", {s(1e-6)}, s(3)},
          {"poisson_log", {s(-1e3)}, s(3)},
          {"poisson_log", {s(-1e3)}, s(0)},
          {"neg_binomial_2", {s(1e6), s(10)}, s(900000)},
          {"neg_binomial_2", {s(3), s(1e6)}, s(5)},
          {"neg_binomial_2", {s(3), s(1e-6)}, s(0)},
          {"neg_binomial_2_log", {s(-1e3), s(1)}, s(2)},
          {"neg_binomial_2_log", {s(1e3), s(1)}, s(2)},
          {"beta_binomial", {s(1e6), s(1e6), s(1e6)}, s(500300)},
          {"beta_binomial", {s(10), s(1e-6), s(1)}, s(0)},
          {"categorical_logit", {vector({1e3, -1e3, 0})}, s(2)},
          {"ordered_logistic", {s(1e3), vector({-1, 1})}, s(1)},
          {"ordered_logistic", {s(-1e3), vector({-1, 1})}, s(2)},
          {"ordered_logistic", {s(0), vector({-1e-6, 1e-6})}, s(2)},
          {"multinomial", {vector({0.25, 0.25, 0.5}), s(1e6)}, vector({250300, 249800, 499900})}};
}

bool continuous(const std::string& name) {
  for (const char* discrete : {"bernoulli", "binomial", "poisson", "categorical", "ordered", "multinomial"}) {
    if (name.find(discrete) != std::string::npos) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("extremes in float32: the value of float64 and finite gradients") {
  for (const Extreme& extreme : extremes()) {
    CAPTURE(extreme.name);
    CAPTURE(extreme.arguments);
    CAPTURE(extreme.x);
    Arguments narrow, exact;
    for (const at::Tensor& argument : extreme.arguments) {
      narrow.push_back(argument.to(at::kFloat).set_requires_grad(true));
      exact.push_back(narrow.back().detach().to(at::kDouble));
    }
    const at::Tensor x = extreme.x.to(at::kFloat).set_requires_grad(continuous(extreme.name));
    const DistributionImplementation& row = row_of(extreme.name);
    const double expected = row.log_density(x.detach().to(at::kDouble), exact).item<double>();
    const at::Tensor value = row.log_density(x, narrow);
    REQUIRE(std::isfinite(expected));
    CHECK(std::abs(value.item<double>() - expected) < 3e-4 * (1 + std::abs(expected)));
    value.backward();
    if (x.requires_grad()) CHECK(finite(gradient_of(x)));
    for (const at::Tensor& argument : narrow) CHECK(finite(gradient_of(argument)));
  }
}

TEST_CASE("outside the support: -inf, and gradients stay finite") {
  const auto check = [](const std::string& name, const Arguments& values, const std::vector<double>& points) {
    CAPTURE(name);
    for (const double point : points) {
      CAPTURE(point);
      const Arguments arguments = leaves(values);
      const at::Tensor x = scalar(point).set_requires_grad(continuous(name));
      const at::Tensor value = row_of(name).log_density(x, arguments);
      CHECK(value.item<double>() == -INFINITY);
      value.backward();
      CHECK(finite(gradient_of(x)));
      for (const at::Tensor& argument : arguments) CHECK(finite(gradient_of(argument)));
    }
  };
  const auto s = scalar;
  for (const char* name : {"lognormal", "gamma", "inv_gamma"}) check(name, {s(1), s(2)}, {-1, 0});
  check("chi_square", {s(3)}, {-1, 0});
  check("exponential", {s(3)}, {-1});
  check("weibull", {s(3), s(1)}, {-1});
  check("beta", {s(2), s(3)}, {-0.1, 0, 1, 1.5});
  check("uniform", {s(2), s(3)}, {1.9, 3.1});
  check("pareto", {s(2), s(3)}, {-1, 0, 1.9});
  check("von_mises", {s(0), s(3)}, {3.2, -3.2});
  check("bernoulli", {s(0)}, {1, 2, 0.5});
  check("bernoulli", {s(1)}, {0});
  check("binomial", {s(5), s(0)}, {1, 6});
  check("binomial", {s(5), s(1)}, {4});
  check("poisson", {s(0)}, {1});
  check("categorical", {vector({0.5, 0, 0.5})}, {2, 0, 4});
}

TEST_CASE("certain outcomes have log density zero and finite gradients") {
  const auto check = [](const std::string& name, const Arguments& values, const at::Tensor& x) {
    CAPTURE(name);
    const Arguments arguments = leaves(values);
    const at::Tensor value = row_of(name).log_density(x, arguments);
    CHECK(value.item<double>() == 0);
    value.backward();
    for (const at::Tensor& argument : arguments) CHECK(finite(gradient_of(argument)));
  };
  check("bernoulli", {scalar(1)}, scalar(1));
  check("bernoulli", {scalar(0)}, scalar(0));
  check("binomial", {scalar(5), scalar(1)}, scalar(5));
  check("binomial", {scalar(5), scalar(0)}, scalar(0));
  check("binomial", {scalar(0), scalar(0.3)}, scalar(0));
  check("poisson", {scalar(0)}, scalar(0));
  check("categorical", {vector({0, 1})}, scalar(2));
  check("multinomial", {vector({0, 1}), scalar(4)}, vector({0, 4}));
}

TEST_CASE("samplers stay in the support at extremes, in float32") {
  at::Generator generator = seeded(50);
  for (const Extreme& extreme : extremes()) {
    CAPTURE(extreme.name);
    CAPTURE(extreme.arguments);
    Arguments narrow;
    for (const at::Tensor& argument : extreme.arguments) narrow.push_back(argument.to(at::kFloat));
    std::vector<std::int64_t> shape{200};
    for (const std::int64_t size : extreme.x.sizes()) shape.push_back(size);
    const at::Tensor x = row_of(extreme.name).sample(shape, narrow, generator);
    REQUIRE(x.sizes() == at::IntArrayRef(shape));
    CHECK((x.scalar_type() == at::kFloat));
    CHECK(finite(x));
    CHECK((row_of(extreme.name).log_density(x, narrow) > -INFINITY).all().item<bool>());
  }
}

TEST_CASE("the building blocks keep their digits") {
  const at::Tensor y = vector({0, 1e-9, 0.5, 3, 15.9, 16.1, 1e3, 1e6});
  const at::Tensor direct = at::lgamma(y + 1) - at::xlogy(y, y) + y;
  CHECK(largest((stirling_rest(y) - direct).slice(0, 0, 7)) < 1e-11);
  CHECK(stirling_rest(scalar(1e6)).item<double>() ==
        doctest::Approx(0.5 * std::log(2e6 * pi) + 1 / 12e6).epsilon(1e-14));
  // x log(x / m) + m - x = d^2 / (2 m) - d^3 / (6 m^2) + ... for d = x - m.
  CHECK(deviance(scalar(1e6 + 1), scalar(1e6), at::log(scalar(1e6))).item<double>() ==
        doctest::Approx(5e-7 - 1e-12 / 6).epsilon(1e-9));
  CHECK(deviance(scalar(0), scalar(0), scalar(-INFINITY)).item<double>() == 0);
  CHECK(log1m_exp(scalar(1e-20)).item<double>() == doctest::Approx(std::log(1e-20)));
  CHECK(log1m_exp(scalar(50)).item<double>() == doctest::Approx(-std::exp(-50)).epsilon(1e-12));
  CHECK(log1p_square(vector({1e200}))[0].item<double>() == doctest::Approx(400 * std::log(10)));
  CHECK(log_mean_excess(vector({1, 4}), 0).item<double>() == doctest::Approx(std::log(2.5 / 2)));
}
