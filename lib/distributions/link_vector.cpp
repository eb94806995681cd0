#include <cmath>

#include "distributions/link_families.hpp"
#include "distributions/numerics.hpp"

/// Links whose event is a vector: the last axis of z.
namespace adavi {

namespace {

/// log softmax of (z, 0): logarithms of the simplex coordinates [..., n].
at::Tensor log_simplex(const at::Tensor& z) { return at::log_softmax(at::constant_pad_nd(z, {0, 1}), -1); }

/// exp, kept at or above the smallest normal number.
at::Tensor positive_exp(const at::Tensor& log_x) {
  return at::exp(log_x.clamp_min(std::log(smallest_normal(log_x.scalar_type())) + 1));
}

/// log(x_1 / x_n), ..., log(x_(n-1) / x_n).
at::Tensor log_ratios(const at::Tensor& x) {
  const at::Tensor log_x = at::log(x.clamp_min(smallest_normal(x.scalar_type())));
  const std::int64_t last = x.size(-1) - 1;
  return log_x.narrow(-1, 0, last) - log_x.narrow(-1, last, 1);
}

at::Tensor apply_softmax(const LinkFunction&, const at::Tensor& z) { return positive_exp(log_simplex(z)); }
at::Tensor softmax_log_det(const LinkFunction&, const at::Tensor& z) { return log_simplex(z).sum(-1); }
at::Tensor invert_softmax(const LinkFunction&, const at::Tensor& x) { return log_ratios(x); }

at::Tensor apply_sqrt_softmax(const LinkFunction&, const at::Tensor& z) { return positive_exp(0.5 * log_simplex(z)); }
/// With respect to the area of the sphere, as for `unit_vector`.
at::Tensor sqrt_softmax_log_det(const LinkFunction&, const at::Tensor& z) {
  return 0.5 * log_simplex(z).sum(-1) - static_cast<double>(z.size(-1)) * log_two;
}
at::Tensor invert_sqrt_softmax(const LinkFunction&, const at::Tensor& x) { return 2 * log_ratios(x); }

at::Tensor apply_positive_ordered(const LinkFunction&, const at::Tensor& z) {
  return strictly_inside(finite_exp(z), at::zeros({}, z.options()), {}).cumsum(-1);
}
at::Tensor positive_ordered_log_det(const LinkFunction&, const at::Tensor& z) {
  return z.clamp_max(exp_limit(z.scalar_type())).sum(-1);
}
/// Logarithms of the steps from one coordinate to the next.
at::Tensor log_steps(const at::Tensor& x) {
  const at::Tensor steps = x.narrow(-1, 1, x.size(-1) - 1) - x.narrow(-1, 0, x.size(-1) - 1);
  return at::log(steps.clamp_min(smallest_normal(x.scalar_type())));
}
at::Tensor invert_positive_ordered(const LinkFunction&, const at::Tensor& x) {
  const at::Tensor first = x.narrow(-1, 0, 1).clamp_min(smallest_normal(x.scalar_type()));
  return at::cat({at::log(first), log_steps(x)}, -1);
}

at::Tensor apply_ordered(const LinkFunction&, const at::Tensor& z) {
  const at::Tensor steps = finite_exp(z.narrow(-1, 1, z.size(-1) - 1));
  return at::cat({z.narrow(-1, 0, 1), steps}, -1).cumsum(-1);
}
at::Tensor ordered_log_det(const LinkFunction& link, const at::Tensor& z) {
  return positive_ordered_log_det(link, z.narrow(-1, 1, z.size(-1) - 1));
}
at::Tensor invert_ordered(const LinkFunction&, const at::Tensor& x) {
  return at::cat({x.narrow(-1, 0, 1), log_steps(x)}, -1);
}

/// Stereographic projection from the pole (0, ..., 0, 1): x = (2 z, |z|^2 - 1) / (|z|^2 + 1).
at::Tensor apply_unit_vector(const LinkFunction&, const at::Tensor& z) {
  const at::Tensor scale = 2 / (1 + (z * z).sum(-1, true));
  return at::cat({scale * z, 1 - scale}, -1);
}
/// With respect to the area of the sphere: the projection is conformal.
at::Tensor unit_vector_log_det(const LinkFunction&, const at::Tensor& z) {
  return static_cast<double>(z.size(-1)) * (log_two - at::log1p((z * z).sum(-1)));
}
at::Tensor invert_unit_vector(const LinkFunction&, const at::Tensor& x) {
  const std::int64_t last = x.size(-1) - 1;
  const at::Tensor to_pole = (1 - x.narrow(-1, last, 1)).clamp_min(machine_epsilon(x.scalar_type()));
  return x.narrow(-1, 0, last) / to_pole;
}

}  // namespace

LinkMaths softmax_centered_link() { return {1, apply_softmax, softmax_log_det, invert_softmax}; }
LinkMaths sqrt_softmax_centered_link() { return {1, apply_sqrt_softmax, sqrt_softmax_log_det, invert_sqrt_softmax}; }
LinkMaths ordered_link() { return {1, apply_ordered, ordered_log_det, invert_ordered}; }
LinkMaths positive_ordered_link() {
  return {1, apply_positive_ordered, positive_ordered_log_det, invert_positive_ordered};
}
LinkMaths unit_vector_link() { return {1, apply_unit_vector, unit_vector_log_det, invert_unit_vector}; }

}  // namespace adavi
