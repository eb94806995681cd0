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

at::Tensor standardise(const at::Tensor& x, const Arguments& a) { return (x - a[1]) / a[2]; }

at::Tensor standard_log_density(const at::Tensor& t, const at::Tensor& nu) {
  return log_gamma_half_step(0.5 * nu) - 0.5 * (at::log(nu) + log_pi) - 0.5 * (nu + 1) * log1p_square(t / at::sqrt(nu));
}

at::Tensor student_log_density(const at::Tensor& x, const Arguments& a) {
  return standard_log_density(standardise(x, a), a[0]) - at::log(a[2]);
}

at::Tensor sample_student(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::Tensor h = 0.5 * a[0];
  const at::Tensor log_ratio = draw_log_gamma(shape, h, generator) - at::log(h);
  return a[1] + a[2] * draw_normal(shape, draw_options(a), generator) * finite_exp(-0.5 * log_ratio);
}

/// The continued fraction K in the incomplete beta function I_x(a, b) = x^a (1 - x)^b K / (a B(a, b)) (DLMF 8.17.22).
/// With a or b = 1/2 and x below (a + 1) / (a + b + 2), 48 terms leave an error below 1e-11.
at::Tensor beta_fraction(const at::Tensor& a, const at::Tensor& b, const at::Tensor& x) {
  at::Tensor fraction = at::ones_like(x);
  for (int m = 48; m > 0; --m) {
    const int k = m / 2;
    const at::Tensor numerator = m % 2 == 0 ? k * (b - k) : -(a + k) * (a + b + k);
    fraction = 1 + numerator * x / ((a + (m - 1)) * (a + m)) / fraction;
  }
  return fraction.reciprocal();
}

/// Where |t| is far enough out for `log_tail`; nearer, `centre` converges.
at::Tensor is_far(const at::Tensor& t, const at::Tensor& nu) { return t * t > 1.5 * nu / (0.5 * nu + 1); }

/// log B(nu / 2, 1/2).
at::Tensor log_beta_half(const at::Tensor& nu) { return 0.5 * log_pi - log_gamma_half_step(0.5 * nu); }

/// log P(T > t) for t > 0 far from 0: half of I_x(nu / 2, 1/2) at x = nu / (nu + t^2).
at::Tensor log_tail(const at::Tensor& t, const at::Tensor& nu) {
  const at::Tensor h = 0.5 * nu, s = t / at::sqrt(nu), log_width = log1p_square(s);
  const at::Tensor half = at::full({}, 0.5, s.options());
  return at::log(s) - (h + 0.5) * log_width - at::log(nu) - log_beta_half(nu) +
         at::log(beta_fraction(h, half, at::exp(-log_width)));
}

/// P(0 < T < t) for t near 0, negative below it: half of I_y(1/2, nu / 2) at y = t^2 / (nu + t^2).
at::Tensor centre(const at::Tensor& t, const at::Tensor& nu) {
  const at::Tensor h = 0.5 * nu, s = t / at::sqrt(nu), width = 1 + s * s;
  const at::Tensor half = at::full({}, 0.5, s.options());
  return s * at::exp(-(h + 0.5) * at::log1p(s * s) - log_beta_half(nu)) * beta_fraction(half, h, s * s / width);
}

at::Tensor standard_log_survival(const at::Tensor& t, const at::Tensor& nu) {
  const at::Tensor far = is_far(t, nu);
  // Each branch sees a harmless point where the other one counts.
  const at::Tensor tail = log_tail(at::where(far, t.abs(), at::sqrt(3 * nu.detach())), nu);
  const at::Tensor near = at::log1p(-2 * centre(at::where(far, 0, t), nu)) - log_two;
  return at::where(far, at::where(t > 0, tail, at::log1p(-at::exp(tail))), near);
}

/// t with P(T > t) = p for p <= 1/4, by Newton's method on the logarithms of both: log P is concave in log t, so it
/// converges from everywhere. It starts from the tail's power law, or from what is close to it for large nu.
at::Tensor invert_tail(const at::Tensor& p, const at::Tensor& nu) {
  const double limit = exp_limit(p.scalar_type());
  const at::Tensor power_law = 0.5 * at::log(nu) - (at::log(nu * p) + log_beta_half(nu)) / nu;
  const at::Tensor normal = 0.5 * at::log(nu * at::expm1(at::special_ndtri(p).square() / nu));
  at::Tensor log_t = at::minimum(power_law, normal).clamp_max(limit);
  for (int i = 0; i < 8; ++i) {
    const at::Tensor t = at::exp(log_t), log_p = standard_log_survival(t, nu);
    const at::Tensor slope = at::exp(standard_log_density(t, nu) - log_p + log_t);
    log_t = (log_t + (log_p - at::log(p)) / slope).clamp_max(limit);
  }
  return at::exp(log_t);
}

/// t with P(T > t) = p for 1/4 < p <= 1/2; P is convex there.
at::Tensor invert_centre(const at::Tensor& p, const at::Tensor& nu) {
  at::Tensor t = at::zeros_like(p * nu);
  for (int i = 0; i < 6; ++i) {
    t = t + (at::exp(standard_log_survival(t, nu)) - p) * at::exp(-standard_log_density(t, nu));
  }
  return t;
}

at::Tensor standard_survival_quantile(const at::Tensor& q, const at::Tensor& nu) {
  at::Tensor t, slope;
  {
    const at::NoGradGuard no_gradients;
    const at::Tensor p = at::minimum(q, 1 - q), outside = p <= 0.25;
    t = at::where(outside, invert_tail(at::where(outside, p, 0.25), nu), invert_centre(at::where(outside, 0.5, p), nu));
    t = at::where(q > 0.5, -t, t);
    slope = at::exp(standard_log_survival(t, nu) - standard_log_density(t, nu));
  }
  // One more step of Newton's, whose derivatives in q and nu are those of the inverse.
  return t + slope * (standard_log_survival(t, nu) - at::log(q));
}

at::Tensor student_log_survival(const at::Tensor& x, const Arguments& a) {
  return standard_log_survival(standardise(x, a), a[0]);
}
at::Tensor student_log_cdf(const at::Tensor& x, const Arguments& a) {
  return standard_log_survival(-standardise(x, a), a[0]);
}
at::Tensor student_quantile(const at::Tensor& p, const Arguments& a) {
  return a[1] - a[2] * standard_survival_quantile(p, a[0]);
}
at::Tensor student_survival_quantile(const at::Tensor& q, const Arguments& a) {
  return a[1] + a[2] * standard_survival_quantile(q, a[0]);
}

}  // namespace

Rows student_rows() {
  return {with_tails<student_log_cdf, student_log_survival, student_quantile, student_survival_quantile>(
      {"student_t", student_log_density, sample_student, true})};
}

}  // namespace adavi
