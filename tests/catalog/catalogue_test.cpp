#include <doctest/doctest.h>

#include <set>

#include "catalog/distributions.hpp"
#include "catalog/functions.hpp"
#include "catalog/links.hpp"

using namespace adavi;

TEST_CASE("types print as they are written") {
  CHECK(to_string(Type{Kind::vector, 1, {3, 2}}) == "array[3] vector[2]");
  CHECK(to_string(Type{Kind::real, 0, {}}) == "real");
  CHECK(to_string(Type{Kind::integer, 2, {4, 5}}) == "array[4, 5] int");
  CHECK(to_string(Type{Kind::matrix, 0, {2, 3}}) == "matrix[2, 3]");
  CHECK(to_string(Type{Kind::cholesky_factor_corr, 0, {3, 3}}) == "cholesky_factor_corr[3]");
  CHECK(to_string_unsized(Type{Kind::simplex, 2, {4, 5, 3}}) == "array[,] simplex");
  CHECK(Type{Kind::matrix, 1, {4, 2, 3}}.size() == 24);
}

TEST_CASE("every kind has a name that leads back to it") {
  for (int i = 0; i <= static_cast<int>(Kind::cholesky_factor_corr); ++i) {
    const Kind kind = static_cast<Kind>(i);
    CHECK(kind_named(to_string(kind)) == kind);
    CHECK(element_rank(unconstrained_kind(kind)) == element_rank(kind));
  }
  CHECK_FALSE(kind_named("row_vector"));
}

TEST_CASE("every distribution of the language has one sound row") {
  const std::vector<std::string_view> names = {"normal",
                                               "lognormal",
                                               "student_t",
                                               "cauchy",
                                               "double_exponential",
                                               "logistic",
                                               "gumbel",
                                               "exponential",
                                               "gamma",
                                               "inv_gamma",
                                               "chi_square",
                                               "weibull",
                                               "beta",
                                               "uniform",
                                               "von_mises",
                                               "pareto",
                                               "dirichlet",
                                               "multi_normal",
                                               "multi_normal_cholesky",
                                               "multi_normal_prec",
                                               "lkj_corr_cholesky",
                                               "bernoulli",
                                               "bernoulli_logit",
                                               "binomial",
                                               "binomial_logit",
                                               "poisson",
                                               "poisson_log",
                                               "neg_binomial_2",
                                               "neg_binomial_2_log",
                                               "categorical",
                                               "categorical_logit",
                                               "ordered_logistic",
                                               "beta_binomial",
                                               "multinomial"};
  CHECK(distribution_catalogue().size() == names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const DistributionRow& row = distribution_catalogue()[i];
    CAPTURE(names[i]);
    CHECK(row.name == names[i]);
    CHECK(find_distribution(names[i]) == &row);
    CHECK_FALSE(row.parameters.empty());
    CHECK_FALSE(row.summary.empty());
    CHECK(row.discrete == (row.variate == Kind::integer));
    if (row.truncatable) CHECK(row.variate == Kind::real);
    for (const Parameter& parameter : row.parameters) {
      if (parameter.is_scale) CHECK(parameter.domain == Domain::positive);
    }
  }
}

TEST_CASE("laplace is another name of double_exponential") {
  REQUIRE(find_distribution("laplace") != nullptr);
  CHECK(find_distribution("laplace")->name == "double_exponential");
  CHECK(find_distribution("norml") == nullptr);
}

TEST_CASE("signatures and event ranks") {
  CHECK(signature(*find_distribution("normal")) == "normal(real mu, real sigma)");
  CHECK(signature(*find_distribution("multi_normal")) == "multi_normal(vector mu, matrix Sigma)");
  CHECK(signature(*find_distribution("binomial")) == "binomial(int N, real theta)");
  CHECK(event_rank(*find_distribution("normal")) == 0);
  CHECK(event_rank(*find_distribution("dirichlet")) == 1);
  CHECK(event_rank(*find_distribution("multinomial")) == 1);
  CHECK(event_rank(*find_distribution("lkj_corr_cholesky")) == 2);
}

TEST_CASE("functions have one row each, operators among them") {
  std::set<std::string_view> seen;
  for (const FunctionRow& row : function_catalogue()) {
    CAPTURE(row.name);
    CHECK(seen.insert(row.name).second);
    CHECK_FALSE(row.signature.empty());
    CHECK_FALSE(row.summary.empty());
  }
  for (const char* name : {"exp",
                           "log",
                           "log1p",
                           "expm1",
                           "sqrt",
                           "square",
                           "inv",
                           "pow",
                           "abs",
                           "tanh",
                           "inv_logit",
                           "logit",
                           "Phi",
                           "lgamma",
                           "softmax",
                           "log_softmax",
                           "log_sum_exp",
                           "sum",
                           "mean",
                           "prod",
                           "min",
                           "max",
                           "dot_product",
                           "dot_self",
                           "cumulative_sum",
                           "rep_vector",
                           "rep_array",
                           "to_vector",
                           "append_row",
                           "diag_matrix",
                           "diag_pre_multiply",
                           "softplus",
                           "softmax_centered",
                           "sqrt_softmax_centered",
                           "inv_softmax_centered",
                           "inv_sqrt_softmax_centered",
                           "multiply_lower_tri_self_transpose"}) {
    CAPTURE(name);
    REQUIRE(find_function(name) != nullptr);
    CHECK_FALSE(find_function(name)->is_operator);
  }
  CHECK(find_function("matmul")->is_operator);
}

TEST_CASE("links print as the paper names them") {
  CHECK(to_string(LinkKind::identity) == "Identity");
  CHECK(to_string(LinkKind::exp) == "Exp");
  CHECK(to_string(LinkKind::softmax_centered) == "SoftmaxCentered");
  CHECK(to_string(LinkKind::cholesky_factor_corr) == "CholeskyFactorCorr");
  for (const std::string_view name : transformation_names()) CHECK(transformation_named(name).has_value());
  CHECK_FALSE(transformation_named("ordered"));
}
