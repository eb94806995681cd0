#include <cmath>

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

/// Mean mu, variance mu + mu^2 / phi. With n = x + phi and p = mu / (mu + phi) the leading terms are a binomial's,
/// whose phi need not be a whole number.
at::Tensor negative_binomial_from(const at::Tensor& x, const at::Tensor& log_mu, const at::Tensor& shape) {
  const at::Tensor inside = is_count(x);
  const at::Tensor phi = shape.clamp_min(smallest_normal(shape.scalar_type()));  // where it underflows
  const at::Tensor y = guard(inside, x, 0), n = y + phi;
  const at::Tensor log_phi = at::log(phi), logit = log_mu - log_phi;
  if (all_below(n, few_trials)) {
    const at::Tensor log_choose = at::lgamma(n) - at::lgamma(y + 1) - at::lgamma(phi);
    return log_density_of_few(restrict(inside, log_choose), y, n, logit);
  }
  const at::Tensor p = ((y + 0.5) / (n + 1)).detach(), q = ((phi + 0.5) / (n + 1)).detach();
  const at::Tensor log_p = at::log(p), log_q = at::log(q), log_n = at::log(n);
  const at::Tensor at_centre = log_phi - log_n + stirling_rest(n) - stirling_rest(y) - stirling_rest(phi) -
                               deviance(y, n * p, log_n + log_p) - deviance(phi, n * q, log_n + log_q);
  return restrict(inside, at_centre) + binomial_log_ratio(y, phi, logit, log_p - log_q);
}

at::Tensor neg_binomial_2_log_density(const at::Tensor& x, const Arguments& a) {
  return negative_binomial_from(x, at::log(a[0].clamp_min(smallest_normal(a[0].scalar_type()))), a[1]);
}
at::Tensor neg_binomial_2_log_log_density(const at::Tensor& x, const Arguments& a) {
  return negative_binomial_from(x, a[0], a[1]);
}

/// (n, the sum, the counts along their last axis and the summed log factorials, in float64 where large terms would
/// cancel). Not sufficient for phi, but for mu: as functions of it, all counts are one binomial.
SufficientStatistics summarise_negative_binomial(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor inside = is_count(x);
  const at::Tensor y = guard(inside, x, 0);
  const at::Tensor counts = y.movedim(dim, -1).to(at::kDouble).contiguous();
  const at::Tensor log_factorials = at::lgamma(counts + 1).sum(-1);
  return {at::scalar_tensor(x.size(dim), x.options()), y.sum(dim), counts,
          at::where(inside.all(dim), log_factorials, at::full_like(log_factorials, INFINITY))};
}
at::Tensor negative_binomial_of(const SufficientStatistics& s, const at::Tensor& log_mu, const at::Tensor& shape) {
  const at::Tensor phi = shape.clamp_min(smallest_normal(shape.scalar_type()));
  const at::Tensor &sum = s[1], misses = s[0] * phi;
  const at::Tensor exact = phi.to(at::kDouble), exact_misses = s[0].to(at::kDouble) * exact;
  const at::Tensor ratio = ((sum + 0.5) / (exact_misses + 0.5)).detach(), centre = at::log(ratio);
  const at::Tensor log_choose =
      at::lgamma(s[2] + exact.unsqueeze(-1)).sum(-1) - s[0].to(at::kDouble) * at::lgamma(exact) - s[3];
  const at::Tensor at_centre = log_choose + sum * centre - (sum + exact_misses) * at::log1p(ratio);
  return at_centre.to(phi.scalar_type()) +
         binomial_log_ratio(sum, misses, log_mu - at::log(phi), centre.to(phi.scalar_type()));
}
at::Tensor neg_binomial_2_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return negative_binomial_of(s, at::log(a[0].clamp_min(smallest_normal(a[0].scalar_type()))), a[1]);
}
at::Tensor neg_binomial_2_log_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return negative_binomial_of(s, a[0], a[1]);
}

/// A Poisson count whose rate is gamma(phi, phi / mu).
at::Tensor sample_negative_binomial(at::IntArrayRef shape, const at::Tensor& log_mu, const at::Tensor& phi,
                                    at::Generator& generator) {
  const at::Tensor log_rate = log_mu - at::log(phi) + draw_log_gamma(shape, phi, generator);
  return draw_poisson(finite_exp(log_rate), generator);
}
at::Tensor sample_neg_binomial_2(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::TensorOptions options = draw_options(a);
  return sample_negative_binomial(shape, at::log(spread(a[0], shape, options)), spread(a[1], shape, options),
                                  generator);
}
at::Tensor sample_neg_binomial_2_log(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::TensorOptions options = draw_options(a);
  return sample_negative_binomial(shape, spread(a[0], shape, options), spread(a[1], shape, options), generator);
}

}  // namespace

Rows count_rows() {
  DistributionImplementation poisson{"poisson", poisson_log_density, sample_poisson};
  poisson.summarise = summarise_poisson;
  poisson.log_density_of = poisson_log_density_of;
  DistributionImplementation poisson_log{"poisson_log", poisson_log_log_density, sample_poisson_log};
  poisson_log.summarise = summarise_poisson;
  poisson_log.log_density_of = poisson_log_log_density_of;
  DistributionImplementation negative{"neg_binomial_2", neg_binomial_2_log_density, sample_neg_binomial_2};
  negative.summarise = summarise_negative_binomial;
  negative.log_density_of = neg_binomial_2_log_density_of;
  DistributionImplementation negative_log{"neg_binomial_2_log", neg_binomial_2_log_log_density,
                                          sample_neg_binomial_2_log};
  negative_log.summarise = summarise_negative_binomial;
  negative_log.log_density_of = neg_binomial_2_log_log_density_of;
  return {poisson, poisson_log, negative, negative_log};
}

}  // namespace adavi
