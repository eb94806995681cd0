#pragma once
#include <ATen/ATen.h>

namespace adavi {

/// Log density of a finite mixture: log sum_k weights_k exp(log_densities_k) over `dim`, at which both have the
/// component axis. Components of weight zero, or of density zero, have no say and leave gradients finite.
at::Tensor log_mix(const at::Tensor& weights, const at::Tensor& log_densities, std::int64_t dim);

}  // namespace adavi
