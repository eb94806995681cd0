// Truncation, mixtures, transformed and sorted distributions as models have them: densities integrate (or sum) to one
// and draws follow them.
#include <cmath>

#include "goodness_of_fit.hpp"
#include "inference/models.hpp"
#include "univariate_cases.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// One observation of a law, with a latent that it does not need.
class Law {
 public:
  explicit Law(const std::string& statement)
      : one_(compiled("model { real unused ~ normal(0, 1); plate obs[1] { observed " + statement + "; } }")) {}

  /// Density at each of x [n, event...]: every value is a data set of its own.
  at::Tensor density(const at::Tensor& x) const {
    VariableValues values = one_.simulate(x.size(0), 1);
    values.back() = x.unsqueeze(0).unsqueeze(2);
    return at::exp(one_.model.log_likelihood(one_.model.observe(values), values)).squeeze(0);
  }
  /// Draws [n, event...].
  at::Tensor draws(std::int64_t n, std::uint64_t seed) const {
    return one_.simulate(n, seed).back().squeeze(0).squeeze(1);
  }

 private:
  Generative one_;
};

struct Case {
  std::string statement;
  Line line;
  double centre, scale;
};

std::vector<Case> real_laws() {
  return {
      {"real y ~ mixture([0.3, 0.7], normal({-1, 2}, {0.5, 1.5}))", Line::real, 0, 2},
      {"real y ~ mixture([0.1, 0.2, 0.7], student_t(3, {-1, 0, 4}, 1))", Line::real, 0, 2},
      {"real y ~ mixture([0.5, 0.5], normal(-2, 1), double_exponential(3, 0.4))", Line::real, 0, 2},
      {"real<lower=0> y ~ mixture([0.2, 0.8], gamma({2, 9}, {1, 3}))", Line::positive, 0, 2},
      {"real<lower=0> y ~ mixture([0.6, 0.4], lognormal(0, 1), exponential(0.5))", Line::positive, 0, 1},
      {"real<lower=0, upper=1> y ~ mixture([0.5, 0.5], beta({2, 5}, {5, 2}))", Line::interval, 0, 1},
      {"real<lower=0> y ~ transformed(exp, normal(0.5, 1))", Line::positive, 0, 2},
      {"real<lower=0> y ~ transformed(exp, mixture([0.4, 0.6], normal({-1, 1}, 0.5)))", Line::positive, 0, 1},
      {"real<lower=0> y ~ transformed(softplus, logistic(1, 0.5))", Line::positive, 0, 1},
      {"real<lower=0> y ~ mixture([0.4, 0.6], transformed(exp, normal(0, 1)), transformed(softplus, normal(2, 1)))",
       Line::positive, 0, 1},
      {"real<lower=1> y ~ transformed(exp, exponential(2))", Line::interval, 1, 1e4},
      {"real<lower=0> y ~ normal(-1, 2)", Line::positive, 0, 2},
      {"real<lower=-1, upper=4> y ~ cauchy(0, 1)", Line::interval, -1, 4},
      {"real<upper=2> y ~ logistic(0, 1)", Line::interval, -60, 2},
  };
}

}  // namespace

TEST_CASE("combined densities integrate to one and their draws follow them") {
  constexpr std::int64_t n = 4000;
  for (const Case& c : real_laws()) {
    CAPTURE(c.statement);
    const Law law(c.statement);
    const Quadrature rule = quadrature(c.line, c.centre, c.scale);
    const at::Tensor density = law.density(rule.nodes);
    CHECK((density * rule.weights).sum().item<double>() == doctest::Approx(1).epsilon(1e-5));
    const at::Tensor x = law.draws(n, 7);
    REQUIRE(x.sizes() == at::IntArrayRef({n}));
    CHECK(finite(at::log(law.density(x))));
    CHECK(kolmogorov_distance(distribution_function(rule, density, x)) < kolmogorov_limit(n));
  }
}

TEST_CASE("mixtures of counts and categories sum to one and their draws follow them") {
  const auto check = [](const std::string& statement, double first, double last) {
    CAPTURE(statement);
    const Law law(statement);
    const at::Tensor values = at::arange(first, last + 1, at::kDouble), p = law.density(values);
    CHECK(p.sum().item<double>() == doctest::Approx(1).epsilon(1e-9));
    CHECK(law.density(vector({first - 1, 0.5}) + 0 * values[0]).sum().item<double>() == 0);
    const at::Tensor x = law.draws(4000, 8);
    check_chi_square((x.unsqueeze(-1) == values).sum(0).to(at::kDouble), 4000 * p);
  };
  check("int y ~ mixture([0.4, 0.6], poisson({1, 9}))", 0, 80);
  check("int y ~ mixture([0.4, 0.6], poisson(0.001), neg_binomial_2(5, 2))", 0, 300);
  check("int y ~ mixture([0.3, 0.7], binomial(12, {0.1, 0.8}))", 0, 12);
  check("int y ~ mixture([0.5, 0.5], bernoulli_logit({-2, 1}))", 0, 1);
}

TEST_CASE("mixtures of vectors integrate to one") {
  const Quadrature rule = quadrature(Line::real, 0, 1, 201);
  const at::Tensor a = rule.nodes.unsqueeze(1).expand({201, 201}), b = rule.nodes.unsqueeze(0).expand({201, 201});
  const at::Tensor grid = at::stack({a, b}, -1).reshape({-1, 2});
  const at::Tensor weight = (rule.weights.unsqueeze(1) * rule.weights).reshape({-1});
  for (const char* statement :
       {"vector[2] y ~ mixture([0.3, 0.7], normal({[-1, 0], [1, 2]}, 0.8))",
        "vector[2] y ~ mixture([0.3, 0.7], multi_normal([0, 1], [[1, 0.5], [0.5, 2]]), normal(0, 1))",
        "array[2] real y ~ mixture([0.3, 0.7], normal({-1, 1}, 0.8))", "ordered[2] y ~ normal(0.5, 1.5)"}) {
    CAPTURE(statement);
    const at::Tensor mass = (Law(statement).density(grid) * weight);
    const bool sorted = statement[0] == 'o';
    const at::Tensor below = (grid.select(-1, 0) < grid.select(-1, 1)).to(at::kDouble) +
                             0.5 * (grid.select(-1, 0) == grid.select(-1, 1)).to(at::kDouble);
    const double integral = (sorted ? mass * below : mass).sum().item<double>();
    CHECK(integral == doctest::Approx(1).epsilon(1e-4));
  }
}

TEST_CASE("simplices and unit vectors behind links integrate to one") {
  // A simplex of two is measured by its first coordinate, the quarter circle by its arc.
  const Quadrature rule = quadrature(Line::interval, 0, 1);
  for (const char* base : {"normal(0.5, 1)", "mixture([0.3, 0.7], normal({[-2], [1]}, 0.6))"}) {
    CAPTURE(base);
    const Law simplex("simplex[2] y ~ transformed(softmax_centered, " + std::string(base) + ")");
    const at::Tensor p = at::stack({rule.nodes, 1 - rule.nodes}, -1);
    CHECK((simplex.density(p) * rule.weights).sum().item<double>() == doctest::Approx(1).epsilon(1e-6));
    const Law arc("unit_vector[2] y ~ transformed(sqrt_softmax_centered, " + std::string(base) + ")");
    const at::Tensor angle = 0.5 * M_PI * rule.nodes, y = at::stack({at::sin(angle), at::cos(angle)}, -1);
    CHECK((0.5 * M_PI * arc.density(y) * rule.weights).sum().item<double>() == doctest::Approx(1).epsilon(1e-6));
    const at::Tensor x = arc.draws(3000, 9);
    CHECK(largest(x.square().sum(-1) - 1) < 1e-12);
    const at::Tensor drawn = at::atan2(x.select(-1, 0), x.select(-1, 1)) / (0.5 * M_PI);
    const at::Tensor density = 0.5 * M_PI * arc.density(y);
    CHECK(kolmogorov_distance(distribution_function(rule, density, drawn)) < kolmogorov_limit(3000));
  }
}

TEST_CASE("draws of sorted and truncated vectors lie where their type says") {
  const at::Tensor ordered = Law("ordered[4] y ~ cauchy(0, 1)").draws(500, 10);
  CHECK((ordered.diff() > 0).all().item<bool>());
  const at::Tensor positive = Law("positive_ordered[4] y ~ normal(-1, 1)").draws(500, 11);
  CHECK((positive.diff() > 0).all().item<bool>());
  CHECK((positive > 0).all().item<bool>());
}
