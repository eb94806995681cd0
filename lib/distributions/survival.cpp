#include "distributions/families.hpp"
#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

/// Positive variates that are powers of a standard exponential: their survival functions are closed.
namespace adavi {

namespace {

at::Tensor log_positive(const at::Tensor& x) { return at::log(x.clamp_min(smallest_normal(x.scalar_type()))); }

// Each family states its cumulative hazard, -log P(X > x), and its inverse; the tails follow.

at::Tensor exponential_hazard(const at::Tensor& x, const Arguments& a) { return a[0] * at::relu(x); }
at::Tensor exponential_inverse(const at::Tensor& hazard, const Arguments& a) { return hazard / a[0]; }

at::Tensor weibull_hazard(const at::Tensor& x, const Arguments& a) {
  return finite_exp(a[0] * (log_positive(x) - at::log(a[1])));
}
at::Tensor weibull_inverse(const at::Tensor& hazard, const Arguments& a) {
  return finite_exp(at::log(a[1]) + log_positive(hazard) / a[0]);
}

at::Tensor pareto_hazard(const at::Tensor& x, const Arguments& a) {
  return a[1] * at::relu(log_positive(x) - at::log(a[0]));
}
at::Tensor pareto_inverse(const at::Tensor& hazard, const Arguments& a) {
  return finite_exp(at::log(a[0]) + hazard / a[1]);
}

template <auto Hazard>
at::Tensor log_survival(const at::Tensor& x, const Arguments& a) {
  return -Hazard(x, a);
}
template <auto Hazard>
at::Tensor log_cdf(const at::Tensor& x, const Arguments& a) {
  return log1m_exp(Hazard(x, a));
}
template <auto Inverse>
at::Tensor survival_quantile(const at::Tensor& q, const Arguments& a) {
  return Inverse(-at::log(q), a);
}
template <auto Inverse>
at::Tensor quantile(const at::Tensor& p, const Arguments& a) {
  return Inverse(-at::log1p(-p), a);
}
template <auto Inverse>
at::Tensor sample(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::Tensor x = Inverse(draw_exponential(shape, draw_options(a), generator), a);
  return strictly_inside(x, at::zeros({}, x.options()), {});
}

template <auto Hazard, auto Inverse>
DistributionImplementation row(std::string_view name, decltype(DistributionImplementation::log_density) log_density) {
  return with_tails<log_cdf<Hazard>, log_survival<Hazard>, quantile<Inverse>, survival_quantile<Inverse>>(
      {name, log_density, sample<Inverse>, true});
}

at::Tensor exponential_log_density(const at::Tensor& x, const Arguments& a) {
  return restrict(x >= 0, at::log(a[0]) - a[0] * x);
}

/// (n, sum), the sum infinite where a value is outside the support.
SufficientStatistics summarise_exponential(const at::Tensor& x, std::int64_t dim) {
  return {at::scalar_tensor(x.size(dim), x.options()), -restrict(x >= 0, -x).sum(dim)};
}
at::Tensor exponential_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return s[0] * at::log(a[0]) - a[0] * s[1];
}

at::Tensor weibull_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor inside = x >= 0;
  const at::Tensor log_x = log_positive(guard(inside, x, 1));  // at 0: the limit from above
  const at::Tensor log_hazard = a[0] * (log_x - at::log(a[1]));
  return restrict(inside, at::log(a[0]) + log_hazard - log_x - finite_exp(log_hazard));
}

/// (n, the logarithms [..., n], their sum, 0 or -inf where a value is outside the support). Not sufficient for the
/// shape, but for the scale: as a function of it, the sum of all x^shape says everything.
SufficientStatistics summarise_weibull(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor inside = x >= 0;
  const at::Tensor log_x = log_positive(guard(inside, x, 1)).movedim(dim, -1).contiguous();
  return {at::scalar_tensor(x.size(dim), x.options()), log_x, log_x.sum(-1),
          restrict(inside, at::zeros_like(x)).sum(dim)};
}
at::Tensor weibull_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  const at::Tensor log_powers = at::logsumexp(a[0].unsqueeze(-1) * s[1], -1), log_scale = a[0] * at::log(a[1]);
  const at::Tensor of_shape = s[0] * at::log(a[0]) + (a[0] - 1) * s[2] + s[3];
  return of_shape - s[0] * log_scale - finite_exp(log_powers - log_scale);
}

at::Tensor pareto_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor inside = (x >= a[0]) & (x > 0);
  const at::Tensor log_x = at::log(guard(inside, x, 1));
  return restrict(inside, at::log(a[1]) - log_x - a[1] * (log_x - at::log(a[0])));
}

/// A draw that rounds to less than the minimum would be outside its own support.
at::Tensor sample_pareto(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::Tensor x = sample<pareto_inverse>(shape, a, generator);
  return at::maximum(x, a[0].to(x.scalar_type()));
}

}  // namespace

Rows survival_rows() {
  DistributionImplementation exponential =
      row<exponential_hazard, exponential_inverse>("exponential", exponential_log_density);
  exponential.summarise = summarise_exponential;
  exponential.log_density_of = exponential_log_density_of;
  DistributionImplementation pareto = row<pareto_hazard, pareto_inverse>("pareto", pareto_log_density);
  pareto.sample = sample_pareto;
  DistributionImplementation weibull = row<weibull_hazard, weibull_inverse>("weibull", weibull_log_density);
  weibull.summarise = summarise_weibull;
  weibull.log_density_of = weibull_log_density_of;
  return {exponential, weibull, pareto};
}

}  // namespace adavi
