#pragma once
#include <ATen/ATen.h>

#include <cstdint>
#include <string>

#include "inference/regression.hpp"
#include "nn/layers.hpp"

namespace adavi {

/// Where Newton steps start: linear in the numbers of a context that do not change with training, and no farther out
/// than the truths of the simulations that it was fitted to, or unusual data would start it anywhere. All constants.
class LinearGuess {
 public:
  LinearGuess() = default;
  /// Of `numbers` D from a context of `features` F numbers.
  LinearGuess(Parameters& parameters, const std::string& name, std::int64_t numbers, std::int64_t features);

  /// The first `count` of the numbers: [..., count].
  at::Tensor operator()(const Context& context, std::int64_t count) const;
  at::Tensor operator()(const Context& context) const { return (*this)(context, weight.size(0)); }

  void fit(const Regression& regression);

  at::Tensor weight;           ///< [D, F]
  at::Tensor intercept;        ///< [D]
  at::Tensor reach;            ///< [D] how far from the truth the guess usually is
  at::Tensor lowest, highest;  ///< [D]
};

}  // namespace adavi
