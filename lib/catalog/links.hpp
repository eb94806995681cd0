#pragma once
#include <optional>
#include <string_view>
#include <vector>

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
/// The links that `transformed(link, d)` takes, by the name of their function; nothing for other names.
std::optional<LinkKind> transformation_named(std::string_view name);
const std::vector<std::string_view>& transformation_names();

}  // namespace adavi
