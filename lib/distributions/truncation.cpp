#include "distributions/truncation.hpp"

#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

namespace adavi {

namespace {

/// Logarithms of the mass beyond the near bound and beyond the far one, both measured from the same tail, so that the
/// mass between is a difference of numbers that are as small as can be.
struct Tail {
  at::Tensor upper;      ///< where true, masses are measured from the right
  at::Tensor log_outer;  ///< log mass from the tail's end to the bound nearer the median
  at::Tensor log_inner;  ///< and to the other; undefined where that one is open
};

Tail choose_tail(const DistributionImplementation& d, const Arguments& a, const Truncation& bounds) {
  const at::TensorOptions flag = at::TensorOptions(at::kBool).device(draw_options(a).device());
  if (!bounds.upper.defined()) return {at::ones({}, flag), d.log_survival(bounds.lower, a), {}};
  if (!bounds.lower.defined()) return {at::zeros({}, flag), d.log_cdf(bounds.upper, a), {}};
  const at::Tensor survival_lower = d.log_survival(bounds.lower, a), cdf_lower = d.log_cdf(bounds.lower, a);
  const at::Tensor upper = survival_lower < cdf_lower;
  return {upper, at::where(upper, survival_lower, d.log_cdf(bounds.upper, a)),
          at::where(upper, d.log_survival(bounds.upper, a), cdf_lower)};
}

at::Tensor within(const at::Tensor& x, const Truncation& bounds) {
  at::Tensor inside = at::ones_like(x, at::kBool);
  if (bounds.lower.defined()) inside = inside & (x >= bounds.lower);
  if (bounds.upper.defined()) inside = inside & (x <= bounds.upper);
  return inside;
}

}  // namespace

bool can_truncate(const DistributionImplementation& distribution) { return distribution.log_cdf != nullptr; }

at::Tensor log_mass(const DistributionImplementation& distribution, const Arguments& arguments,
                    const Truncation& bounds) {
  const Tail tail = choose_tail(distribution, arguments, bounds);
  return tail.log_inner.defined() ? tail.log_outer + log1m_exp(tail.log_outer - tail.log_inner) : tail.log_outer;
}

at::Tensor truncated_log_density(const DistributionImplementation& distribution, const at::Tensor& x,
                                 const Arguments& arguments, const Truncation& bounds) {
  if (!bounds.lower.defined() && !bounds.upper.defined()) return distribution.log_density(x, arguments);
  const at::Tensor log_density = distribution.log_density(x, arguments) - log_mass(distribution, arguments, bounds);
  return restrict(within(x, bounds), log_density);
}

at::Tensor sample_truncated(const DistributionImplementation& distribution, at::IntArrayRef shape,
                            const Arguments& arguments, const Truncation& bounds, at::Generator& generator) {
  if (!bounds.lower.defined() && !bounds.upper.defined()) return distribution.sample(shape, arguments, generator);
  const Tail tail = choose_tail(distribution, arguments, bounds);
  const at::Tensor outer = at::exp(tail.log_outer);
  const at::Tensor u = draw_uniform(shape, draw_options(arguments), generator);
  at::Tensor mass = u * outer;
  if (tail.log_inner.defined()) mass = mass + (1 - u) * at::exp(tail.log_inner);
  mass = mass.clamp_min(smallest_normal(mass.scalar_type()));
  // Each element uses one of the two inverses; the other gets a harmless 1/2.
  const at::Tensor right = distribution.survival_quantile(at::where(tail.upper, mass, 0.5), arguments);
  const at::Tensor left = distribution.quantile(at::where(tail.upper, 0.5, mass), arguments);
  return strictly_inside(at::where(tail.upper, right, left), bounds.lower, bounds.upper);
}

}  // namespace adavi
