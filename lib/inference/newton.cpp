#include "inference/newton.hpp"

#include <torch/csrc/autograd/autograd.h>

#include <tuple>

namespace adavi {
namespace {

constexpr double farthest_step = 200.0;      // in units of the reach
constexpr double careful_step = 3.0;         // likewise
constexpr double settled = 1e-2;             // nats: closer to the peak, rounding alone makes places steeper
constexpr double rounding = 1e-6;            // of eigenvalues next to 1 in float32
constexpr double smallest_precision = 0.05;  // in units of 1 / reach^2: keeps flat or convex places finite

using torch::autograd::grad;

/// Differentiable only on request.
at::Tensor gradient_at(const Objective& objective, const at::Tensor& point, bool differentiable) {
  const auto z = point.requires_grad() ? point : point.detach().requires_grad_();
  const auto total = objective(z);
  if (!total.requires_grad()) return at::zeros_like(z);  // it does not depend on z
  return grad({total}, {z}, {}, differentiable, differentiable).front();
}

/// Minus the mean second derivatives [..., D, D] over `width` [..., D] to both sides: unlike those at a point they also
/// see the kinks of a Laplace density, and the skewness of a Poisson's.
at::Tensor curvature_at(const Objective& objective, const at::Tensor& z, const at::Tensor& width, bool differentiable) {
  std::vector<at::Tensor> rows;
  for (std::int64_t d = 0; d < z.size(-1); ++d) {
    auto aside = at::zeros_like(width);
    aside.select(-1, d).copy_(width.select(-1, d));
    const auto beyond = gradient_at(objective, z + aside, differentiable);
    const auto before = gradient_at(objective, z - aside, differentiable);
    rows.push_back((before - beyond) / (2 * width.select(-1, d).unsqueeze(-1)));
  }
  const auto curvature = at::stack(rows, -2);
  return 0.5 * (curvature + curvature.transpose(-1, -2));
}

/// The curvature where it is positive definite by more than rounding, so that it can be solved and inverted; elsewhere
/// its diagonal, kept away from zero and finite.
at::Tensor positive(const at::Tensor& curvature, const at::Tensor& floor) {
  if (curvature.size(-1) == 1) return at::maximum(curvature, floor.unsqueeze(-1));
  const auto diagonal = curvature.diagonal(0, -2, -1);
  const auto fallback = at::diag_embed(at::maximum(at::nan_to_num(diagonal.abs(), 0.0, 1e30), floor));
  at::Tensor factor, info;
  {
    at::NoGradGuard no_grad;
    const auto scale = at::rsqrt(diagonal.abs().clamp_min(1e-30));
    const auto one = curvature * scale.unsqueeze(-1) * scale.unsqueeze(-2);  // its diagonal is 1 where it is positive
    std::tie(factor, info) = at::linalg_cholesky_ex(one - at::diag_embed(rounding + 1e-3 * floor * scale.square()));
  }
  return at::where((info == 0).unsqueeze(-1).unsqueeze(-1), curvature, fallback);
}

at::Tensor solve(const at::Tensor& precision, const at::Tensor& gradient) {
  if (precision.size(-1) == 1) return gradient / precision.squeeze(-1);
  return at::linalg_solve(precision, gradient.unsqueeze(-1)).squeeze(-1);
}

/// [..., D, D]
at::Tensor covariance(const at::Tensor& precision) {
  return precision.size(-1) == 1 ? precision.reciprocal() : at::linalg_inv(precision);
}

}  // namespace

Peak climb(const Objective& objective, const at::Tensor& start, const at::Tensor& reach, std::int64_t steps) {
  const bool differentiable = at::GradMode::is_enabled();
  const at::AutoGradMode gradients_on(true);
  const auto floor = smallest_precision / reach.square();
  const auto limited = [&](const at::Tensor& step, double reaches) {
    const auto limit = reaches * reach;
    return limit * at::tanh(step / limit);
  };
  auto z = start.detach();
  // Somewhat less than the peak is wide: first guessed, then known.
  auto width = (2 * reach * at::ones_like(z)).detach();
  at::Tensor before, slope;  // the estimate before this one, and how steep it was there
  at::Tensor cautious;       // the short step from it
  at::Tensor precision;
  for (std::int64_t step = 0; step < steps; ++step) {
    const auto gradient = gradient_at(objective, z, false);
    precision = positive(curvature_at(objective, z, width, false), floor);
    const auto newton = solve(precision, gradient);
    width = 0.7 * at::rsqrt(precision.diagonal(0, -2, -1));
    const auto steepness = (gradient * newton).sum(-1, true);
    auto next = z + limited(newton, farthest_step);
    // A long step that led to a steeper place went too far: the next estimate starts over with a short one.
    if (before.defined()) next = at::where((steepness > slope) & (steepness > settled), before + cautious, next);
    before = z;
    slope = steepness;
    cautious = limited(newton, careful_step);
    z = next;
  }
  // Next to the peak one more step with the last curvature carries the derivative of the peak.
  z = z + limited(solve(precision, gradient_at(objective, z, differentiable)), careful_step);
  precision = positive(curvature_at(objective, z, width, differentiable), floor);
  if (differentiable) return {z, precision};
  return {z.detach(), precision.detach()};
}

Affine gaussian_of(const Peak& peak, std::int64_t count) {
  Affine result;
  result.shift = peak.location.narrow(-1, 0, count);
  if (peak.precision.size(-1) == 1) {
    result.log_diagonal = -0.5 * at::log(peak.precision.squeeze(-1));
    return result;
  }
  const auto own = covariance(peak.precision).narrow(-1, 0, count).narrow(-2, 0, count);
  const auto diagonal = own.diagonal(0, -2, -1).clamp_min(1e-30);
  if (count == 1) {
    result.log_diagonal = 0.5 * at::log(diagonal);
    return result;
  }
  // Correlations have a better conditioned factor than covariances.
  const auto sd = diagonal.sqrt();
  const auto correlation = own / (sd.unsqueeze(-1) * sd.unsqueeze(-2));
  const auto shrunk = 0.9999 * correlation + 1e-4 * at::eye(count, own.options());
  const auto factor = std::get<0>(at::linalg_cholesky_ex(shrunk)) * sd.unsqueeze(-1);
  result.log_diagonal = at::log(factor.diagonal(0, -2, -1));
  std::vector<at::Tensor> rows;
  for (std::int64_t row = 1; row < count; ++row) rows.push_back(factor.select(-2, row).narrow(-1, 0, row));
  result.below = at::cat(rows, -1);
  return result;
}

at::Tensor marginal_variances(const Peak& peak) {
  return covariance(peak.precision).diagonal(0, -2, -1).clamp_min(1e-30);
}

}  // namespace adavi
