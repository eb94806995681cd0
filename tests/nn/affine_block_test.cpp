#include "nn/affine_block.hpp"

#include "random_weights.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// [.., D, D] from its parts, entry by entry.
at::Tensor dense(const at::Tensor& log_diagonal, const at::Tensor& below) {
  const auto size = log_diagonal.size(-1);
  auto shape = log_diagonal.sizes().vec();
  shape.push_back(size);
  auto matrix = at::zeros(shape, at::kDouble);
  std::int64_t next = 0;
  for (std::int64_t row = 0; row < size; ++row) {
    for (std::int64_t column = 0; column < row; ++column) {
      matrix.select(-2, row).select(-1, column).copy_(below.select(-1, next++));
    }
    matrix.select(-2, row).select(-1, row).copy_(log_diagonal.select(-1, row).exp());
  }
  return matrix;
}

}  // namespace

TEST_CASE("triangular products and solutions are those of the dense matrix") {
  for (const std::int64_t size : {1, 2, 3, 7, 16, 17, 25}) {
    CAPTURE(size);
    const Affine affine{{}, 0.5 * normal({4, size}, 1), 0.5 * normal({4, size * (size - 1) / 2}, 2)};
    const auto matrix = dense(affine.log_diagonal, affine.below);
    const auto v = normal({3, 4, size}, 3);  // three draws share each matrix
    const auto expected = at::matmul(matrix, v.unsqueeze(-1)).squeeze(-1);
    CHECK(largest(triangular_product(affine, v) - expected) < 1e-12);
    CHECK(largest(triangular_solve(affine, expected) - v) < 1e-8);
  }
}

TEST_CASE("without what is below, or without a scale, products stay elementwise") {
  const auto v = normal({5, 20}, 4);
  const auto log_diagonal = normal({5, 20}, 5);
  const Affine diagonal{{}, log_diagonal, {}};
  CHECK(largest(triangular_product(diagonal, v) - v * log_diagonal.exp()) < 1e-12);
  CHECK(largest(triangular_solve(diagonal, v) - v / log_diagonal.exp()) < 1e-12);
  CHECK(at::equal(triangular_product(Affine(), v), v));
  CHECK(at::equal(triangular_solve(Affine(), v), v));
}

TEST_CASE("gradients of triangular products and solutions are those of the dense matrix") {
  for (const std::int64_t size : {2, 5, 18}) {
    for (const bool solve : {false, true}) {
      CAPTURE(size);
      CAPTURE(solve);
      const auto own = leaves({0.3 * normal({size}, 6), 0.3 * normal({size * (size - 1) / 2}, 7), normal({size}, 8)});
      const Affine affine{{}, own[0], own[1]};
      functional(solve ? triangular_solve(affine, own[2]) : triangular_product(affine, own[2])).backward();
      for (std::size_t i = 0; i < own.size(); ++i) {
        CAPTURE(i);
        const auto expected = finite_difference(
            [&](const at::Tensor& moved) {
              auto parts = std::vector<at::Tensor>{own[0].detach(), own[1].detach(), own[2].detach()};
              parts[i] = moved;
              const auto matrix = dense(parts[0], parts[1]);
              return functional(at::matmul(solve ? at::linalg_inv(matrix) : matrix, parts[2]));
            },
            own[i].detach());
        CHECK(largest((gradient_of(own[i]) - expected) / (1 + expected.abs())) < 1e-6);
      }
    }
  }
}
