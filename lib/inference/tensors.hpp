#pragma once
#include <ATen/ATen.h>

#include "inference/engine.hpp"
#include "inference/evaluation_context.hpp"
#include "nn/parameters.hpp"

/// Between LibTorch's tensors and plain arrays.
namespace adavi {

at::Tensor to_tensor(const NdArray<float>& array);
at::Tensor to_tensor(const NdArray<double>& array);
NdArray<float> to_array(const at::Tensor& tensor);
NdArray<double> to_double_array(const at::Tensor& tensor);

/// Known variables as tensors [1, B, plates..., event...] from arrays [B, plates..., event...].
VariableValues known_values(const HbmModel& model, const DoubleArrays& data, at::TensorOptions options);

/// Every weight and constant of a network by name.
Tensors save_tensors(const Parameters& parameters);
/// Copies them back; names and sizes must be those of `save_tensors`.
void load_tensors(Parameters& parameters, const Tensors& tensors);

}  // namespace adavi
