#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adavi {

/// Sizes of a value, array axes first, then the element's own axes.
using Shape = std::vector<std::int64_t>;

/// What an element of a value is. `integer` and `real` are scalars.
enum class Kind {
  integer,
  real,
  vector,
  matrix,
  simplex,
  ordered,
  positive_ordered,
  unit_vector,
  cov_matrix,
  corr_matrix,
  cholesky_factor_corr,
};

/// Axes of one element of a kind: 0 for scalars, 1 for vectors, 2 for matrices.
int element_rank(Kind kind);
/// Simplex, ordered, ... are vectors and covariance, ... are matrices once they are used in an expression.
Kind unconstrained_kind(Kind kind);
/// The keyword of a kind: "int", "vector", "cholesky_factor_corr", ... and back.
std::string_view to_string(Kind kind);
std::optional<Kind> kind_named(std::string_view name);
/// Sizes that a declaration gives in brackets: 0 for scalars, 2 for `matrix[m, n]`, 1 for the others.
int declared_sizes(Kind kind);

/// A type with its sizes: `array[L] vector[D]` is {vector, 1, {L, D}}.
struct Type {
  Kind kind = Kind::real;
  int array_rank = 0;
  Shape shape;  ///< array axes, then element axes; every size is known before anything runs

  bool is_scalar() const { return shape.empty(); }
  std::int64_t size() const;  ///< number of scalars
};

/// As the user writes it: `array[3] vector[2]`; without sizes: `array[] vector`.
std::string to_string(const Type& type);
std::string to_string_unsized(const Type& type);

}  // namespace adavi
