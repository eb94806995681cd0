// Every row of the catalogue where its support ends, or as near to the end as numbers get: no NaN, and finite
// gradients.
#include <cmath>
#include <set>

#include "catalog/distributions.hpp"
#include "tensors.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

constexpr double pi = 3.14159265358979323846;

struct Edge {
  std::string name;
  Arguments arguments;
  std::vector<at::Tensor> points;
};

std::vector<at::Tensor> scalars(const std::vector<double>& values) {
  std::vector<at::Tensor> result;
  for (const double value : values) result.push_back(scalar(value));
  return result;
}

std::vector<Edge> continuous_edges() {
  const auto s = scalar;
  const std::vector<double> far = {-1e30, -1e3, 0, 1e3, 1e30}, positive = {-1, 0, 1e-30, 1e30};
  const std::vector<double> unit = {0, 1e-30, 1 - 1e-7, 1};
  return {
      {"normal", {s(0), s(1)}, scalars({-1e15, 0, 1e15})},
      {"lognormal", {s(0), s(1)}, scalars(positive)},
      {"student_t", {s(3), s(0), s(1)}, scalars(far)},
      {"cauchy", {s(0), s(1)}, scalars(far)},
      {"double_exponential", {s(0), s(1)}, scalars(far)},
      {"logistic", {s(0), s(1)}, scalars(far)},
      {"gumbel", {s(0), s(1)}, scalars({-80, 0, 1e30})},
      {"exponential", {s(2)}, scalars(positive)},
      {"gamma", {s(0.5), s(1)}, scalars(positive)},
      {"gamma", {s(1), s(1)}, scalars(positive)},
      {"gamma", {s(3), s(1)}, scalars(positive)},
      {"inv_gamma", {s(2), s(1)}, scalars({-1, 0, 1e-15, 1e30})},
      {"chi_square", {s(1)}, scalars(positive)},
      {"weibull", {s(0.5), s(1)}, scalars(positive)},
      {"weibull", {s(1), s(1)}, scalars(positive)},
      {"weibull", {s(3), s(1)}, scalars({-1, 0, 1e-10, 1e5})},
      {"beta", {s(0.5), s(0.5)}, scalars(unit)},
      {"beta", {s(1), s(1)}, scalars(unit)},
      {"beta", {s(3), s(2)}, scalars(unit)},
      {"uniform", {s(-1), s(2)}, scalars({-1 - 1e-6, -1, 2, 2 + 1e-6})},
      {"von_mises", {s(0), s(2)}, scalars({-3.2, -pi, pi, 3.2})},
      {"pareto", {s(2), s(3)}, scalars({-1, 0, 2, 1e30})},
      {"dirichlet", {vector({0.5, 1, 3})}, {vector({1e-30, 0.5, 0.5}), vector({0, 0.5, 0.5}), vector({1, 0, 0})}},
      {"multi_normal", {vector({0, 0}), matrix(2, {1, 0, 0, 1})}, {vector({1e15, -1e15}), vector({0, 0})}},
      {"multi_normal", {vector({0, 0}), matrix(2, {1, 1 - 1e-9, 1 - 1e-9, 1})}, {vector({1, 1})}},
      {"multi_normal_cholesky", {vector({0, 0}), matrix(2, {1, 0, 1, 1e-9})}, {vector({1, 1}), vector({0, 1})}},
      {"multi_normal_prec", {vector({0, 0}), matrix(2, {1e9, 0, 0, 1e-9})}, {vector({1, 1}), vector({0, 0})}},
      {"lkj_corr_cholesky", {s(2)}, {matrix(2, {1, 0, 0, 1}), matrix(2, {1, 0, 1, 1e-12}), matrix(2, {1, 0, -1, 0})}}};
}

std::vector<Edge> discrete_edges() {
  const auto s = scalar;
  const std::vector<double> counts = {-1, 0, 0.5, 1e6};
  return {{"bernoulli", {s(0)}, scalars({-1, 0, 1, 2})},
          {"bernoulli", {s(1)}, scalars({0, 1})},
          {"bernoulli_logit", {s(-1e3)}, scalars({-1, 0, 1, 2})},
          {"bernoulli_logit", {s(1e3)}, scalars({0, 1})},
          {"binomial", {s(5), s(0)}, scalars({-1, 0, 5, 6})},
          {"binomial", {s(5), s(1)}, scalars({0, 5})},
          {"binomial", {s(0), s(0.5)}, scalars({0, 1})},
          {"binomial_logit", {s(5), s(1e3)}, scalars({-1, 0, 5, 6})},
          {"binomial_logit", {s(0), s(0)}, scalars({0, 1})},
          {"poisson", {s(1e-30)}, scalars(counts)},
          {"poisson", {s(0)}, scalars(counts)},
          {"poisson_log", {s(-1e3)}, scalars(counts)},
          {"neg_binomial_2", {s(1e-30), s(1)}, scalars(counts)},
          {"neg_binomial_2", {s(1), s(1e-30)}, scalars(counts)},
          {"neg_binomial_2_log", {s(-1e3), s(1)}, scalars(counts)},
          {"neg_binomial_2_log", {s(3), s(0)}, scalars({0, 1e6})},
          {"neg_binomial_2_log", {s(1e3), s(1e-30)}, scalars(counts)},
          {"binomial_logit", {s(1000), s(-1e3)}, scalars({0, 1, 1000})},
          {"categorical", {vector({0, 1})}, scalars({0, 1, 2, 3})},
          {"categorical_logit", {vector({-1e3, 1e3})}, scalars({0, 1, 2, 3})},
          {"ordered_logistic", {s(0), vector({-1e3, 1e3})}, scalars({0, 1, 2, 3, 4})},
          {"ordered_logistic", {s(1e3), vector({-1, 1})}, scalars({1, 2, 3})},
          {"beta_binomial", {s(5), s(1e-30), s(1)}, scalars({-1, 0, 5, 6})},
          {"beta_binomial", {s(0), s(2), s(2)}, scalars({0, 1})},
          {"multinomial", {vector({0, 0.5, 0.5}), s(3)}, {vector({0, 0, 3}), vector({1, 1, 1}), vector({0, 1, 1})}}};
}

void check(const Edge& edge, bool continuous) {
  CAPTURE(edge.name);
  CAPTURE(edge.arguments);
  for (const at::Tensor& point : edge.points) {
    CAPTURE(point);
    const Arguments arguments = leaves(edge.arguments);
    const at::Tensor x = point.clone().set_requires_grad(continuous);
    const at::Tensor value = row_of(edge.name).log_density(x, arguments);
    REQUIRE(value.dim() == 0);
    CHECK_FALSE(at::isnan(value).item<bool>());
    CHECK(value.item<double>() < INFINITY);
    value.backward();
    if (continuous) CHECK(finite(gradient_of(x)));
    for (const at::Tensor& argument : arguments) CHECK(finite(gradient_of(argument)));
  }
}

}  // namespace

TEST_CASE("at the edges of the support densities are numbers below infinity, with finite gradients") {
  for (const Edge& edge : continuous_edges()) check(edge, true);
  for (const Edge& edge : discrete_edges()) check(edge, false);
}

TEST_CASE("every row of the catalogue is tested at its edges") {
  std::set<std::string> tested;
  for (const Edge& edge : continuous_edges()) tested.insert(edge.name);
  for (const Edge& edge : discrete_edges()) tested.insert(edge.name);
  for (const DistributionRow& row : distribution_catalogue()) {
    CAPTURE(std::string(row.name));
    CHECK(tested.count(std::string(row.name)) == 1);
  }
}
