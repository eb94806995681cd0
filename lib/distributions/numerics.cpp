#include "distributions/numerics.hpp"

#include <cmath>
#include <limits>

namespace adavi {

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Stirling's series for y >= 16: half log(2 pi y) + 1 / (12 y) - 1 / (360 y^3) + ...
at::Tensor stirling_series(const at::Tensor& y) {
  const at::Tensor inverse = y.reciprocal();
  const at::Tensor square = inverse * inverse;
  const at::Tensor series =
      1. / 12 - square * (1. / 360 - square * (1. / 1260 - square * (1. / 1680 - square * (1. / 1188))));
  return 0.5 * at::log(y) + half_log_two_pi + inverse * series;
}

}  // namespace

bool all_below(const at::Tensor& t, double bound) { return t.numel() == 0 || t.detach().max().item<double>() <= bound; }

double smallest_normal(at::ScalarType dtype) {
  return dtype == at::kDouble ? std::numeric_limits<double>::min() : std::numeric_limits<float>::min();
}

double machine_epsilon(at::ScalarType dtype) {
  return dtype == at::kDouble ? std::numeric_limits<double>::epsilon() : std::numeric_limits<float>::epsilon();
}

at::Tensor guard(const at::Tensor& inside, const at::Tensor& x, double interior) {
  return at::where(inside, x, interior);
}

at::Tensor restrict(const at::Tensor& inside, const at::Tensor& log_density) {
  return at::where(inside, log_density, -infinity);
}

at::Tensor is_count(const at::Tensor& x) { return (x >= 0) & (x == at::floor(x)) & (x < infinity); }

double exp_limit(at::ScalarType dtype) { return dtype == at::kDouble ? 600 : 60; }

at::Tensor finite_exp(const at::Tensor& z) { return finite_exp(z, exp_limit(z.scalar_type())); }

at::Tensor finite_exp(const at::Tensor& z, double limit) {
  return at::exp(z.clamp_max(limit)) + std::exp(limit) * at::relu(z - limit);
}

at::Tensor log1m_exp(const at::Tensor& x) {
  const at::Tensor positive = x.clamp_min(smallest_normal(x.scalar_type()));
  const at::Tensor near = at::log(-at::expm1(-positive.clamp_max(log_two)));
  const at::Tensor far = at::log1p(-at::exp(-positive.clamp_min(log_two)));
  return at::where(positive < log_two, near, far);
}

at::Tensor log_or_minus_infinity(const at::Tensor& p) {
  const at::Tensor positive = p > 0;
  return restrict(positive, at::log(guard(positive, p, 1)));
}

at::Tensor log1p_square(const at::Tensor& t) {
  const at::Tensor small = t.abs() < 1e4;
  const at::Tensor near = guard(small, t, 0);
  return at::where(small, at::log1p(near * near), 2 * at::log(at::where(small, 1., t.abs())));
}

at::Tensor log_sum_exp(const at::Tensor& terms, std::int64_t dim) {
  const at::Tensor some = (terms > -infinity).any(dim, true);
  return restrict(some.squeeze(dim), at::logsumexp(guard(some, terms, 0), dim));
}

at::Tensor deviance(const at::Tensor& x, const at::Tensor& mean, const at::Tensor& log_mean) {
  // At x = 0 the logarithm has no say.
  const at::Tensor positive = x > 0;
  const at::Tensor logarithm = at::where(positive, at::log(guard(positive, x, 1)) - log_mean, 0.);
  const at::Tensor far = x * logarithm + mean - x;
  if (all_below(x, 64) && all_below(mean, 64)) return far;  // nothing worth mentioning cancels, at a third of the work
  const at::Tensor close = (x - mean).abs() < 0.5 * mean;
  const at::Tensor centre = guard(close, mean, 1);
  const at::Tensor d = guard(close, (x - mean) / centre, 0);
  return at::where(close, centre * ((1 + d) * at::log1p(d) - d), far);
}

at::Tensor log_density_of_few(const at::Tensor& log_choose, const at::Tensor& hits, const at::Tensor& trials,
                              const at::Tensor& logit) {
  return at::addcmul(at::addcmul(log_choose, hits, logit), trials, at::log_sigmoid(-logit));
}

/// With t = logit - centre it is hits t - n log(q + p e^t), written for the rarer of hits and misses.
at::Tensor binomial_log_ratio(const at::Tensor& hits, const at::Tensor& misses, const at::Tensor& logit,
                              const at::Tensor& centre) {
  constexpr double far = 60;        // beyond, the exponential would overflow and the rest is a line
  constexpr double largest = 1e30;  // where no hits meet an infinite logit
  const at::Tensor rare_misses = centre > 0;
  const at::Tensor rare = at::where(rare_misses, misses, hits), sign = 1 - 2 * rare_misses.to(hits.scalar_type());
  const at::Tensor p = at::sigmoid(-centre.abs());
  const at::Tensor apart = sign * (logit - centre), total = hits + misses;
  if (all_below(apart, far) && all_below(-apart, largest))
    return rare * apart - total * at::log1p(p * at::expm1(apart));
  const at::Tensor t = apart.clamp(-largest, largest), near = t.clamp_max(far);
  return rare * t - total * (at::log1p(p * at::expm1(near)) + (t - near));
}

at::Tensor log_mean_excess(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor mean = x.mean(dim, true);
  const at::Tensor d = (x - mean) / mean;
  const at::Tensor close = d > -0.5;
  return (d - at::where(close, at::log1p(guard(close, d, 0)), at::log(x) - at::log(mean))).mean(dim);
}

at::Tensor stirling_rest(const at::Tensor& y) {
  constexpr double enough = 16;
  const at::Tensor small = (y > 0) & (y <= enough);
  const at::Tensor few = guard(small, y, 1);
  const at::Tensor direct = at::where(small, at::lgamma(few + 1) - few * at::log(few) + few, 0.);
  if (all_below(y, enough)) return direct;
  const at::Tensor large = y > enough;
  return at::where(large, stirling_series(guard(large, y, enough)), direct);
}

at::Tensor strictly_inside(const at::Tensor& x, const at::Tensor& lower, const at::Tensor& upper) {
  const double tiny = smallest_normal(x.scalar_type());
  at::Tensor moved = x.detach();
  if (lower.defined()) {
    const at::Tensor bound = lower.detach().to(x.scalar_type());
    moved = at::maximum(moved, at::maximum(at::nextafter(bound, at::full_like(bound, infinity)), bound + tiny));
  }
  if (upper.defined()) {
    const at::Tensor bound = upper.detach().to(x.scalar_type());
    moved = at::minimum(moved, at::minimum(at::nextafter(bound, at::full_like(bound, -infinity)), bound - tiny));
  }
  return x + (moved - x.detach());
}

}  // namespace adavi
