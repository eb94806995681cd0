#include "distributions/families.hpp"
#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

namespace adavi {

namespace {

/// kappa (cos d - 1) = -2 kappa sin^2(d / 2) and the scaled Bessel function keep concentrated angles accurate.
at::Tensor von_mises_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor sine = at::sin(0.5 * (x - a[0]));
  const at::Tensor log_normaliser = at::log(at::special_i0e(a[1])) + 2 * half_log_two_pi;
  // The bound is pi in x's own precision.
  const at::Tensor end = at::scalar_tensor(pi, x.options());
  return restrict(x.abs() <= end, -2 * a[1] * sine * sine - log_normaliser);
}

/// Angles by rejection from a wrapped Cauchy (Best and Fisher 1979), in double: the envelope cancels for large kappa.
at::Tensor sample_von_mises(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::TensorOptions options = draw_options(a), wide = options.dtype(at::kDouble);
  const at::Tensor mu = spread(a[0], shape, wide), kappa = spread(a[1], shape, wide).clamp_min(1e-5);
  const at::Tensor tau = 1 + at::sqrt(1 + 4 * kappa * kappa);
  const at::Tensor rho = (tau - at::sqrt(2 * tau)) / (2 * kappa);
  const at::Tensor r = (1 + rho * rho) / (2 * rho);
  at::Tensor cosine = at::ones(shape, wide), pending = at::ones(shape, wide.dtype(at::kBool));
  while (pending.any().item<bool>()) {
    const at::Tensor z = at::cos(pi * draw_uniform(shape, wide, generator));
    const at::Tensor proposal = (1 + r * z) / (r + z);
    const at::Tensor margin = kappa * (r - proposal);
    const at::Tensor accepted = at::log(margin / draw_uniform(shape, wide, generator)) + 1 - margin >= 0;
    cosine = at::where(pending & accepted, proposal, cosine);
    pending = pending & ~accepted;
  }
  const at::Tensor side = at::where(draw_uniform(shape, wide, generator) < 0.5, -1., 1.);
  const at::Tensor angle = mu + side * at::acos(cosine.clamp(-1, 1));
  const at::Tensor wrapped = angle - 2 * pi * at::round(angle / (2 * pi));
  const at::Tensor end = at::scalar_tensor(pi, options);
  return strictly_inside(wrapped.to(options.dtype()), -end, end);
}

}  // namespace

Rows circular_rows() { return {{"von_mises", von_mises_log_density, sample_von_mises}}; }

}  // namespace adavi
