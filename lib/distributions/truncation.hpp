#pragma once
#include "distributions/distribution.hpp"

namespace adavi {

/// Bounds of a univariate variate; undefined where open. They broadcast like arguments.
struct Truncation {
  at::Tensor lower, upper;
};

/// Whether a distribution has the closed tails that a normalised truncation needs.
bool can_truncate(const DistributionImplementation& distribution);

/// log P(lower < X < upper), from whichever tail keeps its digits: exact for half-normal and half-Cauchy, and finite
/// with a finite gradient where the mass itself underflows.
at::Tensor log_mass(const DistributionImplementation& distribution, const Arguments& arguments,
                    const Truncation& bounds);

/// log p(x) - log P(lower < X < upper) on [lower, upper], -inf elsewhere.
at::Tensor truncated_log_density(const DistributionImplementation& distribution, const at::Tensor& x,
                                 const Arguments& arguments, const Truncation& bounds);

/// Draws by inversion, strictly between the bounds; differentiable in arguments and bounds.
at::Tensor sample_truncated(const DistributionImplementation& distribution, at::IntArrayRef shape,
                            const Arguments& arguments, const Truncation& bounds, at::Generator& generator);

}  // namespace adavi
