#include "catalog/functions.hpp"

namespace adavi {

namespace {

constexpr bool is_operator = true;

std::vector<FunctionRow> operators() {
  constexpr auto binary = FunctionRule::elementwise_binary;
  return {
      {"add", 2, binary, "x + y", "sum, element by element", is_operator},
      {"subtract", 2, binary, "x - y", "difference, element by element", is_operator},
      {"multiply", 2, binary, "x * y", "product with a scalar", is_operator},
      {"divide", 2, binary, "x / y", "quotient by a scalar, or of a scalar", is_operator},
      {"power", 2, binary, "x ^ y", "power, element by element", is_operator},
      {"elt_multiply", 2, binary, "x .* y", "product, element by element", is_operator},
      {"elt_divide", 2, binary, "x ./ y", "quotient, element by element", is_operator},
      {"negate", 1, FunctionRule::elementwise, "-x", "negative", is_operator},
      {"matmul", 2, FunctionRule::other, "A * b", "product of a matrix with a vector or a matrix", is_operator},
      {"stack", -1, FunctionRule::other, "[x, ...] or {x, ...}", "values of one type along a new first axis",
       is_operator},
  };
}

FunctionRow elementwise(std::string_view name, std::string_view signature, std::string_view summary) {
  return {name, 1, FunctionRule::elementwise, signature, summary};
}
FunctionRow reduction(std::string_view name, std::string_view signature, std::string_view summary) {
  return {name, 1, FunctionRule::reduction, signature, summary};
}
FunctionRow on_vectors(std::string_view name, std::string_view signature, std::string_view summary) {
  return {name, 1, FunctionRule::vector_to_vector, signature, summary};
}
FunctionRow other(std::string_view name, int arity, std::string_view signature, std::string_view summary) {
  return {name, arity, FunctionRule::other, signature, summary};
}

std::vector<FunctionRow> functions() {
  return {
      elementwise("exp", "T exp(T x)", "exponential"),
      elementwise("log", "T log(T x)", "natural logarithm"),
      elementwise("log1p", "T log1p(T x)", "log(1 + x)"),
      elementwise("expm1", "T expm1(T x)", "exp(x) - 1"),
      elementwise("sqrt", "T sqrt(T x)", "square root"),
      elementwise("square", "T square(T x)", "x^2"),
      elementwise("inv", "T inv(T x)", "1 / x"),
      {"pow", 2, FunctionRule::elementwise_binary, "T pow(T x, T y)", "x^y; either may be a scalar"},
      elementwise("abs", "T abs(T x)", "absolute value"),
      elementwise("tanh", "T tanh(T x)", "hyperbolic tangent"),
      elementwise("inv_logit", "T inv_logit(T x)", "1 / (1 + exp(-x))"),
      elementwise("logit", "T logit(T x)", "log(x / (1 - x))"),
      elementwise("Phi", "T Phi(T x)", "standard normal distribution function"),
      elementwise("lgamma", "T lgamma(T x)", "logarithm of the gamma function"),
      elementwise("softplus", "T softplus(T x)", "log(1 + exp(x))"),
      on_vectors("softmax", "vector softmax(vector x)", "exp(x) / sum(exp(x))"),
      on_vectors("log_softmax", "vector log_softmax(vector x)", "x - log_sum_exp(x)"),
      on_vectors("cumulative_sum", "vector cumulative_sum(vector x)", "running sums"),
      on_vectors("softmax_centered", "vector[n + 1] softmax_centered(vector[n] x)", "softmax of x and a zero"),
      on_vectors("sqrt_softmax_centered", "vector[n + 1] sqrt_softmax_centered(vector[n] x)",
                 "square root of softmax_centered: the positive part of the unit sphere"),
      on_vectors("inv_softmax_centered", "vector[n - 1] inv_softmax_centered(vector[n] x)",
                 "log(x_i / x_n): the inverse of softmax_centered"),
      on_vectors("inv_sqrt_softmax_centered", "vector[n - 1] inv_sqrt_softmax_centered(vector[n] x)",
                 "2 log(x_i / x_n): the inverse of sqrt_softmax_centered"),
      reduction("log_sum_exp", "real log_sum_exp(vector x)", "log(sum(exp(x)))"),
      reduction("sum", "real sum(vector x)", "sum of all elements"),
      reduction("mean", "real mean(vector x)", "mean of all elements"),
      reduction("prod", "real prod(vector x)", "product of all elements"),
      reduction("min", "real min(vector x)", "smallest element"),
      reduction("max", "real max(vector x)", "largest element"),
      reduction("dot_self", "real dot_self(vector x)", "sum of squares"),
      other("dot_product", 2, "real dot_product(vector x, vector y)", "sum of products"),
      other("rep_vector", 2, "vector rep_vector(real x, int n)", "n times x"),
      other("rep_array", -1, "array[...] T rep_array(T x, int n, ...)", "an array whose entries are all x"),
      other("to_vector", 1, "vector to_vector(T x)", "the elements as one vector; a matrix by columns"),
      other("append_row", 2, "vector append_row(vector x, vector y)",
            "one below the other; vectors, scalars or matrices"),
      other("diag_matrix", 1, "matrix diag_matrix(vector x)", "diagonal matrix"),
      other("diag_pre_multiply", 2, "matrix diag_pre_multiply(vector x, matrix A)", "diag_matrix(x) * A"),
      other("multiply_lower_tri_self_transpose", 1, "matrix multiply_lower_tri_self_transpose(matrix L)",
            "L times its transpose, of the lower triangle of L: a correlation or covariance from its Cholesky factor"),
  };
}

}  // namespace

const std::vector<FunctionRow>& function_catalogue() {
  static const std::vector<FunctionRow> rows = [] {
    std::vector<FunctionRow> all = operators();
    for (const FunctionRow& row : functions()) all.push_back(row);
    return all;
  }();
  return rows;
}

const FunctionRow* find_function(std::string_view name) {
  for (const FunctionRow& row : function_catalogue()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace adavi
