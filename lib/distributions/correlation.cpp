#include "distributions/families.hpp"
#include "distributions/links.hpp"
#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

namespace adavi {

namespace {

/// The canonical partial correlations of column j = 1 .. n - 1 are 2 beta(b_j, b_j) - 1 with b_j = eta + (n - 1 - j) /
/// 2 (Lewandowski, Kurowicka and Joe 2009); eta [...] -> b [..., n - 1].
at::Tensor partial_shapes(const at::Tensor& eta, std::int64_t n) {
  return eta.unsqueeze(-1) + 0.5 * at::arange(n - 2, -1, -1, eta.options());
}

/// log of the integral of (1 - w^2)^(b - 1) over (-1, 1), without the cancellation of large b.
at::Tensor log_integral(const at::Tensor& b) { return 2 * stirling_rest(b) - stirling_rest(2 * b) - at::log(b); }

/// With respect to the strict lower triangle of the factor L: prod_k L_kk^(n - k + 2 eta - 2), k = 2 .. n, normalised.
at::Tensor lkj_log_density(const at::Tensor& x, const Arguments& a) {
  const std::int64_t n = x.size(-1);
  const at::Tensor diagonal = at::diagonal(x, 0, -2, -1).narrow(-1, 1, n - 1);
  const at::Tensor inside = (diagonal > 0).all(-1);
  const at::Tensor log_diagonal = at::log(guard(inside.unsqueeze(-1), diagonal, 1));
  const at::Tensor steps = at::arange(n - 2, -1, -1, a[0].options());
  const at::Tensor powers = steps + (2 * a[0] - 2).unsqueeze(-1);
  // Column j has n - j partial correlations.
  const at::Tensor normaliser = ((steps + 1) * log_integral(partial_shapes(a[0], n))).sum(-1);
  return restrict(inside, (powers * log_diagonal).sum(-1) - normaliser);
}

/// Independent partial correlations w = tanh(z), joined by the link of the support.
at::Tensor sample_lkj(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const std::int64_t n = shape.back();
  const at::TensorOptions options = draw_options(a);
  const at::Tensor columns = at::tril_indices(n, n, -1, at::TensorOptions(at::kLong).device(options.device()))[1];
  const at::Tensor b = partial_shapes(a[0].to(options.dtype()), n).index_select(-1, columns);
  std::vector<std::int64_t> free_shape(shape.begin(), shape.end() - 2);
  free_shape.push_back(columns.size(0));
  // w = 2 g / (g + h) - 1 = tanh((log g - log h) / 2).
  const at::Tensor z = 0.5 * (draw_log_gamma(free_shape, b, generator) - draw_log_gamma(free_shape, b, generator));
  return apply_link({LinkKind::cholesky_factor_corr, {}, {}}, z);
}

}  // namespace

Rows correlation_rows() { return {{"lkj_corr_cholesky", lkj_log_density, sample_lkj, true}}; }

}  // namespace adavi
