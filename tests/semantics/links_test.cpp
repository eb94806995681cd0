#include <doctest/doctest.h>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

struct Case {
  const char* declaration;  ///< of `v`
  LinkKind link;
  Shape unconstrained;
  const char* bounds;      ///< of the link: "lower upper", "-" where open
  const char* truncation;  ///< of the distribution
};

std::string number(const HbmModel& model, ExprId id) {
  if (id == no_expr) return "-";
  const Expr& expression = model.expression(id);
  if (expression.op == ExprOp::literal) return std::to_string(expression.values[0]).substr(0, 4);
  return expression.op == ExprOp::call ? expression.function : "variable";
}

std::string pair(const HbmModel& model, ExprId lower, ExprId upper) {
  return number(model, lower) + " " + number(model, upper);
}

}  // namespace

TEST_CASE("links and truncation follow from support and declared bounds") {
  const Case cases[] = {
      {"real v ~ normal(0, 1);", LinkKind::identity, {}, "- -", "- -"},
      {"real<lower=0> v ~ normal(0, 1);", LinkKind::exp, {}, "0.00 -", "0.00 -"},
      {"real<upper=2.5> v ~ normal(0, 1);", LinkKind::exp, {}, "- 2.50", "- 2.50"},
      {"real<lower=1.5, upper=2.5> v ~ cauchy(0, 1);", LinkKind::bounded, {}, "1.50 2.50", "1.50 2.50"},
      {"real v ~ gamma(1, 1);", LinkKind::exp, {}, "0.00 -", "- -"},
      {"real<lower=0> v ~ gamma(1, 1);", LinkKind::exp, {}, "0.00 -", "- -"},
      {"real<lower=1.5> v ~ exponential(1);", LinkKind::exp, {}, "1.50 -", "1.50 -"},
      {"real v ~ beta(1, 1);", LinkKind::bounded, {}, "0.00 1.00", "- -"},
      {"real<lower=0, upper=1> v ~ beta(1, 1);", LinkKind::bounded, {}, "0.00 1.00", "- -"},
      {"real v ~ uniform(2, 3);", LinkKind::bounded, {}, "2.00 3.00", "- -"},
      {"real<lower=2, upper=3> v ~ uniform(2, 3);", LinkKind::bounded, {}, "2.00 3.00", "- -"},
      {"real<lower=0> v ~ uniform(-1, 3);", LinkKind::bounded, {}, "0.00 3.00", "0.00 -"},
      {"real t ~ normal(0, 1); real v ~ uniform(t, t + 1);", LinkKind::bounded, {}, "variable add", "- -"},
      {"real t ~ normal(0, 1); real<lower=t> v ~ uniform(t, t + 1);", LinkKind::bounded, {}, "variable add", "- -"},
      {"real t ~ normal(0, 1); real<lower=t> v ~ normal(0, 1);", LinkKind::exp, {}, "variable -", "variable -"},
      {"vector[2] v ~ uniform([0, 0], [1, 2]);", LinkKind::bounded, {2}, "stack stack", "- -"},
      {"array[3] vector[2] v ~ uniform([0, 0], 1);", LinkKind::bounded, {3, 2}, "rep_array 1.00", "- -"},
      {"real<lower=-3.1415, upper=3.1415> v ~ von_mises(0, 1);", LinkKind::circle, {}, "-3.1 3.14", "- -"},
      {"real v ~ pareto(2, 1);", LinkKind::exp, {}, "2.00 -", "- -"},
      {"vector<lower=0>[3] v ~ normal(0, 1);", LinkKind::exp, {3}, "0.00 -", "0.00 -"},
      {"matrix[2, 3] v ~ normal(0, 1);", LinkKind::identity, {2, 3}, "- -", "- -"},
      {"simplex[3] v ~ dirichlet([1, 1, 1]);", LinkKind::softmax_centered, {2}, "- -", "- -"},
      {"array[2] simplex[3] v ~ dirichlet([1, 1, 1]);", LinkKind::softmax_centered, {2, 2}, "- -", "- -"},
      {"vector[2] v ~ multi_normal([0, 0], [[1, 0], [0, 1]]);", LinkKind::identity, {2}, "- -", "- -"},
      {"cholesky_factor_corr[4] v ~ lkj_corr_cholesky(2);", LinkKind::cholesky_factor_corr, {6}, "- -", "- -"},
      {"ordered[3] v ~ normal(0, 1);", LinkKind::ordered, {3}, "- -", "- -"},
      {"positive_ordered[3] v ~ gamma(2, 1);", LinkKind::positive_ordered, {3}, "- -", "- -"},
      {"simplex[3] v ~ transformed(softmax_centered, normal(0, 1));", LinkKind::softmax_centered, {2}, "- -", "- -"},
      {"vector[3] v ~ transformed(sqrt_softmax_centered, normal([0, 1], 1));",
       LinkKind::sqrt_softmax_centered,
       {2},
       "- -",
       "- -"},
      {"real v ~ transformed(exp, normal(0, 1));", LinkKind::exp, {}, "0.00 -", "- -"},
      {"real v ~ transformed(softplus, normal(0, 1));", LinkKind::softplus, {}, "0.00 -", "- -"},
      {"real v ~ transformed(exp, uniform(-10, 8));", LinkKind::bounded, {}, "exp exp", "- -"},
      {"real v ~ mixture([0.5, 0.5], normal(0, 1), cauchy(0, 1));", LinkKind::identity, {}, "- -", "- -"},
      {"real v ~ mixture([0.5, 0.5], gamma([1, 2], 1));", LinkKind::exp, {}, "0.00 -", "- -"},
      {"real v ~ mixture([0.5, 0.5], uniform([0, 0], 1));", LinkKind::bounded, {}, "0.00 1.00", "- -"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.declaration);
    const Analysed analysed = analyse(around(c.declaration, "observed real y ~ normal(0, 1);"));
    CAPTURE(analysed.said);
    REQUIRE(analysed.model);
    const Variable& v = variable(*analysed.model, "v");
    CHECK(v.link.kind == c.link);
    CHECK(v.unconstrained_shape == c.unconstrained);
    CHECK(pair(*analysed.model, v.link.lower, v.link.upper) == c.bounds);
    CHECK(pair(*analysed.model, v.distribution->lower, v.distribution->upper) == c.truncation);
  }
}

TEST_CASE("the elements of an ordered latent are sorted draws") {
  const HbmModel model = *analyse(around("positive_ordered[3] v ~ normal(0, 1);")).model;
  const Distribution& sorted = *variable(model, "v").distribution;
  CHECK(sorted.name == "sorted");
  CHECK(sorted.event_rank == 1);
  REQUIRE(sorted.components.size() == 1);
  CHECK(sorted.components[0].name == "normal");
  CHECK(number(model, sorted.components[0].lower) == "0.00");
}

TEST_CASE("a mixture covers the whole element") {
  const std::string observed = "observed vector[2] y ~ mixture([0.2, 0.8], normal(m, 1));";
  const HbmModel model = *analyse(around("array[2] vector[2] m ~ normal(0, 1);", observed)).model;
  const Distribution& mixture = *variable(model, "y").distribution;
  CHECK(mixture.name == "mixture");
  CHECK(mixture.event_rank == 1);
  REQUIRE(mixture.components.size() == 1);
  CHECK(mixture.components[0].event_rank == 0);
  CHECK(model.expression(mixture.components[0].arguments[0].expression).type.shape == Shape{2, 2});
}
