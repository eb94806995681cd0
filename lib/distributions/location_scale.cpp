#include "distributions/location_scale.hpp"

#include "distributions/numerics.hpp"

namespace adavi {

namespace {

using Options = at::TensorOptions;

struct StandardCauchy : Symmetric<StandardCauchy> {
  static at::Tensor log_density(const at::Tensor& z) { return -log_pi - log1p_square(z); }
  /// atan2(1, -z) / pi keeps its digits as z -> -inf, where 1/2 + atan(z) / pi cancels.
  static at::Tensor log_cdf(const at::Tensor& z) { return at::log(at::atan2(at::ones_like(z), -z)) - log_pi; }
  static at::Tensor quantile(const at::Tensor& p) { return -at::tan(pi * p).reciprocal(); }
  static at::Tensor draw(at::IntArrayRef shape, const Options& options, at::Generator& generator) {
    return quantile(draw_uniform(shape, options, generator));
  }
};

struct StandardLaplace : Symmetric<StandardLaplace> {
  static at::Tensor log_density(const at::Tensor& z) { return -z.abs() - log_two; }
  static at::Tensor log_cdf(const at::Tensor& z) {
    return at::where(z < 0, z - log_two, at::log1p(-0.5 * at::exp(-z.clamp_min(0))));
  }
  static at::Tensor quantile(const at::Tensor& p) {
    const at::Tensor lower = p < 0.5;
    return at::where(lower, at::log(2 * guard(lower, p, 0.5)), -at::log(2 - 2 * at::where(lower, 0.5, p)));
  }
  static at::Tensor draw(at::IntArrayRef shape, const Options& options, at::Generator& generator) {
    return draw_exponential(shape, options, generator) - draw_exponential(shape, options, generator);
  }
};

struct StandardLogistic : Symmetric<StandardLogistic> {
  static at::Tensor log_density(const at::Tensor& z) { return at::log_sigmoid(z) + at::log_sigmoid(-z); }
  static at::Tensor log_cdf(const at::Tensor& z) { return at::log_sigmoid(z); }
  static at::Tensor quantile(const at::Tensor& p) { return at::log(p) - at::log1p(-p); }
  static at::Tensor draw(at::IntArrayRef shape, const Options& options, at::Generator& generator) {
    return quantile(draw_uniform(shape, options, generator));
  }
};

struct StandardGumbel {
  static at::Tensor log_density(const at::Tensor& z) { return -z - finite_exp(-z); }
  static at::Tensor log_cdf(const at::Tensor& z) { return -finite_exp(-z); }
  static at::Tensor log_survival(const at::Tensor& z) { return log1m_exp(finite_exp(-z)); }
  static at::Tensor quantile(const at::Tensor& p) { return -at::log(-at::log(p)); }
  static at::Tensor survival_quantile(const at::Tensor& q) { return -at::log(-at::log1p(-q)); }
  static at::Tensor draw(at::IntArrayRef shape, const Options& options, at::Generator& generator) {
    return -at::log(draw_exponential(shape, options, generator));
  }
};

}  // namespace

Rows location_scale_rows() {
  return {LocationScale<StandardCauchy>::row("cauchy"), LocationScale<StandardLaplace>::row("double_exponential"),
          LocationScale<StandardLogistic>::row("logistic"), LocationScale<StandardGumbel>::row("gumbel")};
}

}  // namespace adavi
