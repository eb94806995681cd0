#pragma once
#include <ATen/ATen.h>

namespace adavi {

/// Value of an elementwise bijection and log of its slope, both of the input's shape.
struct Bijected {
  at::Tensor value;
  at::Tensor log_slope;
};

/// Monotone rational-quadratic spline (Durkan et al. 2019) on [-5, 5], the identity outside.
/// `parameters` [..., 3 * bins - 1]: widths and heights before softmax, inner slopes before softplus; all zero is the
/// identity.
Bijected spline(const at::Tensor& x, const at::Tensor& parameters);
/// Its inverse: log_slope is that of the inverse map.
Bijected invert_spline(const at::Tensor& y, const at::Tensor& parameters);

/// Points that a monotone rational-quadratic spline goes through, and its slopes there: [..., n] each, increasing.
struct Knots {
  at::Tensor x, y, slope;
  bool defined() const { return x.defined(); }
};

/// The spline through knots, straight beyond the last ones. `x` [...] may have more elements along axes of size one.
Bijected spline(const at::Tensor& x, const Knots& knots);
/// Its inverse: log_slope is that of the inverse map.
Bijected invert_spline(const at::Tensor& y, const Knots& knots);

}  // namespace adavi
