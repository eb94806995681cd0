#pragma once
#include <ATen/ATen.h>

/// Elementary functions that stay accurate, and keep finite gradients, where the textbook formula does not.
namespace adavi {

inline constexpr double pi = 3.14159265358979323846;
inline constexpr double log_two = 0.69314718055994530942;
inline constexpr double log_pi = 1.14472988584940017414;
inline constexpr double half_log_two_pi = 0.91893853320467274178;

/// Smallest positive normal number of a dtype, and the spacing of numbers at 1.
double smallest_normal(at::ScalarType dtype);
double machine_epsilon(at::ScalarType dtype);

/// `x` where `inside`, else the constant `interior`: what a density may compute with before `restrict` masks it, so
/// that no NaN reaches the gradient.
at::Tensor guard(const at::Tensor& inside, const at::Tensor& x, double interior);
/// `log_density` where `inside`, else -inf.
at::Tensor restrict(const at::Tensor& inside, const at::Tensor& log_density);
/// True where x is one of 0, 1, 2, ...
at::Tensor is_count(const at::Tensor& x);

/// exp(z) up to the argument `limit`, its tangent above: finite with a finite gradient for |z| <= 1e3, and so are sums
/// of many. By default the limit is `exp_limit(dtype)`.
at::Tensor finite_exp(const at::Tensor& z);
at::Tensor finite_exp(const at::Tensor& z, double limit);
double exp_limit(at::ScalarType dtype);
/// log(1 - exp(-x)) for x > 0; finite at 0.
at::Tensor log1m_exp(const at::Tensor& x);
/// log p, and -inf without a gradient at p <= 0.
at::Tensor log_or_minus_infinity(const at::Tensor& p);
/// log(1 + t^2) for any t, without overflow.
at::Tensor log1p_square(const at::Tensor& t);
/// Logarithm of the sum of exponentials over `dim`; rows of -inf give -inf, with gradient zero.
at::Tensor log_sum_exp(const at::Tensor& terms, std::int64_t dim);

/// Whether all elements are at most `bound`; NaN is not.
bool all_below(const at::Tensor& t, double bound);

/// Deviance of the Poisson family, x log(x / mean) + mean - x >= 0, without cancellation at x = mean (Loader 2000).
/// `log_mean` is the logarithm of `mean`, accurate even where `mean` underflows. Gamma, beta, binomial and Dirichlet
/// densities are sums of such terms, which is why they all stay accurate for counts and shapes up to 1e6 in float32.
at::Tensor deviance(const at::Tensor& x, const at::Tensor& mean, const at::Tensor& log_mean);
/// Below so many trials nothing worth mentioning cancels in float32, and `log_density_of_few` is what is soonest told.
constexpr double few_trials = 128;
/// log density of `hits` of `trials` at `logit`; `log_choose` is the logarithm of the binomial coefficient.
at::Tensor log_density_of_few(const at::Tensor& log_choose, const at::Tensor& hits, const at::Tensor& trials,
                              const at::Tensor& logit);
/// log density of so many hits and misses at `logit` minus that at `centre`, which is next to where it is highest:
/// accurate for counts up to 1e6 in float32, with one exponential and one logarithm for each logit.
at::Tensor binomial_log_ratio(const at::Tensor& hits, const at::Tensor& misses, const at::Tensor& logit,
                              const at::Tensor& centre);
/// log(mean of x) - mean of log x >= 0 over `dim`, for x > 0, without cancellation where x hardly varies.
at::Tensor log_mean_excess(const at::Tensor& x, std::int64_t dim);

/// log Gamma(y + 1) - (y log y - y), the rest of Stirling's formula, for y >= 0; 0 at 0.
at::Tensor stirling_rest(const at::Tensor& y);

/// Moves x off closed bounds to the next number inside (either may be undefined: open). Gradients pass as if x had not
/// moved.
at::Tensor strictly_inside(const at::Tensor& x, const at::Tensor& lower, const at::Tensor& upper);

}  // namespace adavi
