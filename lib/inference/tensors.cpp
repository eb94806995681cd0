#include "inference/tensors.hpp"

namespace adavi {
namespace {

template <class T>
at::Tensor from(const NdArray<T>& array, at::ScalarType type) {
  return at::from_blob(const_cast<T*>(array.values.data()), array.shape, at::TensorOptions(type)).clone();
}

template <class T>
NdArray<T> into(const at::Tensor& tensor, at::ScalarType type) {
  const auto plain = tensor.detach().to(at::kCPU, type).contiguous();
  const auto* first = plain.data_ptr<T>();
  return {plain.sizes().vec(), std::vector<T>(first, first + plain.numel())};
}

}  // namespace

at::Tensor to_tensor(const NdArray<float>& array) { return from(array, at::kFloat); }
at::Tensor to_tensor(const NdArray<double>& array) { return from(array, at::kDouble); }
NdArray<float> to_array(const at::Tensor& tensor) { return into<float>(tensor, at::kFloat); }
NdArray<double> to_double_array(const at::Tensor& tensor) { return into<double>(tensor, at::kDouble); }

VariableValues known_values(const HbmModel& model, const DoubleArrays& data, at::TensorOptions options) {
  VariableValues values(model.variables.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto found = data.find(model.variables[i].name);
    if (found != data.end()) values[i] = to_tensor(found->second).to(options).unsqueeze(0);
  }
  return values;
}

Tensors save_tensors(const Parameters& parameters) {
  Tensors tensors;
  for (const auto& [name, weight] : parameters.weights()) tensors[name] = to_array(weight);
  for (const auto& [name, buffer] : parameters.buffers()) tensors[name] = to_array(buffer);
  return tensors;
}

void load_tensors(Parameters& parameters, const Tensors& tensors) {
  at::NoGradGuard no_grad;
  const auto copy = [&](const Parameters::Named& named) {
    at::Tensor(named.second).copy_(to_tensor(tensors.at(named.first)));
  };
  for (const auto& named : parameters.weights()) copy(named);
  for (const auto& named : parameters.buffers()) copy(named);
}

}  // namespace adavi
