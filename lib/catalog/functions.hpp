#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/types.hpp"

namespace adavi {

/// How a function's result follows from its arguments.
enum class FunctionRule {
  elementwise,         ///< one argument of any type, result of the same shape (exp, log, ...)
  elementwise_binary,  ///< scalars and containers of one shape (pow, ...)
  reduction,           ///< a container to a real (sum, mean, ...)
  vector_to_vector,    ///< softmax, log_softmax, cumulative_sum
  other,               ///< its own rule, by name (dot_product, rep_vector, append_row, diag_matrix, ...)
};

/// One row of the catalogue of functions. Operators have rows too, under names of their own.
struct FunctionRow {
  std::string_view name;
  int arity;  ///< number of arguments, -1 where several are possible
  FunctionRule rule;
  std::string_view signature;  ///< as the reference and error messages show it
  std::string_view summary;
  bool is_operator = false;  ///< add, subtract, multiply, divide, power, negate, elt_multiply, elt_divide, matmul
};

const std::vector<FunctionRow>& function_catalogue();
const FunctionRow* find_function(std::string_view name);

}  // namespace adavi
