#include "semantics/evaluate.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>

#include "catalog/functions.hpp"

namespace adavi {

namespace {

using Numbers = std::vector<double>;
using Unary = double (*)(double);
using Binary = double (*)(double, double);
using Problem = Evaluation::Problem;

double softplus(double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }
double inverse_logit(double x) { return 1.0 / (1.0 + std::exp(-x)); }

const std::map<std::string, Unary>& unary_functions() {
  static const std::map<std::string, Unary> table = {
      {"exp", [](double x) { return std::exp(x); }},
      {"log", [](double x) { return std::log(x); }},
      {"log1p", [](double x) { return std::log1p(x); }},
      {"expm1", [](double x) { return std::expm1(x); }},
      {"sqrt", [](double x) { return std::sqrt(x); }},
      {"square", [](double x) { return x * x; }},
      {"inv", [](double x) { return 1.0 / x; }},
      {"abs", [](double x) { return std::abs(x); }},
      {"tanh", [](double x) { return std::tanh(x); }},
      {"inv_logit", inverse_logit},
      {"logit", [](double x) { return std::log(x) - std::log1p(-x); }},
      {"Phi", [](double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }},
      {"lgamma", [](double x) { return std::lgamma(x); }},
      {"softplus", softplus},
      {"negate", [](double x) { return -x; }},
  };
  return table;
}

const std::map<std::string, Binary>& binary_functions() {
  static const std::map<std::string, Binary> table = {
      {"add", [](double x, double y) { return x + y; }},
      {"subtract", [](double x, double y) { return x - y; }},
      {"multiply", [](double x, double y) { return x * y; }},
      {"elt_multiply", [](double x, double y) { return x * y; }},
      {"divide", [](double x, double y) { return x / y; }},
      {"elt_divide", [](double x, double y) { return x / y; }},
      {"power", [](double x, double y) { return std::pow(x, y); }},
      {"pow", [](double x, double y) { return std::pow(x, y); }},
  };
  return table;
}

Evaluation done(Numbers numbers) { return {std::make_shared<const Numbers>(std::move(numbers)), Problem::none}; }

double log_sum_exp(const double* x, std::size_t n) {
  const double largest = *std::max_element(x, x + n);
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += std::exp(x[i] - largest);
  return largest + std::log(sum);
}

double reduce(const std::string& function, const Numbers& x) {
  if (function == "log_sum_exp") return log_sum_exp(x.data(), x.size());
  if (function == "prod") return std::accumulate(x.begin(), x.end(), 1.0, std::multiplies<>());
  if (function == "min") return *std::min_element(x.begin(), x.end());
  if (function == "max") return *std::max_element(x.begin(), x.end());
  if (function == "dot_self") return std::inner_product(x.begin(), x.end(), x.begin(), 0.0);
  const double sum = std::accumulate(x.begin(), x.end(), 0.0);
  return function == "mean" ? sum / static_cast<double>(x.size()) : sum;
}

/// factor * log(x_i / x_n) for all entries but the last; an entry of 0 counts as the smallest normal number.
Numbers log_ratios(const Numbers& x, double factor) {
  const auto log_of = [](double entry) { return std::log(std::max(entry, std::numeric_limits<double>::min())); };
  Numbers ratios(x.begin(), x.end() - 1);
  for (double& entry : ratios) entry = factor * (log_of(entry) - log_of(x.back()));
  return ratios;
}

/// softmax and its relatives on one vector.
Numbers map_vector(const std::string& function, Numbers x) {
  if (function == "inv_softmax_centered") return log_ratios(x, 1);
  if (function == "inv_sqrt_softmax_centered") return log_ratios(x, 2);
  if (function == "cumulative_sum") {
    std::partial_sum(x.begin(), x.end(), x.begin());
    return x;
  }
  const bool centered = function == "softmax_centered" || function == "sqrt_softmax_centered";
  if (centered) x.push_back(0.0);
  const double total = log_sum_exp(x.data(), x.size());
  for (double& entry : x) {
    entry -= total;
    if (function == "sqrt_softmax_centered") entry /= 2;
    if (function != "log_softmax") entry = std::exp(entry);
  }
  return x;
}

Numbers map_last_axis(const std::string& function, const Operand& x) {
  const auto n = static_cast<std::size_t>(x.type.shape.back());
  Numbers result;
  for (std::size_t begin = 0; begin < x.values.size(); begin += n) {
    const auto first = x.values.begin() + static_cast<std::ptrdiff_t>(begin);
    const Numbers mapped = map_vector(function, Numbers(first, first + static_cast<std::ptrdiff_t>(n)));
    result.insert(result.end(), mapped.begin(), mapped.end());
  }
  return result;
}

/// [m, n] times [n, k]; a vector is [n, 1].
Numbers matmul(const Operand& a, const Operand& b) {
  const auto m = static_cast<std::size_t>(a.type.shape[0]), n = static_cast<std::size_t>(a.type.shape[1]);
  const std::size_t k = b.values.size() / n;
  Numbers result(m * k, 0.0);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t l = 0; l < k; ++l) result[i * k + l] += a.values[i * n + j] * b.values[j * k + l];
    }
  }
  return result;
}

/// By columns, as Stan does.
Numbers to_vector(const Operand& x) {
  if (x.type.kind != Kind::matrix) return x.values;
  const auto m = static_cast<std::size_t>(x.type.shape[0]), n = static_cast<std::size_t>(x.type.shape[1]);
  Numbers result(m * n);
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t j = 0; j < n; ++j) result[j * m + i] = x.values[i * n + j];
  }
  return result;
}

Numbers diagonal(const Numbers& x) {
  Numbers result(x.size() * x.size(), 0.0);
  for (std::size_t i = 0; i < x.size(); ++i) result[i * x.size() + i] = x[i];
  return result;
}

Numbers scale_rows(const Numbers& x, Numbers matrix) {
  const std::size_t columns = matrix.size() / x.size();
  for (std::size_t i = 0; i < matrix.size(); ++i) matrix[i] *= x[i / columns];
  return matrix;
}

/// L L' of the lower triangle of an [n, n] matrix.
Numbers self_product(const Operand& matrix) {
  const auto n = static_cast<std::size_t>(matrix.type.shape[0]);
  Numbers result(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t k = 0; k <= std::min(i, j); ++k)
        result[i * n + j] += matrix.values[i * n + k] * matrix.values[j * n + k];
    }
  }
  return result;
}

Numbers joined(const std::vector<Operand>& parts) {
  Numbers result;
  for (const Operand& part : parts) result.insert(result.end(), part.values.begin(), part.values.end());
  return result;
}

Numbers repeated(const Numbers& x, std::size_t size) {
  Numbers result(size);
  for (std::size_t i = 0; i < size; ++i) result[i] = x[i % x.size()];
  return result;
}

Numbers evaluate_other(const std::string& function, const std::vector<Operand>& arguments, const Type& result) {
  const Operand& first = arguments.front();
  if (function == "stack" || function == "append_row") return joined(arguments);
  if (function == "matmul") return matmul(first, arguments[1]);
  if (function == "to_vector") return to_vector(first);
  if (function == "multiply_lower_tri_self_transpose") return self_product(first);
  if (function == "diag_matrix") return diagonal(first.values);
  if (function == "diag_pre_multiply") return scale_rows(first.values, arguments[1].values);
  if (function == "rep_vector" || function == "rep_array") {
    return repeated(first.values, static_cast<std::size_t>(result.size()));
  }
  const Numbers& y = arguments[1].values;  // dot_product
  return {std::inner_product(first.values.begin(), first.values.end(), y.begin(), 0.0)};
}

Numbers zip(Binary operation, const Numbers& x, const Numbers& y) {
  Numbers result(std::max(x.size(), y.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = operation(x[x.size() == 1 ? 0 : i], y[y.size() == 1 ? 0 : i]);
  }
  return result;
}

/// One exact integer operation.
Problem integer_operation(const std::string& function, std::int64_t x, std::int64_t y, std::int64_t& result) {
  if (function == "add") return __builtin_add_overflow(x, y, &result) ? Problem::overflow : Problem::none;
  if (function == "subtract") return __builtin_sub_overflow(x, y, &result) ? Problem::overflow : Problem::none;
  if (function == "divide" || function == "elt_divide") {
    if (y == 0) return Problem::division_by_zero;
    if (x % y != 0) return Problem::inexact_division;
    result = x / y;
    return Problem::none;
  }
  return __builtin_mul_overflow(x, y, &result) ? Problem::overflow : Problem::none;
}

Evaluation zip_integers(const std::string& function, const Numbers& x, const Numbers& y) {
  Numbers result(std::max(x.size(), y.size()));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto left = static_cast<std::int64_t>(x[x.size() == 1 ? 0 : i]);
    const auto right = static_cast<std::int64_t>(y[y.size() == 1 ? 0 : i]);
    std::int64_t value = 0;
    const Problem problem = integer_operation(function, left, right, value);
    if (problem != Problem::none) return {nullptr, problem};
    if (value > largest_integer || value < -largest_integer) return {nullptr, Problem::overflow};
    result[i] = static_cast<double>(value);
  }
  return done(std::move(result));
}

/// A logarithm, a power or the like, in elementary operations.
constexpr std::int64_t transcendental = 16;

}  // namespace

std::int64_t operations(const std::string& function, const std::vector<Operand>& arguments, const Type& result) {
  const bool product = function == "matmul" || function == "multiply_lower_tri_self_transpose";
  if (product) return result.size() * arguments[0].type.shape[1];
  std::int64_t numbers = result.size();
  for (const Operand& argument : arguments) numbers += argument.type.size();
  return numbers * transcendental;
}

Evaluation evaluate(const std::string& function, const std::vector<Operand>& arguments, const Type& result) {
  const Operand& first = arguments.front();
  if (const auto unary = unary_functions().find(function); unary != unary_functions().end()) {
    Numbers numbers(first.values.size());
    std::transform(first.values.begin(), first.values.end(), numbers.begin(), unary->second);
    return done(std::move(numbers));
  }
  if (const auto binary = binary_functions().find(function); binary != binary_functions().end()) {
    if (result.kind == Kind::integer) return zip_integers(function, first.values, arguments[1].values);
    return done(zip(binary->second, first.values, arguments[1].values));
  }
  const FunctionRow* row = find_function(function);
  if (row->rule == FunctionRule::vector_to_vector) return done(map_last_axis(function, first));
  if (row->rule == FunctionRule::reduction) {
    const double value = reduce(function, first.values);
    const bool inexact = result.kind == Kind::integer && std::abs(value) > static_cast<double>(largest_integer);
    return inexact ? Evaluation{nullptr, Problem::overflow} : done({value});
  }
  return done(evaluate_other(function, arguments, result));
}

}  // namespace adavi
