#pragma once
#include "distributions/families.hpp"
#include "distributions/random.hpp"

namespace adavi {

/// The row of mu + sigma Z, from the standard variate Z: a class with the static functions log_density(z), log_cdf(z),
/// log_survival(z), quantile(p), survival_quantile(q) and draw(shape, options, generator).
template <class Z>
struct LocationScale {
  static at::Tensor standardise(const at::Tensor& x, const Arguments& a) { return (x - a[0]) / a[1]; }
  static at::Tensor log_density(const at::Tensor& x, const Arguments& a) {
    return Z::log_density(standardise(x, a)) - at::log(a[1]);
  }
  static at::Tensor sample(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
    return a[0] + a[1] * Z::draw(shape, draw_options(a), generator);
  }
  static at::Tensor log_cdf(const at::Tensor& x, const Arguments& a) { return Z::log_cdf(standardise(x, a)); }
  static at::Tensor log_survival(const at::Tensor& x, const Arguments& a) { return Z::log_survival(standardise(x, a)); }
  static at::Tensor quantile(const at::Tensor& p, const Arguments& a) { return a[0] + a[1] * Z::quantile(p); }
  static at::Tensor survival_quantile(const at::Tensor& q, const Arguments& a) {
    return a[0] + a[1] * Z::survival_quantile(q);
  }
  static DistributionImplementation row(std::string_view name) {
    return with_tails<log_cdf, log_survival, quantile, survival_quantile>({name, log_density, sample, true});
  }
};

/// The upper tail of a standard variate that is symmetric about 0 mirrors the lower one.
template <class Z>
struct Symmetric {
  static at::Tensor log_survival(const at::Tensor& z) { return Z::log_cdf(-z); }
  static at::Tensor survival_quantile(const at::Tensor& q) { return -Z::quantile(q); }
};

}  // namespace adavi
