#include "distributions/link_families.hpp"
#include "distributions/numerics.hpp"

namespace adavi {

namespace {

at::Tensor apply_identity(const LinkFunction&, const at::Tensor& z) { return z; }
at::Tensor identity_log_det(const LinkFunction&, const at::Tensor& z) { return at::zeros_like(z); }
at::Tensor invert_identity(const LinkFunction&, const at::Tensor& x) { return x; }

/// lower + distance, or upper - distance where only the upper bound is there.
at::Tensor away_from_bound(const LinkFunction& link, const at::Tensor& distance) {
  const bool down = link.upper.defined() && !link.lower.defined();
  if (down) return strictly_inside(link.upper - distance, {}, link.upper);
  const at::Tensor lower = link.lower.defined() ? link.lower : at::zeros({}, distance.options());
  return strictly_inside(lower + distance, lower, {});
}

/// Inverse of `away_from_bound`, at least the smallest normal number.
at::Tensor distance_to_bound(const LinkFunction& link, const at::Tensor& x) {
  const bool down = link.upper.defined() && !link.lower.defined();
  const at::Tensor distance = down ? link.upper - x : link.lower.defined() ? x - link.lower : x;
  return distance.clamp_min(smallest_normal(distance.scalar_type()));
}

at::Tensor apply_exp(const LinkFunction& link, const at::Tensor& z) { return away_from_bound(link, finite_exp(z)); }
at::Tensor exp_log_det(const LinkFunction&, const at::Tensor& z) {
  return z.clamp_max(exp_limit(z.scalar_type()));  // above, `finite_exp` is a straight line
}
at::Tensor invert_exp(const LinkFunction& link, const at::Tensor& x) { return at::log(distance_to_bound(link, x)); }

at::Tensor apply_softplus(const LinkFunction& link, const at::Tensor& z) {
  return away_from_bound(link, -at::log_sigmoid(-z));
}
at::Tensor softplus_log_det(const LinkFunction&, const at::Tensor& z) { return at::log_sigmoid(z); }
at::Tensor invert_softplus(const LinkFunction& link, const at::Tensor& x) {
  const at::Tensor distance = distance_to_bound(link, x);
  return distance + log1m_exp(distance);
}

/// Each half of the interval is measured from its own end, where digits matter.
at::Tensor apply_bounded(const LinkFunction& link, const at::Tensor& z) {
  const at::Tensor width = link.upper - link.lower;
  const at::Tensor x = at::where(z < 0, link.lower + width * at::sigmoid(z), link.upper - width * at::sigmoid(-z));
  return strictly_inside(x, link.lower, link.upper);
}
at::Tensor bounded_log_det(const LinkFunction& link, const at::Tensor& z) {
  return at::log(link.upper - link.lower) + at::log_sigmoid(z) + at::log_sigmoid(-z);
}
at::Tensor invert_bounded(const LinkFunction& link, const at::Tensor& x) {
  const double tiny = smallest_normal(x.scalar_type());
  return at::log((x - link.lower).clamp_min(tiny)) - at::log((link.upper - x).clamp_min(tiny));
}

LinkFunction full_circle(const at::Tensor& like) {
  const at::Tensor end = at::scalar_tensor(pi, like.options());
  return {LinkKind::bounded, -end, end};
}
at::Tensor apply_circle(const LinkFunction&, const at::Tensor& z) { return apply_bounded(full_circle(z), z); }
at::Tensor circle_log_det(const LinkFunction&, const at::Tensor& z) { return bounded_log_det(full_circle(z), z); }
at::Tensor invert_circle(const LinkFunction&, const at::Tensor& x) { return invert_bounded(full_circle(x), x); }

}  // namespace

LinkMaths identity_link() { return {0, apply_identity, identity_log_det, invert_identity}; }
LinkMaths exp_link() { return {0, apply_exp, exp_log_det, invert_exp}; }
LinkMaths softplus_link() { return {0, apply_softplus, softplus_log_det, invert_softplus}; }
LinkMaths bounded_link() { return {0, apply_bounded, bounded_log_det, invert_bounded}; }
LinkMaths circle_link() { return {0, apply_circle, circle_log_det, invert_circle}; }

}  // namespace adavi
