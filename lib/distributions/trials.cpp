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

}  // namespace

Rows trial_rows() {
  DistributionImplementation bernoulli{"bernoulli", bernoulli_log_density, sample_bernoulli};
  bernoulli.summarise = summarise_bernoulli;
  bernoulli.log_density_of = bernoulli_log_density_of;
  DistributionImplementation bernoulli_logit{"bernoulli_logit", bernoulli_logit_log_density, sample_bernoulli_logit};
  bernoulli_logit.summarise = summarise_bernoulli;
  bernoulli_logit.log_density_of = bernoulli_logit_log_density_of;
  return {bernoulli, bernoulli_logit};
}

}  // namespace adavi
