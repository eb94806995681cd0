#include <doctest/doctest.h>

#include <cstdio>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// The numbers of `TYPE c = EXPRESSION;` in the `data` block, or what was said.
std::string value(const std::string& declaration) {
  const Analysed analysed =
      analyse("data { int N = 6; matrix[2, 3] A = [[1, 2, 3], [4, 5, 6]]; vector[3] v = [1, 2, 4]; " + declaration +
              " }\n" + around("real t ~ normal(0, 1);"));
  if (!analysed.model) return analysed.said;
  std::string text;
  for (const double x : analysed.model->constants.back().values) {
    char number[32];
    std::snprintf(number, sizeof number, "%.6g", x);
    text += (text.empty() ? "" : " ") + std::string(number);
  }
  return text;
}

/// Type of a derived quantity, or what was said.
std::string derived(const std::string& declaration) {
  const Analysed analysed =
      analyse(around("vector[3] v ~ normal(0, 1); matrix[2, 3] A ~ normal(0, 1);"
                     "real s ~ normal(0, 1);" +
                     declaration));
  return analysed.model ? "sound" : analysed.said.substr(analysed.said.find(' ') + 1);
}

}  // namespace

TEST_CASE("constants are worked out before anything runs") {
  CHECK(value("int c = N / 2 + 1;") == "4");
  CHECK(value("int c = -N * 2;") == "-12");
  CHECK(value("real c = N / 4.0;") == "1.5");
  CHECK(value("real c = 2 ^ 3;") == "8");
  CHECK(value("vector[2] c = A * v;") == "17 38");
  CHECK(value("matrix[2, 2] c = A[:, 1:2];") == "1 2 4 5");
  CHECK(value("vector[2] c = A[:, 2];") == "2 5");
  CHECK(value("vector[3] c = A[2];") == "4 5 6");
  CHECK(value("real c = A[2, 3];") == "6");
  CHECK(value("vector[2] c = v[2:];") == "2 4");
  CHECK(value("vector[6] c = to_vector(A);") == "1 4 2 5 3 6");
  CHECK(value("vector[4] c = append_row(v, 7);") == "1 2 4 7");
  CHECK(value("matrix[2, 2] c = diag_matrix([3, 4]);") == "3 0 0 4");
  CHECK(value("matrix[2, 3] c = diag_pre_multiply([1, 10], A);") == "1 2 3 40 50 60");
  CHECK(value("array[2] vector[2] c = rep_array([5, 6], 2);") == "5 6 5 6");
  CHECK(value("array[2, 2] int c = {{1, 2}, {3, 4}};") == "1 2 3 4");
  CHECK(value("vector[3] c = v .* v - 1;") == "0 3 15");
  CHECK(value("vector[3] c = 4 ./ v;") == "4 2 1");
  CHECK(value("vector[3] c = cumulative_sum(v);") == "1 3 7");
  CHECK(value("simplex[2] c = softmax([0, log(3)]);") == "0.25 0.75");
  CHECK(value("simplex[2] c = softmax_centered([log(3)]);") == "0.75 0.25");
  CHECK(value("real c = dot_product(v, v) - dot_self(v) + mean(v) + prod(v) + min(v) + max(v);") == "15.3333");
  CHECK(value("real c = log_sum_exp([0, 0]);") == "0.693147");
  CHECK(value("real c = Phi(0) + inv_logit(0) + tanh(0) + lgamma(3);") == "1.69315");
}

TEST_CASE("containers meet by type") {
  CHECK(derived("vector[3] d = 2 * v + s;") == "sound");
  CHECK(derived("vector[2] d = A * v;") == "sound");
  CHECK(derived("vector[3] d = exp(v) / s;") == "sound");
  CHECK(derived("array[2] vector[3] d = {v, v};") == "sound");
  CHECK(derived("vector[2] d = [s, s];") == "sound");
  CHECK(derived("vector[3] d = v * v;") ==
        "error: vector[3] * vector[3] is not defined (help: use 'dot_product(x, y)' for the sum of products, 'x .* y' "
        "for the products)\n");
  CHECK(derived("vector[3] d = v / v;") ==
        "error: vector[3] / vector[3] is not defined (help: use './' for quotients element by element)\n");
  CHECK(derived("vector[3] d = v * A;") ==
        "error: vector[3] * matrix[2, 3] is not defined (help: a matrix stands on the left: 'A * x')\n");
  CHECK(derived("vector[3] d = v + v[1:2];") == "error: sizes differ: vector[3] and vector[2]\n");
  CHECK(derived("vector[2] d = A * v[1:2];") == "error: sizes differ: matrix[2, 3] and vector[2]\n");
  CHECK(derived("vector[2] d = v;") == "error: 'd' is declared vector[2], but its value is vector[3]\n");
  CHECK(derived("real d = dot_product(v, s);") ==
        "error: 'dot_product' is not defined for (vector[3], real) (help: its signature is real dot_product(vector x, "
        "vector y))\n");
  CHECK(derived("real d = v[4];") == "error: index 4 is out of bounds: this axis goes from 1 to 3\n");
  CHECK(derived("real d = v[0];") == "error: index 0 is out of bounds: this axis goes from 1 to 3\n");
  CHECK(derived("real d = v[s];") == "error: an index must be int, not real\n");
  CHECK(derived("real d = v[1, 2];") == "error: vector[3] has 1 axis to index, not 2\n");
  CHECK(derived("vector[2] d = v[3:2];") == "error: the range 3:2 is empty\n");
}

TEST_CASE("ints are exact or an error") {
  CHECK(value("int c = 7 / 2;").find("error: this int division leaves a remainder") != std::string::npos);
  CHECK(value("int c = N / 0;").find("error: division by zero") != std::string::npos);
  CHECK(value("int c = 3037000500 * 3037000500;").find("error: this int does not fit") != std::string::npos);
  CHECK(value("int c = 9007199254740992 + 1;").find("error: this int does not fit") != std::string::npos);
  CHECK(value("int c = 2 ^ 3;").find("error: 'c' is declared int, but its value is real") != std::string::npos);
}

TEST_CASE("an int covariate indexes at run time") {
  const Analysed analysed = analyse(
      "model { vector[3] a ~ normal(0, 1); plate obs[2] { covariate int<lower=1, upper=3> g;"
      "observed real y ~ normal(a[g], 1); } }");
  REQUIRE_MESSAGE(analysed.model, analysed.said);
  const HbmModel& model = *analysed.model;
  const Expr& mean = model.expression(variable(model, "y").distribution->arguments[0].expression);
  REQUIRE(mean.items.size() == 1);
  CHECK(mean.items[0].mode == IndexItem::Mode::expression);
  CHECK(mean.depth == 1);
  CHECK(mean.type.is_scalar());
  CHECK(names(model, variable(model, "y").parents) == "a g");
}

TEST_CASE("a chain as long as the parser allows is no deep nesting") {
  std::string sum = "1";
  for (int i = 0; i < 900; ++i) sum += " + 1";
  CHECK(value("int c = " + sum + ";") == "901");
}
