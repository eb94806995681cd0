#pragma once
#include <ATen/ATen.h>

#include <functional>
#include <vector>

#include "nn/affine_block.hpp"

namespace adavi {

/// A function of z [K, ..., D] that is a sum of one term an instance (a row of z), each of its own row alone. Where the
/// first axis has size one, it is also asked for several z at once, side by side along that axis.
using Objective = std::function<at::Tensor(const at::Tensor& z)>;

/// Where an objective stands after some Newton steps, and how sharply it bends there.
struct Peak {
  at::Tensor location;   ///< [..., D]
  at::Tensor precision;  ///< [..., D, D] minus the second derivatives, averaged over its width; positive definite
};

/// `steps` >= 1 Newton steps from z, judged by `reach` [D] (how far from the peak the start usually is), and a last one
/// with the curvature there is. With gradients on, the result is differentiable in whatever the objective depends on:
/// the location through the last step, which next to the peak is its whole derivative, the precision in full.
/// `sd` [..., D], if defined: about that of the peak, for a start next to it.
Peak climb(const Objective& objective, const at::Tensor& z, const at::Tensor& reach, std::int64_t steps,
           const at::Tensor& sd = {});

/// The peak of a quadratic objective, differentiable as that of `climb` and exact.
Peak climb_parabola(const Objective& objective, const at::Tensor& z, const at::Tensor& reach);

/// Its gradient; differentiable only on request.
at::Tensor gradient_at(const Objective& objective, const at::Tensor& z, bool differentiable);

/// precision^-1 gradient, for a positive definite matrix [..., D, D].
at::Tensor solve(const at::Tensor& precision, const at::Tensor& gradient);

/// An objective that may be known well only around some place, by that place [1, B, D].
using ObjectiveAround = std::function<Objective(const at::Tensor& centre)>;

/// As `climb`, not differentiable, of functions that give each row's term [K, B] for z [K, B, D]; z is [1, B, D].
/// Each step goes only as far as it helps, so that no start is too bad.
/// It is asked for `at_once` places together. Curvatures are averaged over about `width` [D] to both sides.
Peak climb_safely(const ObjectiveAround& around, const at::Tensor& z, const at::Tensor& reach, const at::Tensor& width,
                  std::int64_t steps, std::int64_t at_once);

/// The Gaussian of a peak, for its first `count` numbers: z = shift + T v, v ~ N(0, I).
Affine gaussian_of(const Peak& peak, std::int64_t count);
/// T, the lower Cholesky factor of the inverse of a positive definite matrix [..., D, D]: element [i][j] for j <= i.
std::vector<std::vector<at::Tensor>> inverse_factor(const at::Tensor& precision);
/// The Gaussian with this mean [..., D] and covariance [..., D, D].
Affine gaussian_of(const at::Tensor& mean, const at::Tensor& covariance);

/// Diagonal of the inverse of the precision [..., D]: marginal variances.
at::Tensor marginal_variances(const Peak& peak);

}  // namespace adavi
