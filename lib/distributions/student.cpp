#include "distributions/families.hpp"
#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

namespace adavi {

namespace {

/// log Gamma(h + 1/2) - log Gamma(h), without the cancellation of large h.
at::Tensor log_gamma_half_step(const at::Tensor& h) {
  const at::Tensor next = h + 0.5;
  const at::Tensor step = at::log1p(0.5 / h);
  return h * step - step + 0.5 * at::log(next) - 0.5 + stirling_rest(next) - stirling_rest(h);
}

at::Tensor student_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor &nu = a[0], &sigma = a[2];
  const at::Tensor t = (x - a[1]) / (sigma * at::sqrt(nu));
  return log_gamma_half_step(0.5 * nu) - 0.5 * (at::log(nu) + log_pi) - at::log(sigma) -
         0.5 * (nu + 1) * log1p_square(t);
}

at::Tensor sample_student(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::Tensor h = 0.5 * a[0];
  const at::Tensor log_ratio = draw_log_gamma(shape, h, generator) - at::log(h);
  return a[1] + a[2] * draw_normal(shape, draw_options(a), generator) * finite_exp(-0.5 * log_ratio);
}

}  // namespace

Rows student_rows() { return {{"student_t", student_log_density, sample_student, true}}; }

}  // namespace adavi
