#pragma once
#include <functional>

#include "inference/density_estimator.hpp"
#include "inference/triangular_map.hpp"
#include "nn/spline.hpp"

namespace adavi {

/// Numbers, each bent by itself: z = location + scale s(w) with a spline s. [..., D], knots [..., D, knots].
struct Warp {
  at::Tensor location, log_scale;
  Knots knots;
  bool defined() const { return location.defined(); }
};

/// w -> z and log |dz / dw|, of every number.
Bijected bend(const Warp& warp, const at::Tensor& w);
/// z -> w and log |dw / dz|.
Bijected unbend(const Warp& warp, const at::Tensor& z);

/// The spline that takes N(0, 1) to a density given by its logarithm, up to a constant, at an odd number of even points
/// from -reach to reach, [points, ...]: knots [..., (points + 1) / 2 + 4] at every other one and in the tails.
/// Differentiable.
Knots quantile_spline(const at::Tensor& log_density, double reach);

/// Parts of a simplex of K, by how much of what the parts before leave each takes, as logits s [..., K - 1] -> z with
/// theta = softmax(z, 0). Volumes stay.
at::Tensor broken_off(const at::Tensor& logits);
/// The inverse.
at::Tensor breaks(const at::Tensor& z);

/// Where an estimator starts, by its likelihood: v -> map -> shift + T v -> warp. Each may be missing. For v ~ N(0, I),
/// z has about the latent's conditional density; exactly, where the plan is exact.
struct Start {
  Affine gaussian;
  Warp warp;
  bool broken = false;  ///< the numbers are parts of a simplex that is broken
  Affine joint;         ///< of a parabola: `gaussian` and the latents climbed along, whose conditionals it gives, too
  ConditionalMap map;
  bool defined() const { return gaussian.shift.defined() || warp.defined(); }
};

/// z and its log density from v and its own; all as they are where there is no start.
FlowDraw onto(const Start& start, const FlowDraw& v);
/// The inverse: v, and as log density log |dv / dz| [K, B, plates...], or undefined for 0.
FlowDraw off(const Start& start, const at::Tensor& z);
/// Where and how wide a start is: [..., 2 D].
at::Tensor location_and_scale(const Start& start);

/// Log density up to a constant, [G, K, B, plates...] for z [G, K, B, plates..., 1].
using LogDensity = std::function<at::Tensor(const at::Tensor& z)>;

/// About the mean and standard deviation of a density of one number an instance, from some Gaussian: each of `rounds`
/// looks four of its standard deviations to both sides, and up to three more follow as long as some density is pointed
/// and narrower than what is between two points that are looked at. Not differentiable.
Affine moments(const LogDensity& log_density, const Affine& around, int rounds);

/// The start with any density of one number an instance, by quadrature where its moments were `found`. Differentiable
/// in what the density depends on besides z.
Start tabulated(const LogDensity& log_density, const Affine& found);

/// A point of that density, its mean, with the normalised log density there. Of a latent drawn from its exact
/// conditional, log p - log q is the same wherever it is taken: this is the point for it. Not differentiable in z.
FlowDraw point_of(const LogDensity& log_density, const Affine& found);

}  // namespace adavi
