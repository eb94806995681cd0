#pragma once
#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "nn/layers.hpp"

namespace adavi {

/// What a context makes of an affine block: z = shift + L (T v), all broadcasting over leading axes.
struct Affine {
  at::Tensor shift;         ///< [..., D]
  at::Tensor log_diagonal;  ///< [..., D] of T; undefined where the scale is 1
  at::Tensor below;         ///< [..., D (D - 1) / 2] of T, row by row; undefined where T is diagonal
};

/// Products with unit-or-positive-diagonal lower triangular matrices given as (log diagonal, strict lower triangle row
/// by row), for many small matrices at once and without forming them where they are small.
at::Tensor triangular_product(const Affine& affine, const at::Tensor& v);
/// shift + T v, and the v for which that is z.
at::Tensor onto(const Affine& affine, const at::Tensor& v);
at::Tensor off(const Affine& affine, const at::Tensor& z);
/// The Gaussian shift + T v, v ~ N(0, I), of its `count` numbers from `first` given all `before` [..., first].
Affine conditional(const Affine& gaussian, std::int64_t first, std::int64_t count, const at::Tensor& before = {});
/// The v for which T v = y.
at::Tensor triangular_solve(const Affine& affine, const at::Tensor& y);

}  // namespace adavi
