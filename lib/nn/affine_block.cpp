#include "nn/affine_block.hpp"

#include <algorithm>

namespace adavi {
namespace {

constexpr std::int64_t unrolled = 16;  // above, a dense matrix is cheaper than a loop over rows

/// T as [..., D, D].
at::Tensor dense(const Affine& affine, std::int64_t size) {
  std::vector<std::int64_t> positions;
  for (std::int64_t row = 1; row < size; ++row) {
    for (std::int64_t column = 0; column < row; ++column) positions.push_back(row * size + column);
  }
  auto shape = affine.below.sizes().vec();
  shape.back() = size * size;
  const auto index = at::tensor(positions, at::kLong).to(affine.below.device());
  const auto strict = at::zeros(shape, affine.below.options()).index_copy(-1, index, affine.below);
  shape.back() = size;
  shape.push_back(size);
  return strict.view(shape) + at::diag_embed(at::exp(affine.log_diagonal));
}

/// Row `row` of the strict triangle.
at::Tensor row_below(const Affine& affine, std::int64_t row) {
  return affine.below.narrow(-1, row * (row - 1) / 2, row);
}

}  // namespace

at::Tensor triangular_product(const Affine& affine, const at::Tensor& v) {
  if (!affine.log_diagonal.defined()) return v;
  const auto size = v.size(-1);
  if (!affine.below.defined() || size == 1) return v * at::exp(affine.log_diagonal);
  if (size > unrolled) return at::matmul(dense(affine, size), v.unsqueeze(-1)).squeeze(-1);
  const auto scaled = v * at::exp(affine.log_diagonal);
  std::vector<at::Tensor> rows = {at::zeros_like(scaled.narrow(-1, 0, 1))};
  for (std::int64_t row = 1; row < size; ++row) {
    rows.push_back((row_below(affine, row) * v.narrow(-1, 0, row)).sum(-1, true));
  }
  return scaled + at::cat(rows, -1);
}

at::Tensor triangular_solve(const Affine& affine, const at::Tensor& y) {
  if (!affine.log_diagonal.defined()) return y;
  const auto size = y.size(-1);
  if (!affine.below.defined() || size == 1) return y * at::exp(-affine.log_diagonal);
  if (size > unrolled) {
    return at::linalg_solve_triangular(dense(affine, size), y.unsqueeze(-1), /*upper=*/false).squeeze(-1);
  }
  const auto inverse_diagonal = at::exp(-affine.log_diagonal);
  auto solved = y.narrow(-1, 0, 1) * inverse_diagonal.narrow(-1, 0, 1);
  for (std::int64_t row = 1; row < size; ++row) {
    const auto known = (row_below(affine, row) * solved).sum(-1, true);
    const auto next = (y.narrow(-1, row, 1) - known) * inverse_diagonal.narrow(-1, row, 1);
    solved = at::cat({solved, next}, -1);
  }
  return solved;
}

at::Tensor onto(const Affine& affine, const at::Tensor& v) { return affine.shift + triangular_product(affine, v); }

at::Tensor off(const Affine& affine, const at::Tensor& z) { return triangular_solve(affine, z - affine.shift); }

Affine conditional(const Affine& gaussian, std::int64_t first, std::int64_t count, const at::Tensor& before) {
  std::vector<at::Tensor> own, of_before;  // parts of the rows
  for (std::int64_t row = std::max<std::int64_t>(1, first); row < first + count; ++row) {
    const auto elements = row_below(gaussian, row);
    if (first > 0) of_before.push_back(elements.narrow(-1, 0, first));
    if (row > first) own.push_back(elements.narrow(-1, first, row - first));
  }
  const auto narrowed = [](const at::Tensor& x, std::int64_t from, std::int64_t size) {
    return x.narrow(-1, from, size);
  };
  Affine result = {narrowed(gaussian.shift, first, count), narrowed(gaussian.log_diagonal, first, count), {}};
  if (!own.empty()) result.below = at::cat(own, -1);
  if (first == 0) return result;
  Affine given = {narrowed(gaussian.shift, 0, first), narrowed(gaussian.log_diagonal, 0, first), {}};
  if (first > 1) given.below = gaussian.below.narrow(-1, 0, first * (first - 1) / 2);
  const auto v = off(given, before);
  std::vector<at::Tensor> moved;
  for (const auto& row : of_before) moved.push_back((row * v).sum(-1, true));
  result.shift = result.shift + at::cat(moved, -1);
  result.log_diagonal = result.log_diagonal.expand_as(result.shift);
  return result;
}

}  // namespace adavi
