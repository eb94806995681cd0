#include "distributions/families.hpp"
#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

namespace adavi {

namespace {

/// With log Gamma(a) in Stirling's form, a log(r x) - r x - log Gamma(a) is minus a deviance and a small rest.
at::Tensor gamma_kernel(const at::Tensor& x, const at::Tensor& log_x, const at::Tensor& shape, const at::Tensor& rate) {
  return at::log(shape) - stirling_rest(shape) - deviance(shape, rate * x, at::log(rate) + log_x);
}

at::Tensor gamma_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor inside = x > 0;
  const at::Tensor y = guard(inside, x, 1), log_y = at::log(y);
  return restrict(inside, gamma_kernel(y, log_y, a[0], a[1]) - log_y);
}

/// x ~ inv_gamma(shape, scale) where 1 / x ~ gamma(shape, rate = scale).
at::Tensor inv_gamma_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor inside = x > 0;
  const at::Tensor y = guard(inside, x, 1), log_y = at::log(y);
  return restrict(inside, gamma_kernel(y.reciprocal(), -log_y, a[0], a[1]) - log_y);
}

/// A chi-square variate with nu degrees of freedom is gamma(nu / 2, 1 / 2).
Arguments chi_square_arguments(const Arguments& a) { return {0.5 * a[0], at::full_like(a[0], 0.5)}; }

at::Tensor chi_square_log_density(const at::Tensor& x, const Arguments& a) {
  return gamma_log_density(x, chi_square_arguments(a));
}

at::Tensor positive_exp(const at::Tensor& log_x) {
  return strictly_inside(finite_exp(log_x), at::zeros({}, log_x.options()), {});
}

at::Tensor sample_gamma(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return positive_exp(draw_log_gamma(shape, a[0], generator) - at::log(a[1]));
}

at::Tensor sample_inv_gamma(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return positive_exp(at::log(a[1]) - draw_log_gamma(shape, a[0], generator));
}

at::Tensor sample_chi_square(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return sample_gamma(shape, chi_square_arguments(a), generator);
}

/// (n, mean, log mean - mean log >= 0, sum of -log x): -inf in the last where a value is outside the support.
SufficientStatistics summarise_gamma(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor inside = x > 0;
  const at::Tensor y = guard(inside, x, 1);
  return {at::scalar_tensor(x.size(dim), x.options()), y.mean(dim), log_mean_excess(y, dim),
          restrict(inside, -at::log(y)).sum(dim)};
}

/// The deviances of a sample add up to n times that of its mean and n * shape * (log mean - mean log).
at::Tensor gamma_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return s[3] + s[0] * (gamma_kernel(s[1], at::log(s[1]), a[0], a[1]) - a[0] * s[2]);
}

at::Tensor chi_square_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return gamma_log_density_of(s, chi_square_arguments(a));
}

/// Those of 1 / x under the gamma family, but for the Jacobian, the last.
SufficientStatistics summarise_inv_gamma(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor inside = x > 0;
  const at::Tensor y = guard(inside, x, 1);
  SufficientStatistics statistics = summarise_gamma(y.reciprocal(), dim);
  statistics[3] = restrict(inside, -at::log(y)).sum(dim);
  return statistics;
}

}  // namespace

Rows gamma_rows() {
  DistributionImplementation gamma{"gamma", gamma_log_density, sample_gamma, true};
  gamma.summarise = summarise_gamma;
  gamma.log_density_of = gamma_log_density_of;
  DistributionImplementation inv_gamma{"inv_gamma", inv_gamma_log_density, sample_inv_gamma, true};
  inv_gamma.summarise = summarise_inv_gamma;
  inv_gamma.log_density_of = gamma_log_density_of;
  DistributionImplementation chi_square{"chi_square", chi_square_log_density, sample_chi_square, true};
  chi_square.summarise = summarise_gamma;
  chi_square.log_density_of = chi_square_log_density_of;
  return {gamma, inv_gamma, chi_square};
}

}  // namespace adavi
