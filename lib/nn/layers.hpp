#pragma once
#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "nn/parameters.hpp"

namespace adavi {

/// x W^T + b over the last axis: [..., in] -> [..., out].
struct Linear {
  Linear() = default;
  Linear(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out, at::Generator& generator);
  /// All weights zero: a head that says nothing before training.
  static Linear zero(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out);

  at::Tensor operator()(const at::Tensor& x) const;

  at::Tensor weight;  ///< [out, in]
  at::Tensor bias;    ///< [out]
};

/// y = x W^T (+ b) over the last axis as one matrix product, whatever the leading axes.
at::Tensor affine_map(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias = {});

/// Layer normalisation over the last axis with gain and shift.
struct LayerNorm {
  LayerNorm() = default;
  LayerNorm(Parameters& parameters, const std::string& name, std::int64_t size);
  at::Tensor operator()(const at::Tensor& x) const;

  at::Tensor gain, shift;  ///< [size]
};

/// The concatenation of several feature tensors that broadcast against each other in all axes but the last, never
/// formed: each part is mapped where it lives, an encoding once and not once a draw.
using Context = std::vector<at::Tensor>;
at::Tensor affine_map(const Context& context, const at::Tensor& weight, const at::Tensor& bias = {});

/// (x - center) / scale with scale > 0, then identity up to |20| and logarithmic growth beyond: what a heavy tail sends
/// far away stays far, but finite. Fitted on simulations, never trained.
struct Standardizer {
  Standardizer() = default;
  Standardizer(Parameters& parameters, const std::string& name, std::int64_t size);
  /// Sets center and scale of each of the last axis' features from a sample [..., size]: median and interquartile
  /// range, or mean and standard deviation where more than half of the values are equal.
  void fit(const at::Tensor& sample);
  at::Tensor operator()(const at::Tensor& x) const { return compress(linear(x)); }
  /// (x - center) / scale alone.
  at::Tensor linear(const at::Tensor& x) const { return (x - center) / scale; }
  /// The identity up to |20|, logarithmic beyond.
  static at::Tensor compress(const at::Tensor& z);

  at::Tensor center, scale;  ///< [size]
};

}  // namespace adavi
