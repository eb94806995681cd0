#include "distributions/families.hpp"
#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

namespace adavi {

namespace {

at::Tensor is_binary(const at::Tensor& x) { return (x == 0) | (x == 1); }

at::Tensor logit_bernoulli(const at::Tensor& x, const at::Tensor& logit) {
  return restrict(is_binary(x), at::log_sigmoid(at::where(x > 0.5, logit, -logit)));
}

at::Tensor bernoulli_log_density(const at::Tensor& x, const Arguments& a) {
  return restrict(is_binary(x), log_or_minus_infinity(at::where(x > 0.5, a[0], 1 - a[0])));
}
at::Tensor bernoulli_logit_log_density(const at::Tensor& x, const Arguments& a) { return logit_bernoulli(x, a[0]); }

at::Tensor sample_bernoulli(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::Tensor u = draw_uniform(shape, draw_options(a), generator);
  return (u < a[0]).to(u.scalar_type());
}
at::Tensor sample_bernoulli_logit(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return sample_bernoulli(shape, {at::sigmoid(a[0])}, generator);
}

/// (number of zeros, number of ones, 0 or -inf where a value is outside the support).
SufficientStatistics summarise_bernoulli(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor ones = x.sum(dim);
  return {x.size(dim) - ones, ones, restrict(is_binary(x), at::zeros_like(x)).sum(dim)};
}
/// Sums that are zero have no say, even where the logarithm is -inf.
at::Tensor weighted(const at::Tensor& count, const at::Tensor& log_p) {
  return at::where(count > 0, count * at::where(count > 0, log_p, 0.), 0.);
}
at::Tensor bernoulli_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return weighted(s[0], log_or_minus_infinity(1 - a[0])) + weighted(s[1], log_or_minus_infinity(a[0])) + s[2];
}
at::Tensor bernoulli_logit_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return s[0] * at::log_sigmoid(-a[0]) + s[1] * at::log_sigmoid(a[0]) + s[2];
}

/// Successes in n trials from the means n p and n (1 - p), given with their logarithms: Loader's saddle point form.
at::Tensor binomial_from(const at::Tensor& x, const at::Tensor& trials, const at::Tensor& p, const at::Tensor& q,
                         const at::Tensor& log_p, const at::Tensor& log_q) {
  const at::Tensor n = trials.detach().to(x.scalar_type());
  const at::Tensor inside = is_count(x) & (x <= n);
  const at::Tensor hits = at::where(inside, x, 0.), misses = n - hits;
  const at::Tensor log_n = at::log(n.clamp_min(1));
  const at::Tensor coefficient = stirling_rest(n) - stirling_rest(hits) - stirling_rest(misses);
  return restrict(inside, coefficient - deviance(hits, n * p, log_n + log_p) - deviance(misses, n * q, log_n + log_q));
}

at::Tensor binomial_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor q = 1 - a[1];
  return binomial_from(x, a[0], a[1], q, log_or_minus_infinity(a[1]), log_or_minus_infinity(q));
}
at::Tensor binomial_logit_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor n = a[0].detach().to(x.scalar_type());
  const at::Tensor inside = is_count(x) & (x <= n);
  const at::Tensor hits = at::where(inside, x, 0.), misses = n - hits;
  if (all_below(n, few_trials)) {
    const at::Tensor log_choose = at::lgamma(n + 1) - at::lgamma(hits + 1) - at::lgamma(misses + 1);
    return log_density_of_few(restrict(inside, log_choose), hits, n, a[1]);
  }
  const at::Tensor p = (hits + 0.5) / (n + 1), q = (misses + 0.5) / (n + 1), log_p = at::log(p), log_q = at::log(q);
  return binomial_from(x, n, p, q, log_p, log_q) + binomial_log_ratio(hits, misses, a[1], log_p - log_q);
}

at::Tensor sample_binomial(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::TensorOptions options = draw_options(a);
  return at::binomial(spread(a[0], shape, options), spread(a[1], shape, options), generator);
}
at::Tensor sample_binomial_logit(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return sample_binomial(shape, {a[0], at::sigmoid(a[1])}, generator);
}

/// log Gamma(y) without its leading y log y - y, which cancel between the factors of beta_binomial.
at::Tensor gamma_rest(const at::Tensor& y) { return stirling_rest(y) - at::log(y); }

/// n trials of a beta(alpha, beta) probability. With p = (x + alpha) / (n + alpha + beta), the posterior mean, what is
/// left of the six Gamma functions' leading terms is four deviances.
at::Tensor beta_binomial_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor n = a[0].detach().to(x.scalar_type());
  const at::Tensor inside = is_count(x) & (x <= n);
  const at::Tensor hits = at::where(inside, x, 0.), misses = n - hits;
  const at::Tensor total = a[1] + a[2], first = hits + a[1], second = misses + a[2], all = n + total;
  const at::Tensor log_p = at::log(first) - at::log(all), log_q = at::log(second) - at::log(all);
  const at::Tensor p = first / all, q = second / all;
  const at::Tensor log_n = at::log(n.clamp_min(1)), log_total = at::log(total);
  const at::Tensor deviances = deviance(hits, n * p, log_n + log_p) + deviance(misses, n * q, log_n + log_q) +
                               deviance(a[1], total * p, log_total + log_p) +
                               deviance(a[2], total * q, log_total + log_q);
  const at::Tensor coefficient = stirling_rest(n) - stirling_rest(hits) - stirling_rest(misses);
  return restrict(inside, coefficient + gamma_rest(first) + gamma_rest(second) - gamma_rest(all) + gamma_rest(total) -
                              gamma_rest(a[1]) - gamma_rest(a[2]) - deviances);
}

at::Tensor sample_beta_binomial(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::TensorOptions options = draw_options(a);
  const at::Tensor first = draw_log_gamma(shape, spread(a[1], shape, options), generator);
  const at::Tensor p = at::sigmoid(first - draw_log_gamma(shape, spread(a[2], shape, options), generator));
  return sample_binomial(shape, {a[0], p}, generator);
}

}  // namespace

Rows trial_rows() {
  DistributionImplementation bernoulli{"bernoulli", bernoulli_log_density, sample_bernoulli};
  bernoulli.summarise = summarise_bernoulli;
  bernoulli.log_density_of = bernoulli_log_density_of;
  DistributionImplementation bernoulli_logit{"bernoulli_logit", bernoulli_logit_log_density, sample_bernoulli_logit};
  bernoulli_logit.summarise = summarise_bernoulli;
  bernoulli_logit.log_density_of = bernoulli_logit_log_density_of;
  return {bernoulli,
          bernoulli_logit,
          {"binomial", binomial_log_density, sample_binomial},
          {"binomial_logit", binomial_logit_log_density, sample_binomial_logit},
          {"beta_binomial", beta_binomial_log_density, sample_beta_binomial}};
}

}  // namespace adavi
