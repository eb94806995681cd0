#include "distributions/location_scale.hpp"
#include "distributions/numerics.hpp"

namespace adavi {

namespace {

struct StandardNormal : Symmetric<StandardNormal> {
  static at::Tensor log_density(const at::Tensor& z) { return -0.5 * z * z - half_log_two_pi; }
  static at::Tensor log_cdf(const at::Tensor& z) { return at::special_log_ndtr(z); }
  static at::Tensor quantile(const at::Tensor& p) { return at::special_ndtri(p); }
  static at::Tensor draw(at::IntArrayRef shape, const at::TensorOptions& options, at::Generator& generator) {
    return draw_normal(shape, options, generator);
  }
};

using Normal = LocationScale<StandardNormal>;

/// (n, mean, sum of squares about the mean).
SufficientStatistics summarise_normal(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor mean = x.mean(dim, true);
  const at::Tensor deviation = x - mean;
  return {at::scalar_tensor(x.size(dim), x.options()), mean.squeeze(dim), (deviation * deviation).sum(dim)};
}

at::Tensor normal_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  const at::Tensor z = (s[1] - a[0]) / a[1];
  return -0.5 * (s[2] / a[1] / a[1] + s[0] * z * z) - s[0] * (at::log(a[1]) + half_log_two_pi);
}

at::Tensor lognormal_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor inside = x > 0;
  const at::Tensor log_x = at::log(guard(inside, x, 1));
  return restrict(inside, Normal::log_density(log_x, a) - log_x);
}

at::Tensor sample_lognormal(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return strictly_inside(finite_exp(Normal::sample(shape, a, generator)), at::zeros({}, draw_options(a)), {});
}

/// log x, finite below the support, where the distribution function is 0 for every practical purpose.
at::Tensor log_positive(const at::Tensor& x) { return at::log(x.clamp_min(smallest_normal(x.scalar_type()))); }

at::Tensor lognormal_log_cdf(const at::Tensor& x, const Arguments& a) { return Normal::log_cdf(log_positive(x), a); }
at::Tensor lognormal_log_survival(const at::Tensor& x, const Arguments& a) {
  return Normal::log_survival(log_positive(x), a);
}
at::Tensor lognormal_quantile(const at::Tensor& p, const Arguments& a) { return finite_exp(Normal::quantile(p, a)); }
at::Tensor lognormal_survival_quantile(const at::Tensor& q, const Arguments& a) {
  return finite_exp(Normal::survival_quantile(q, a));
}

/// Those of log x and, last, the sum of -log x: the Jacobian, -inf where a value is outside the support.
SufficientStatistics summarise_lognormal(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor inside = x > 0;
  const at::Tensor log_x = at::log(guard(inside, x, 1));
  SufficientStatistics statistics = summarise_normal(log_x, dim);
  statistics.push_back(restrict(inside, -log_x).sum(dim));
  return statistics;
}

at::Tensor lognormal_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return normal_log_density_of(s, a) + s[3];
}

}  // namespace

Rows normal_rows() {
  DistributionImplementation normal = Normal::row("normal");
  normal.summarise = summarise_normal;
  normal.log_density_of = normal_log_density_of;
  DistributionImplementation lognormal =
      with_tails<lognormal_log_cdf, lognormal_log_survival, lognormal_quantile, lognormal_survival_quantile>(
          {"lognormal", lognormal_log_density, sample_lognormal, true});
  lognormal.summarise = summarise_lognormal;
  lognormal.log_density_of = lognormal_log_density_of;
  return {normal, lognormal};
}

}  // namespace adavi
