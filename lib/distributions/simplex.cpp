#include "distributions/families.hpp"
#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

namespace adavi {

namespace {

/// With respect to the first n - 1 coordinates. The leading terms of the Gamma functions join the powers of x as
/// deviances of alpha about its expectation under x.
at::Tensor dirichlet_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor on_simplex = (x > 0).all(-1) & ((x.sum(-1) - 1).abs() < 1e-3);
  const at::Tensor y = guard(on_simplex.unsqueeze(-1), x, 1. / static_cast<double>(x.size(-1)));
  const at::Tensor log_y = at::log(y);
  const at::Tensor total = a[0].sum(-1, true), log_total = at::log(total);
  const at::Tensor terms = at::log(a[0]) - stirling_rest(a[0]) - log_y - deviance(a[0], total * y, log_total + log_y);
  return restrict(on_simplex, terms.sum(-1) + (stirling_rest(total) - log_total).squeeze(-1));
}

at::Tensor sample_dirichlet(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::Tensor log_x = at::log_softmax(draw_log_gamma(shape, a[0], generator), -1);
  const at::Tensor x = at::exp(log_x);
  const at::Tensor one = at::ones({}, x.options());
  return strictly_inside(x, at::zeros({}, x.options()), shape.back() > 1 ? one : at::Tensor());
}

/// Counts of N draws; rounding may leave theta's sum a little off 1, which N would amplify.
at::Tensor multinomial_log_density(const at::Tensor& x, const Arguments& a) {
  const at::Tensor total = a[1].to(x.scalar_type());
  const at::Tensor inside = is_count(x).all(-1) & (x.sum(-1) == total);
  const at::Tensor y = guard(inside.unsqueeze(-1), x, 0), n = y.sum(-1, true);
  const at::Tensor theta = a[0] / a[0].sum(-1, true);
  const at::Tensor log_mean = log_or_minus_infinity(theta) + at::log(n.clamp_min(1));
  const at::Tensor terms = deviance(y, n * theta, log_mean) + stirling_rest(y);
  return restrict(inside, stirling_rest(n).squeeze(-1) - terms.sum(-1));
}

/// One category after the other: binomial among the trials that are left.
at::Tensor sample_multinomial(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::TensorOptions options = draw_options(a);
  const at::Tensor theta = spread(a[0], shape, options);
  const at::Tensor rest = theta.flip(-1).cumsum(-1).flip(-1);
  at::Tensor left = spread(a[1], shape.slice(0, shape.size() - 1), options);
  std::vector<at::Tensor> counts;
  for (std::int64_t k = 0; k + 1 < shape.back(); ++k) {
    const at::Tensor denominator = rest.select(-1, k).clamp_min(smallest_normal(theta.scalar_type()));
    counts.push_back(at::binomial(left, (theta.select(-1, k) / denominator).clamp(0, 1), generator));
    left = left - counts.back();
  }
  counts.push_back(left);
  return at::stack(counts, -1);
}

}  // namespace

Rows simplex_rows() {
  return {{"dirichlet", dirichlet_log_density, sample_dirichlet, true},
          {"multinomial", multinomial_log_density, sample_multinomial}};
}

}  // namespace adavi
