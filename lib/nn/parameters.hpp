#pragma once
#include <ATen/ATen.h>

#include <string>
#include <utility>
#include <vector>

namespace adavi {

/// All trainable numbers of a network in one block of memory, and its constants by name.
///
/// Layers hold leaf tensors that are windows into the block, and so are their gradients: an optimizer step, a clip or a
/// checkpoint is one operation on one vector, however many layers there are.
class Parameters {
 public:
  using Named = std::pair<std::string, at::Tensor>;

  /// Room for `weights` trainable numbers.
  explicit Parameters(std::int64_t weights, at::TensorOptions options = at::kFloat);

  /// The next window, zero, requiring gradients. Throws std::logic_error past the room.
  at::Tensor add(const std::string& name, at::IntArrayRef shape);
  /// The same with entries uniform in +-1/sqrt(fan_in).
  at::Tensor add_uniform(const std::string& name, at::IntArrayRef shape, std::int64_t fan_in, at::Generator& generator);
  /// A constant of the network: saved with the weights, never trained.
  at::Tensor add_buffer(const std::string& name, at::IntArrayRef shape, double fill);

  const std::vector<Named>& weights() const { return weights_; }
  const std::vector<Named>& buffers() const { return buffers_; }
  /// Every trainable number [weights], and its gradient.
  const at::Tensor& flat() const { return flat_; }
  const at::Tensor& flat_gradient() const { return flat_gradient_; }
  /// Windows that were handed out, together.
  std::int64_t used() const { return used_; }

 private:
  at::Tensor flat_, flat_gradient_;
  std::int64_t used_ = 0;
  std::vector<Named> weights_, buffers_;
};

}  // namespace adavi
