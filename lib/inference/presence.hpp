#pragma once
#include <ATen/ATen.h>

#include <vector>

/// Where data are there, as flags [1, B, plates...]. An undefined tensor says that nothing is missing: complete data
/// cost nothing.
namespace adavi {

/// `terms` [K, B, plates..., any axes] with zeros where nothing is there.
at::Tensor kept(const at::Tensor& terms, const at::Tensor& present);

/// Terms [K, B, plates..., any axes] summed: [K, B].
at::Tensor per_data_set(const at::Tensor& terms);

/// Rows [instances with data, F] of x [1, B, plates..., F].
at::Tensor present_rows(const at::Tensor& x, const at::Tensor& present);

/// Instances of every depth, from the top, with data anywhere below, from flags of `depth` plates. Depths where
/// everything is there stay undefined.
std::vector<at::Tensor> instances_with_data(const at::Tensor& present, int depth);

/// Whether an observation [1, B, plates..., event...] with `event_rank` event axes is there: none of its entries is
/// NaN. Undefined where all are.
at::Tensor without_nan(const at::Tensor& x, std::int64_t event_rank);

/// `x` with whole events that are not there replaced by the first one that is, or by ones where none is: numbers that
/// densities can be computed with, before `kept` leaves them out.
at::Tensor filled(const at::Tensor& x, const at::Tensor& present, std::int64_t event_rank);

}  // namespace adavi
