#include "distributions/families.hpp"
#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

namespace adavi {

namespace {

at::Tensor uniform_log_density(const at::Tensor& x, const Arguments& a) {
  return restrict((x >= a[0]) & (x <= a[1]), -at::log(a[1] - a[0]) + at::zeros_like(x));
}

at::Tensor sample_uniform(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return a[0] + (a[1] - a[0]) * draw_uniform(shape, draw_options(a), generator);
}

/// log of a fraction of the interval, finite at its end.
at::Tensor log_fraction(const at::Tensor& length, const Arguments& a) {
  const at::Tensor fraction = length / (a[1] - a[0]);
  return at::log(fraction.clamp(smallest_normal(fraction.scalar_type()), 1));
}
at::Tensor uniform_log_cdf(const at::Tensor& x, const Arguments& a) { return log_fraction(x - a[0], a); }
at::Tensor uniform_log_survival(const at::Tensor& x, const Arguments& a) { return log_fraction(a[1] - x, a); }
at::Tensor uniform_quantile(const at::Tensor& p, const Arguments& a) { return a[0] + (a[1] - a[0]) * p; }
at::Tensor uniform_survival_quantile(const at::Tensor& q, const Arguments& a) { return a[1] - (a[1] - a[0]) * q; }

/// -log B(a, b) and the powers at x = mean, mean being where both deviances are taken: all but -log x - log(1 - x).
at::Tensor beta_kernel(const at::Tensor& x, const at::Tensor& log_x, const at::Tensor& log_rest, const Arguments& a) {
  const at::Tensor total = a[0] + a[1], log_total = at::log(total);
  return at::log(a[0]) + at::log(a[1]) - log_total + stirling_rest(total) - stirling_rest(a[0]) - stirling_rest(a[1]) -
         deviance(a[0], total * x, log_total + log_x) - deviance(a[1], total * (1 - x), log_total + log_rest);
}

at::Tensor beta_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor inside = (x > 0) & (x < 1);
  const at::Tensor y = guard(inside, x, 0.5);
  const at::Tensor log_y = at::log(y), log_rest = at::log1p(-y);
  return restrict(inside, beta_kernel(y, log_y, log_rest, a) - log_y - log_rest);
}

at::Tensor sample_beta(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::Tensor first = draw_log_gamma(shape, a[0], generator);
  const at::Tensor x = at::sigmoid(first - draw_log_gamma(shape, a[1], generator));
  return strictly_inside(x, at::zeros({}, x.options()), at::ones({}, x.options()));
}

/// (n, mean, log mean - mean log of x and of 1 - x, sum of -log x - log(1 - x)).
SufficientStatistics summarise_beta(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor inside = (x > 0) & (x < 1);
  const at::Tensor y = guard(inside, x, 0.5);
  return {at::scalar_tensor(x.size(dim), x.options()), y.mean(dim), log_mean_excess(y, dim),
          log_mean_excess(1 - y, dim), restrict(inside, -at::log(y) - at::log1p(-y)).sum(dim)};
}

at::Tensor beta_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  const at::Tensor kernel = beta_kernel(s[1], at::log(s[1]), at::log1p(-s[1]), a);
  return s[4] + s[0] * (kernel - a[0] * s[2] - a[1] * s[3]);
}

}  // namespace

Rows interval_rows() {
  DistributionImplementation beta{"beta", beta_log_density, sample_beta, true};
  beta.summarise = summarise_beta;
  beta.log_density_of = beta_log_density_of;
  return {beta, with_tails<uniform_log_cdf, uniform_log_survival, uniform_quantile, uniform_survival_quantile>(
                    {"uniform", uniform_log_density, sample_uniform, true})};
}

}  // namespace adavi
