// Short texts that ask for much: errors, at once.
#include "semantics/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// The last thing said of a text, and that its model is refused.
std::string refused(const std::string& text) {
  const Analysed analysed = analyse(text);
  CHECK_FALSE(analysed.model);
  const std::size_t last = analysed.said.find_last_of('\n', analysed.said.size() - 2);
  return analysed.said.substr(last == std::string::npos ? 0 : last + 1);
}

std::string times(int count, const std::string& before, const std::string& after) {
  std::string text;
  for (int i = 1; i <= count; ++i) text += before + std::to_string(i) + after;
  return text;
}

const char* too_much_work =
    "error: what follows from the constants takes too long to work out (help: pass the result as a constant, with "
    "--data)\n";

}  // namespace

TEST_CASE("constants have a size that memory holds, one by one and together") {
  const std::string model = around("real m ~ normal(0, 1);");
  CHECK(refused("data { vector[16777217] a; }\n" + model) ==
        "1:8: error: this constant has more than 16777216 numbers and cannot be held\n");
  CHECK(refused(around("real m ~ normal(sum(rep_vector(1, 16777217)), 1);")) ==
        "2:21: error: this constant has more than 16777216 numbers and cannot be held\n");
  CHECK(refused("data {\nint n = 8388608;\n" + times(3, "vector[n] a", " = rep_vector(1, n);\n") + "}\n" + model) ==
        "5:16: error: all constants and what follows from them have more than 33554432 numbers and cannot be held\n");
}

TEST_CASE("what takes long to work out is refused") {
  const std::string diagonal = "diag_matrix(rep_vector(1, n))";
  const auto with = [&](const std::string& lines) {
    return refused("data {\nint n = 2000;\n" + lines + "}\n" + around("real m ~ normal(0, 1);"));
  };
  CHECK(with("cov_matrix[n] a = " + diagonal + ";\n") == "3:19: " + std::string(too_much_work));
  CHECK(with("matrix[n, n] a = " + diagonal + " * " + diagonal + ";\n") == "3:18: " + std::string(too_much_work));
  CHECK(with("vector[n * n] a = rep_vector(1, n * n);\n" + times(30, "real s", " = sum(a);\n")) ==
        "19:12: " + std::string(too_much_work));
}

TEST_CASE("a model has a thousand variables") {
  const std::string latents = times(999, "real m", " ~ normal(0, 1);\n");
  CHECK(analyse(around(latents)).model);
  CHECK(refused(around(latents + "real m ~ normal(0, 1);")) ==
        "1003:15: error: a model may have 1000 variables (help: an array, a vector or a plate holds many of one "
        "kind)\n");
}

TEST_CASE("a mixture of a hundred million components") {
  const std::string mixture = "mixture(w, normal(m, 1))";
  CHECK(refused(around("simplex[100000000] w ~ dirichlet(rep_vector(1, 2));")).substr(0, 10) == "2:34: erro");
  CHECK(refused(
            around("array[100000000] vector[3] m ~ normal(0, 1);\nsimplex[100000000] w ~ transformed(softmax_centered, "
                   "normal(0, 1));",
                   "observed array[2] vector[3] y ~ " + mixture + ";")) ==
        "5:51: error: the model has more than 262144 expressions (help: each component of a mixture counts)\n");
}

TEST_CASE("a hundred errors are enough") {
  const std::string said = analyse("model {\n" + times(20000, "real a", " ~ normal(nobody, 1);\n") + "}").said;
  CHECK(std::count(said.begin(), said.end(), '\n') == 101);
  CHECK(said.find("101:20: error: too many errors; the rest is not checked\n") != std::string::npos);
}
