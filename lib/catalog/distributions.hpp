#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "catalog/types.hpp"

namespace adavi {

/// Set in which a parameter must lie.
enum class Domain {
  real,
  positive,
  nonnegative,
  unit_interval,  ///< [0, 1]
  nonnegative_integer,
  positive_integer,
  simplex,
  positive_vector,  ///< every entry > 0
  ordered,
  positive_definite,
  cholesky_factor,  ///< lower triangular, positive diagonal
};

/// Set in which the variate lies, before declared bounds.
enum class Support {
  real,
  positive,       ///< (0, inf)
  nonnegative,    ///< [0, inf)
  unit_interval,  ///< (0, 1)
  interval,       ///< (first argument, second argument): uniform
  lower_bounded,  ///< [first argument, inf): pareto
  circle,         ///< an angle in (-pi, pi): von_mises
  real_vector,
  simplex,
  cholesky_factor_corr,
  binary,       ///< {0, 1}
  count,        ///< {0, 1, 2, ...}
  count_up_to,  ///< {0 .. first argument}
  category,     ///< {1 .. K}
  multinomial_counts,
};

/// One parameter of a distribution: what kind of value it takes for one draw, and where it must lie.
struct Parameter {
  std::string_view name;
  Kind kind;  ///< integer, real, vector or matrix
  Domain domain;
  bool is_scale = false;  ///< a scale: a warning where a variable with non-positive support is given
};

/// One row of the catalogue of distributions. Its density lives in `distributions/` under the same name.
struct DistributionRow {
  std::string_view name;
  std::vector<Parameter> parameters;
  Kind variate;  ///< kind of one draw: integer, real, vector, simplex, cholesky_factor_corr
  Support support;
  bool discrete;
  bool truncatable;          ///< has a closed cdf, so that declared bounds truncate it, normalised
  std::string_view summary;  ///< one line for the reference, e.g. "Gaussian with mean mu and standard deviation sigma"
};

/// Trailing axes of the variate that one draw covers: 0, 1 (vectors, multinomial counts) or 2 (matrices).
int event_rank(const DistributionRow& row);
/// As error messages show it: "normal(real mu, real sigma)".
std::string signature(const DistributionRow& row);

/// Every distribution of the language, in the order of the reference.
const std::vector<DistributionRow>& distribution_catalogue();
/// The row of a name or of an accepted alias ("laplace"); null if there is none.
const DistributionRow* find_distribution(std::string_view name);

}  // namespace adavi
