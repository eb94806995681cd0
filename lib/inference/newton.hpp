#pragma once
#include <ATen/ATen.h>

#include <functional>

#include "nn/affine_block.hpp"

namespace adavi {

/// A function of z [..., D] that is a sum of one term an instance (a row of z), each of its own row alone.
using Objective = std::function<at::Tensor(const at::Tensor& z)>;

/// Where an objective stands after some Newton steps, and how sharply it bends there.
struct Peak {
  at::Tensor location;   ///< [..., D]
  at::Tensor precision;  ///< [..., D, D] minus the second derivatives, averaged over its width; positive definite
};

/// `steps` >= 1 Newton steps from z, judged by `reach` [D] (how far from the peak the start usually is), and a last one
/// with the curvature there is. With gradients on, the result is differentiable in whatever the objective depends on:
/// the location through the last step, which next to the peak is its whole derivative, the precision in full.
Peak climb(const Objective& objective, const at::Tensor& z, const at::Tensor& reach, std::int64_t steps);

/// The Gaussian of a peak, for its first `count` numbers: z = shift + T v, v ~ N(0, I).
Affine gaussian_of(const Peak& peak, std::int64_t count);

/// Diagonal of the inverse of the precision [..., D]: marginal variances.
at::Tensor marginal_variances(const Peak& peak);

}  // namespace adavi
