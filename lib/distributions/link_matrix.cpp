#include <cmath>

#include "distributions/link_families.hpp"
#include "distributions/numerics.hpp"

/// Links whose event is a matrix: the last axis of z holds its free numbers, row by row of the lower triangle.
namespace adavi {

namespace {

/// Positions of the lower triangle in a flattened n x n matrix; `offset` 0 with the diagonal, -1 without.
at::Tensor triangle(std::int64_t n, std::int64_t offset, const at::Device& device) {
  const at::Tensor indices = at::tril_indices(n, n, offset, at::TensorOptions(at::kLong).device(device));
  return indices[0] * n + indices[1];
}

/// Rows of a matrix whose lower triangle has `count` numbers.
std::int64_t rows_of(std::int64_t count, std::int64_t offset) {
  const auto root = static_cast<std::int64_t>(std::llround((std::sqrt(8. * static_cast<double>(count) + 1) - 1) / 2));
  return root - offset;
}

/// [..., count] -> [..., n, n], zero elsewhere.
at::Tensor fill_triangle(const at::Tensor& z, std::int64_t offset) {
  const std::int64_t n = rows_of(z.size(-1), offset);
  std::vector<std::int64_t> shape = z.sizes().vec();
  shape.back() = n * n;
  const at::Tensor flat = at::zeros(shape, z.options()).index_copy(-1, triangle(n, offset, z.device()), z);
  return flat.unflatten(-1, {n, n});
}

at::Tensor take_triangle(const at::Tensor& x, std::int64_t offset) {
  return x.flatten(-2).index_select(-1, triangle(x.size(-1), offset, x.device()));
}

at::Tensor diagonal_of(const at::Tensor& x) { return at::diagonal(x, 0, -2, -1); }

/// 0, 1, ..., n - 1, last first.
at::Tensor countdown(std::int64_t n, const at::TensorOptions& options) { return at::arange(n - 1, -1, -1, options); }

/// Cholesky factor; of the diagonal alone where a matrix is not positive definite, so that the result stays finite.
at::Tensor cholesky_or_diagonal(const at::Tensor& x) {
  const auto [factor, info] = at::linalg_cholesky_ex(x);
  const at::Tensor roots = at::sqrt(diagonal_of(x).clamp_min(smallest_normal(x.scalar_type())));
  return at::where((info == 0).unsqueeze(-1).unsqueeze(-1), factor, at::diag_embed(roots));
}

at::Tensor log_cosh(const at::Tensor& z) {
  const at::Tensor magnitude = z.abs();
  return magnitude - at::log_sigmoid(2 * magnitude) - log_two;
}

/// log sqrt(1 - sum_(k < j) L_ik^2), which is minus the sum of log cosh z_ik, for tanh z_ij the canonical partial
/// correlations (Lewandowski, Kurowicka and Joe 2009): [..., n, n].
at::Tensor log_remainders(const at::Tensor& z_matrix) {
  const at::Tensor sums = log_cosh(z_matrix).cumsum(-1);
  return -at::constant_pad_nd(sums.narrow(-1, 0, sums.size(-1) - 1), {1, 0});
}

at::Tensor apply_cholesky_corr(const LinkFunction&, const at::Tensor& z) {
  const at::Tensor z_matrix = fill_triangle(z, -1);
  const double floor = std::log(smallest_normal(z.scalar_type())) + 1;
  const at::Tensor remainders = at::exp(log_remainders(z_matrix).clamp_min(floor));
  return at::tanh(z_matrix) * remainders + at::diag_embed(diagonal_of(remainders));
}

at::Tensor cholesky_corr_log_det(const LinkFunction&, const at::Tensor& z) {
  const at::Tensor z_matrix = fill_triangle(z, -1);
  return (take_triangle(log_remainders(z_matrix), -1) - 2 * log_cosh(z)).sum(-1);
}

/// sinh z_ij = L_ij / sqrt(sum_(k > j) L_ik^2), as rows have norm 1.
at::Tensor invert_cholesky_corr(const LinkFunction&, const at::Tensor& x) {
  const at::Tensor from_here = (x * x).tril().flip(-1).cumsum(-1).flip(-1);
  const at::Tensor rest = at::constant_pad_nd(from_here.narrow(-1, 1, x.size(-1) - 1), {0, 1});
  const at::Tensor root = at::sqrt(take_triangle(rest, -1).clamp_min(smallest_normal(x.scalar_type())));
  return at::asinh(take_triangle(x, -1) / root);
}

at::Tensor apply_corr(const LinkFunction& link, const at::Tensor& z) {
  const at::Tensor factor = apply_cholesky_corr(link, z);
  return at::matmul(factor, factor.mT());
}
/// With respect to the strict lower triangle: each correlation (i, j) moves with L_ij at the rate L_jj.
at::Tensor corr_log_det(const LinkFunction& link, const at::Tensor& z) {
  const at::Tensor log_diagonal = diagonal_of(log_remainders(fill_triangle(z, -1)));
  return cholesky_corr_log_det(link, z) + (countdown(log_diagonal.size(-1), z.options()) * log_diagonal).sum(-1);
}
at::Tensor invert_corr(const LinkFunction& link, const at::Tensor& x) {
  return invert_cholesky_corr(link, cholesky_or_diagonal(x));
}

/// Squares of the diagonal are to stay finite too.
double diagonal_limit(const at::Tensor& z) { return exp_limit(z.scalar_type()) / 2; }

at::Tensor apply_cov(const LinkFunction&, const at::Tensor& z) {
  const at::Tensor free = fill_triangle(z, 0);
  const at::Tensor roots = finite_exp(diagonal_of(free), diagonal_limit(z));
  const at::Tensor factor = free.tril(-1) + at::diag_embed(roots);
  return at::matmul(factor, factor.mT());
}
/// With respect to the lower triangle: 2^n prod_j L_jj^(n - j + 1), and L_jj once more for its own exponential.
at::Tensor cov_log_det(const LinkFunction&, const at::Tensor& z) {
  const at::Tensor log_diagonal = diagonal_of(fill_triangle(z, 0));
  const std::int64_t n = log_diagonal.size(-1);
  const double limit = diagonal_limit(z);
  // Above the limit the root is exp(limit) (1 + z - limit), and its derivative exp(limit).
  const at::Tensor log_slope = log_diagonal.clamp_max(limit);
  const at::Tensor log_root = log_slope + at::log1p(at::relu(log_diagonal - limit));
  return static_cast<double>(n) * log_two + ((countdown(n, z.options()) + 1) * log_root + log_slope).sum(-1);
}
at::Tensor invert_cov(const LinkFunction&, const at::Tensor& x) {
  const at::Tensor factor = cholesky_or_diagonal(x);
  const at::Tensor log_diagonal = at::log(diagonal_of(factor).clamp_min(smallest_normal(x.scalar_type())));
  return take_triangle(factor.tril(-1) + at::diag_embed(log_diagonal), 0);
}

}  // namespace

LinkMaths cov_matrix_link() { return {1, apply_cov, cov_log_det, invert_cov}; }
LinkMaths corr_matrix_link() { return {1, apply_corr, corr_log_det, invert_corr}; }
LinkMaths cholesky_factor_corr_link() { return {1, apply_cholesky_corr, cholesky_corr_log_det, invert_cholesky_corr}; }

}  // namespace adavi
