#include "distributions/families.hpp"
#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

namespace adavi {

namespace {

at::Tensor poisson_from(const at::Tensor& x, const at::Tensor& rate, const at::Tensor& log_rate) {
  const at::Tensor inside = is_count(x);
  const at::Tensor y = guard(inside, x, 0);
  return restrict(inside, -deviance(y, rate, log_rate) - stirling_rest(y));
}

at::Tensor poisson_log_density(const at::Tensor& x, const Arguments& a) {
  return poisson_from(x, a[0], log_or_minus_infinity(a[0]));
}
at::Tensor poisson_log_log_density(const at::Tensor& x, const Arguments& a) {
  return poisson_from(x, finite_exp(a[0]), a[0]);
}

at::Tensor sample_poisson(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return draw_poisson(spread(a[0], shape, draw_options(a)), generator);
}
at::Tensor sample_poisson_log(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return sample_poisson(shape, {finite_exp(a[0])}, generator);
}

/// (n, mean, the summed log density at the rate `mean`): deviances about another rate add n times that of the mean.
SufficientStatistics summarise_poisson(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor mean = guard(is_count(x), x, 0).mean(dim, true);
  const at::Tensor best = poisson_from(x, mean, log_or_minus_infinity(mean)).sum(dim);
  return {at::scalar_tensor(x.size(dim), x.options()), mean.squeeze(dim), best};
}
at::Tensor poisson_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return s[2] - s[0] * deviance(s[1], a[0], log_or_minus_infinity(a[0]));
}
at::Tensor poisson_log_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return s[2] - s[0] * deviance(s[1], finite_exp(a[0]), a[0]);
}

}  // namespace

Rows count_rows() {
  DistributionImplementation poisson{"poisson", poisson_log_density, sample_poisson};
  poisson.summarise = summarise_poisson;
  poisson.log_density_of = poisson_log_density_of;
  DistributionImplementation poisson_log{"poisson_log", poisson_log_log_density, sample_poisson_log};
  poisson_log.summarise = summarise_poisson;
  poisson_log.log_density_of = poisson_log_log_density_of;
  return {poisson, poisson_log};
}

}  // namespace adavi
