#include "syntax/words.hpp"

#include <algorithm>

namespace adavi::syntax {
namespace {

template <typename Words>
bool holds(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

using Views = std::vector<std::string_view>;

}  // namespace

const std::vector<std::string>& type_words() {
  static const std::vector<std::string> words{"real",
                                              "int",
                                              "vector",
                                              "matrix",
                                              "simplex",
                                              "ordered",
                                              "positive_ordered",
                                              "unit_vector",
                                              "cov_matrix",
                                              "corr_matrix",
                                              "cholesky_factor_corr"};
  return words;
}

const std::vector<std::string>& statement_words() {
  static const std::vector<std::string> words = [] {
    std::vector<std::string> all{"plate", "observed", "covariate", "array"};
    all.insert(all.end(), type_words().begin(), type_words().end());
    return all;
  }();
  return words;
}

bool is_type(std::string_view word) { return holds(type_words(), word); }

bool is_reserved(std::string_view word) { return word == "data" || word == "model" || holds(statement_words(), word); }

bool is_foreign_type(std::string_view word) {
  static const Views words{"row_vector", "cholesky_factor_cov", "complex", "complex_vector", "complex_matrix", "tuple",
                           "void",       "sum_to_zero_vector"};
  return holds(words, word);
}

bool is_foreign_block(std::string_view word) {
  static const Views words{"parameters", "transformed", "generated", "functions"};
  return holds(words, word);
}

bool is_control_flow(std::string_view word) {
  static const Views words{"for", "while", "if", "else"};
  return holds(words, word);
}

bool is_foreign_operator(std::string_view text) {
  static const Views operators{"%",  "%/%", "%*%", "**", "\\", "!",  "'",  "?",  "|", "&&",
                               "||", "==",  "!=",  "<",  ">",  "<=", ">=", ".^", "&"};
  return holds(operators, text);
}

}  // namespace adavi::syntax
