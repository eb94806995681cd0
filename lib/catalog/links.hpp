#pragma once
#include <string_view>

namespace adavi {

/// Link function l: R^m -> event space of a latent (paper, eq. 2 and A.1). Its maths are in `distributions/links`.
enum class LinkKind {
  identity,
  exp,                    ///< lower + exp(z), or upper - exp(z)
  softplus,               ///< lower + softplus(z), or upper - softplus(z)
  bounded,                ///< lower + (upper - lower) * sigmoid(z)
  circle,                 ///< an angle: bounded to (-pi, pi)
  softmax_centered,       ///< simplex from n - 1 coordinates and a zero
  sqrt_softmax_centered,  ///< positive orthant of the unit sphere
  ordered,
  positive_ordered,
  unit_vector,
  cov_matrix,
  corr_matrix,
  cholesky_factor_corr,
};

/// As `check` prints it: "Identity", "Exp", "SoftmaxCentered", ...
std::string_view to_string(LinkKind kind);

}  // namespace adavi
