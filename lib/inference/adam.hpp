#pragma once
#include <ATen/ATen.h>

namespace adavi {

/// Adam (Kingma & Ba 2015) on one flat vector of weights.
class Adam {
 public:
  explicit Adam(const at::Tensor& weights);

  /// One step against `gradient`, in place.
  void step(at::Tensor weights, const at::Tensor& gradient, double learning_rate);

  at::Tensor first, second;  ///< moments, like the weights
  std::int64_t steps = 0;
};

}  // namespace adavi
