#include "distributions/multi_normal.hpp"

#include "distributions/families.hpp"
#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

namespace adavi {

namespace {

at::Tensor diagonal_of(const at::Tensor& matrix) { return at::diagonal(matrix, 0, -2, -1); }

/// Cholesky factor of each matrix, and where there is one; elsewhere the identity, to keep gradients finite.
struct Factor {
  at::Tensor lower, exists;
};

Factor factorise(const at::Tensor& matrix) {
  const at::Tensor exists = std::get<1>(at::linalg_cholesky_ex(matrix.detach())) == 0;
  const at::Tensor identity = at::eye(matrix.size(-1), matrix.options());
  const at::Tensor sound = at::where(exists.unsqueeze(-1).unsqueeze(-1), matrix, identity);
  return {std::get<0>(at::linalg_cholesky_ex(sound)), exists};
}

/// L^-1 columns [..., D, C]. Row by row where there are few: batches of small matrices take long to solve one by one.
at::Tensor solve_lower(const at::Tensor& lower, const at::Tensor& columns) {
  constexpr std::int64_t unrolled = 8;
  const auto size = lower.size(-1);
  if (size > unrolled) return at::linalg_solve_triangular(lower, columns, /*upper=*/false);
  std::vector<at::Tensor> rows;
  for (std::int64_t i = 0; i < size; ++i) {
    auto row = columns.select(-2, i);
    const auto factors = lower.select(-2, i);  // [..., D]
    for (std::int64_t j = 0; j < i; ++j) {
      row = row - factors.narrow(-1, j, 1) * rows[static_cast<std::size_t>(j)];
    }
    rows.push_back(row / factors.narrow(-1, i, 1));
  }
  return at::stack(at::broadcast_tensors(rows), -2);
}

at::Tensor half_log_det(const at::Tensor& lower) { return at::log(diagonal_of(lower)).sum(-1); }

/// Matrix times vector, for batches of either that broadcast.
at::Tensor transform(const at::Tensor& matrix, const at::Tensor& vector) {
  return at::matmul(matrix, vector.unsqueeze(-1)).squeeze(-1);
}

/// |L^-1 d|^2.
at::Tensor squared_distance(const at::Tensor& lower, const at::Tensor& deviation) {
  return solve_lower(lower, deviation.unsqueeze(-1)).square().sum({-2, -1});
}

at::Tensor cholesky_log_density(const at::Tensor& x, const Arguments& a) {
  const double constant = half_log_two_pi * static_cast<double>(x.size(-1));
  return -0.5 * squared_distance(a[1], x - a[0]) - half_log_det(a[1]) - constant;
}
at::Tensor covariance_log_density(const at::Tensor& x, const Arguments& a) {
  const Factor factor = factorise(a[1]);
  return restrict(factor.exists, cholesky_log_density(x, {a[0], factor.lower}));
}
/// |L' d|^2 for Omega = L L'.
at::Tensor precision_log_density(const at::Tensor& x, const Arguments& a) {
  const Factor factor = factorise(a[1]);
  const double constant = half_log_two_pi * static_cast<double>(x.size(-1));
  const at::Tensor distance = transform(factor.lower.mT(), x - a[0]).square().sum(-1);
  return restrict(factor.exists, half_log_det(factor.lower) - 0.5 * distance - constant);
}

at::Tensor sample_cholesky(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return a[0] + transform(a[1], draw_normal(shape, draw_options(a), generator));
}
at::Tensor sample_covariance(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return sample_cholesky(shape, {a[0], factorise(a[1]).lower}, generator);
}
at::Tensor sample_precision(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::Tensor z = draw_normal(shape, draw_options(a), generator).unsqueeze(-1);
  const at::Tensor upper = factorise(a[1]).lower.mT();
  return a[0] + at::linalg_solve_triangular(upper, z, /*upper=*/true).squeeze(-1);
}

/// (n, mean [..., D], scatter about the mean [..., D, D]).
SufficientStatistics summarise_vectors(const at::Tensor& x, std::int64_t dim) {
  const std::int64_t axis = dim < 0 ? dim + x.dim() : dim;
  const at::Tensor mean = x.mean(axis, true);
  const at::Tensor deviation = (x - mean).movedim(axis, -2);  // [..., n, D]
  return {at::scalar_tensor(x.size(axis), x.options()), mean.squeeze(axis), at::matmul(deviation.mT(), deviation)};
}

/// trace(Sigma^-1 scatter) joins the distance of the mean.
at::Tensor cholesky_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  const at::Tensor half = solve_lower(a[1], s[2]);  // L^-1 S
  const at::Tensor trace = diagonal_of(solve_lower(a[1], half.mT())).sum(-1);
  return s[0] * cholesky_log_density(s[1], a) - 0.5 * trace;
}
at::Tensor covariance_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  const Factor factor = factorise(a[1]);
  return restrict(factor.exists, cholesky_log_density_of(s, {a[0], factor.lower}));
}
at::Tensor precision_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return s[0] * precision_log_density(s[1], a) - 0.5 * (a[1] * s[2]).sum({-2, -1});
}

DistributionImplementation row(std::string_view name, decltype(DistributionImplementation::log_density) log_density,
                               decltype(DistributionImplementation::sample) sample,
                               decltype(DistributionImplementation::log_density_of) log_density_of) {
  DistributionImplementation result{name, log_density, sample, true};
  result.summarise = summarise_vectors;
  result.log_density_of = log_density_of;
  return result;
}

}  // namespace

Whitening whitening(std::string_view row, const at::Tensor& scale) {
  const Factor factor = row == "multi_normal_cholesky" ? Factor{scale, {}} : factorise(scale);
  const bool precision = row == "multi_normal_prec";
  const at::Tensor log_det = half_log_det(factor.lower);
  const at::Tensor matrix =
      precision ? factor.lower.mT() : solve_lower(factor.lower, at::eye(scale.size(-1), scale.options()));
  const at::Tensor signed_log_det = precision ? log_det : -log_det;
  return {matrix, factor.exists.defined() ? restrict(factor.exists, signed_log_det) : signed_log_det};
}

Rows multi_normal_rows() {
  return {row("multi_normal", covariance_log_density, sample_covariance, covariance_log_density_of),
          row("multi_normal_cholesky", cholesky_log_density, sample_cholesky, cholesky_log_density_of),
          row("multi_normal_prec", precision_log_density, sample_precision, precision_log_density_of)};
}

}  // namespace adavi
