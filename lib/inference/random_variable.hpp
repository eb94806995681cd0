#pragma once
#include <ATen/ATen.h>

#include "distributions/distribution.hpp"
#include "inference/evaluation_context.hpp"

/// Distributions of the model on tensors: catalogue rows, truncation, mixtures and transformed distributions.
namespace adavi {

/// A catalogue distribution's arguments, ready to broadcast against a variate of the given depth and number of event
/// axes.
Arguments aligned_arguments(const Distribution& distribution, int depth, std::int64_t rank, EvaluationContext& context);

/// Log density of x [K, B, plates..., event...] under the distribution of `variable`, not summed over the plates nor
/// over independent event axes.
at::Tensor log_density(const Distribution& distribution, const at::Tensor& x, const Variable& variable,
                       EvaluationContext& context);

/// Log weights and densities of the components of a mixture, or of one transformed, at x [K, B, plates..., event...]
/// whose event axes have one component together: [K, B, plates..., components], up to what all components share.
at::Tensor component_log_densities(const at::Tensor& x, const Variable& variable, EvaluationContext& context);

/// Draws of the given shape [K, B, plates..., event...]. Throws Failure where the distribution cannot be sampled.
at::Tensor sample(const Distribution& distribution, const Variable& variable, const std::vector<std::int64_t>& shape,
                  EvaluationContext& context, at::Generator& generator);

}  // namespace adavi
