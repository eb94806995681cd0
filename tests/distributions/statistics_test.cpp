#include <cmath>

#include "tensors.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// Arguments constant along the summed axis, of batch shape [2, 3] or less.
struct Family {
  std::string name;
  Arguments arguments;
  std::int64_t event_rank = 0;
};

at::Tensor positive(std::vector<std::int64_t> shape, double scale) {
  at::Generator generator = seeded(static_cast<std::uint64_t>(1000 * scale) + shape.size());
  return scale * (0.5 + at::rand(shape, generator, at::TensorOptions(at::kDouble)));
}

at::Tensor covariances(std::int64_t batch) {
  const at::Tensor factor = positive({batch, 2, 2}, 1).tril() + at::eye(2, at::kDouble);
  return at::matmul(factor, factor.mT());
}

std::vector<Family> families() {
  return {{"normal", {positive({2, 3}, 4), positive({3}, 0.7)}},
          {"lognormal", {positive({3}, 1), positive({2, 3}, 0.7)}},
          {"gamma", {positive({2, 3}, 4), positive({}, 0.7)}},
          {"inv_gamma", {positive({2, 3}, 4), positive({2, 1}, 0.7)}},
          {"chi_square", {positive({2, 3}, 4)}},
          {"exponential", {positive({2, 3}, 4)}},
          {"weibull", {positive({2, 3}, 1.5), positive({3}, 4)}},
          {"beta", {positive({2, 3}, 4), positive({3}, 0.7)}},
          {"poisson", {positive({2, 3}, 4)}},
          {"poisson_log", {positive({3}, 1.5)}},
          {"neg_binomial_2", {positive({2, 3}, 4), positive({3}, 2)}},
          {"neg_binomial_2_log", {positive({3}, 1.5), positive({2, 3}, 2)}},
          {"bernoulli", {positive({2, 3}, 0.5)}},
          {"bernoulli_logit", {positive({2, 3}, 1)}},
          {"categorical", {at::softmax(positive({2, 3, 4}, 2), -1)}},
          {"categorical_logit", {positive({3, 4}, 2)}},
          {"ordered_logistic", {positive({2, 3}, 1), positive({3, 4}, 1).cumsum(-1)}},
          {"multi_normal", {positive({2, 3, 2}, 1), covariances(3)}, 1},
          {"multi_normal_cholesky", {positive({3, 2}, 1), at::linalg_cholesky(covariances(3))}, 1},
          {"multi_normal_prec", {positive({2, 3, 2}, 1), covariances(3)}, 1}};
}

/// Arguments with an axis of size 1 put in where the plate is, before the last batch axis.
Arguments beside_plate(const Family& family) {
  Arguments result;
  for (const at::Tensor& argument : family.arguments) {
    const bool first = &argument == &family.arguments.front();
    std::int64_t event = family.event_rank;
    if (family.name.find("categorical") == 0 || (family.name == "ordered_logistic" && !first)) event = 1;
    if (family.event_rank == 1 && !first) event = 2;
    result.push_back(argument.dim() > event ? argument.unsqueeze(-2 - event) : argument);
  }
  return result;
}

/// Draws with the plate of 7 at axis 1: [2, 7, 3, event...].
at::Tensor draws(const Family& family) {
  at::Generator generator = seeded(30);
  std::vector<std::int64_t> shape{2, 7, 3};
  if (family.event_rank == 1) shape.push_back(2);
  return row_of(family.name).sample(shape, beside_plate(family), generator);
}

}  // namespace

TEST_CASE("sufficient statistics: every family that has them is tested") {
  std::size_t with_statistics = 0;
  for (const DistributionImplementation& row : implementations()) {
    CHECK((row.summarise == nullptr) == (row.log_density_of == nullptr));
    with_statistics += row.summarise ? 1 : 0;
  }
  CHECK(with_statistics == families().size());
}

TEST_CASE("sufficient statistics give the summed log density and its gradient") {
  for (const Family& family : families()) {
    CAPTURE(family.name);
    const DistributionImplementation& row = row_of(family.name);
    const at::Tensor x = draws(family);
    Family direct = family, summed = family;
    direct.arguments = leaves(family.arguments);
    summed.arguments = leaves(family.arguments);
    const at::Tensor expected = row.log_density(x, beside_plate(direct)).sum(1);
    for (const std::int64_t dim : {std::int64_t{1}, 1 - x.dim()}) {
      const at::Tensor value = row.log_density_of(row.summarise(x, dim), summed.arguments);
      REQUIRE(value.sizes() == expected.sizes());
      CHECK(largest((value - expected) / (1 + expected.abs())) < 1e-11);
    }
    const at::Tensor weights = at::arange(6, at::kDouble).reshape({2, 3});
    (weights * expected).sum().backward();
    (weights * row.log_density_of(row.summarise(x, 1), summed.arguments)).sum().backward();
    for (std::size_t i = 0; i < summed.arguments.size(); ++i) {
      CAPTURE(i);
      const at::Tensor one = direct.arguments[i].grad(), other = summed.arguments[i].grad();
      CHECK(largest((one - other) / (1 + one.abs())) < 1e-9);
    }
  }
}

TEST_CASE("sufficient statistics: a value outside the support makes the sum -inf") {
  for (const Family& family : families()) {
    if (family.name.find("normal") == 0 || family.event_rank == 1) continue;
    CAPTURE(family.name);
    const DistributionImplementation& row = row_of(family.name);
    at::Tensor x = draws(family);
    x[1][3][2] = -1.5;
    const at::Tensor value = row.log_density_of(row.summarise(x, 1), family.arguments);
    CHECK(value[1][2].item<double>() == -INFINITY);
    CHECK(finite(value[0]));
  }
}

TEST_CASE("sufficient statistics: categories beyond the last and zero probabilities") {
  const DistributionImplementation& row = row_of("categorical");
  const Arguments p = leaves({vector({0.4, 0, 0.6})});
  const at::Tensor possible = row.log_density_of(row.summarise(vector({1, 3, 3}), 0), p);
  CHECK(possible.item<double>() == doctest::Approx(std::log(0.4) + 2 * std::log(0.6)));
  possible.backward();
  CHECK(largest(p[0].grad() - vector({1 / 0.4, 0, 2 / 0.6})) < 1e-12);
  CHECK(row.log_density_of(row.summarise(vector({1, 2}), 0), p).item<double>() == -INFINITY);
  CHECK(row.log_density_of(row.summarise(vector({1, 5}), 0), p).item<double>() == -INFINITY);
}

TEST_CASE("sufficient statistics keep their digits in float32 far from zero") {
  at::Generator generator = seeded(31);
  const auto check = [&](const std::string& name, const Arguments& wide, double tolerance) {
    CAPTURE(name);
    const DistributionImplementation& row = row_of(name);
    // Round first: both precisions are to see the same numbers.
    const at::Tensor x = row.sample({500}, wide, generator).to(at::kFloat);
    Arguments narrow, exact;
    for (const at::Tensor& argument : wide) {
      narrow.push_back(argument.to(at::kFloat));
      exact.push_back(narrow.back().to(at::kDouble));
    }
    const double expected = row.log_density(x.to(at::kDouble), exact).sum().item<double>();
    const double value = row.log_density_of(row.summarise(x, 0), narrow).item<double>();
    CHECK(value == doctest::Approx(expected).epsilon(tolerance));
  };
  check("normal", {scalar(1000), scalar(0.5)}, 1e-4);
  check("poisson", {scalar(1e6)}, 1e-4);
  check("poisson_log", {scalar(10)}, 1e-4);
  check("gamma", {scalar(1e4), scalar(3)}, 1e-3);
  check("beta", {scalar(3e3), scalar(2e3)}, 1e-3);
}
