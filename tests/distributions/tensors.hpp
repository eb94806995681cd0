#pragma once
#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
// After ATen, whose logging library has a CHECK of its own.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "distributions/distribution.hpp"

/// Short ways to write float64 tensors, and derivatives to compare with.
namespace adavi::testing {

inline at::Tensor scalar(double value) { return at::scalar_tensor(value, at::kDouble); }
inline at::Tensor vector(const std::vector<double>& values) {
  return at::tensor(at::ArrayRef<double>(values), at::kDouble);
}
inline at::Tensor matrix(std::int64_t rows, const std::vector<double>& values) {
  return vector(values).reshape({rows, -1});
}

inline at::Generator seeded(std::uint64_t seed) { return at::make_generator<at::CPUGeneratorImpl>(seed); }

inline const DistributionImplementation& row_of(const std::string& name) {
  const DistributionImplementation* row = find_implementation(name);
  if (!row) throw std::runtime_error("no distribution " + name);
  return *row;
}

/// Copies that collect gradients.
inline std::vector<at::Tensor> leaves(const std::vector<at::Tensor>& values) {
  std::vector<at::Tensor> result;
  for (const at::Tensor& value : values) result.push_back(value.detach().clone().set_requires_grad(true));
  return result;
}
inline at::Tensor gradient_of(const at::Tensor& leaf) {
  return leaf.grad().defined() ? leaf.grad() : at::zeros_like(leaf);
}

inline double largest(const at::Tensor& t) { return t.numel() == 0 ? 0 : t.abs().max().item<double>(); }
inline bool finite(const at::Tensor& t) { return at::isfinite(t).all().item<bool>(); }

/// Central difference of the real function `f` in every entry of `at`.
inline at::Tensor finite_difference(const std::function<at::Tensor(const at::Tensor&)>& f, const at::Tensor& at_point) {
  at::Tensor result = at::zeros(at_point.sizes(), at_point.options());
  at::Tensor flat = result.view({-1});
  for (std::int64_t i = 0; i < flat.numel(); ++i) {
    const double value = at_point.reshape({-1})[i].item<double>();
    const double step = 1e-5 * (std::abs(value) + 1e-2);
    at::Tensor up = at_point.detach().clone(at::MemoryFormat::Contiguous), down = up.clone();
    up.view({-1})[i] = value + step;
    down.view({-1})[i] = value - step;
    flat[i] = (f(up) - f(down)) / (2 * step);
  }
  return result;
}

}  // namespace adavi::testing
