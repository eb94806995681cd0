#pragma once
#include <ATen/ATen.h>

#include <string_view>

namespace adavi {

/// What makes a multivariate normal variate's deviation d [..., n] from its mean noise: W d ~ N(0, I).
struct Whitening {
  at::Tensor matrix;   ///< W [..., n, n]
  at::Tensor log_det;  ///< of W [...]; -inf where the scale is no such matrix, and W the identity
};

/// That of a row `multi_normal`, `multi_normal_cholesky` or `multi_normal_prec`, from its second argument.
Whitening whitening(std::string_view row, const at::Tensor& scale);

}  // namespace adavi
