#include "nn/autoregressive.hpp"

#include <algorithm>

namespace adavi {
namespace {

/// Degrees of a layer's units: how many leading groups a unit may see (hidden) or which one it is in (in and out).
/// Units of degree 0 see the context alone: without them the first group would not depend on it.
std::vector<std::int64_t> hidden_degrees(std::int64_t units, std::int64_t groups) {
  std::vector<std::int64_t> degrees;
  for (std::int64_t i = 0; i < units; ++i) degrees.push_back(i % groups);
  return degrees;
}

/// mask[o][i] = out >= in, or out > in for the last layer.
at::Tensor mask(const std::vector<std::int64_t>& in, const std::vector<std::int64_t>& out, bool strict,
                const at::TensorOptions& options) {
  const auto i = at::tensor(in).unsqueeze(0), o = at::tensor(out).unsqueeze(1);
  return (strict ? o > i : o >= i).to(options);
}

constexpr double largest_log_scale = 5.0;

/// Affine log scales, bounded smoothly so that one wild output cannot overflow.
at::Tensor bounded(const at::Tensor& raw) { return largest_log_scale * at::tanh(raw / largest_log_scale); }

}  // namespace

AutoregressiveFlow::AutoregressiveFlow(Parameters& parameters, const std::string& name, std::int64_t size,
                                       std::int64_t context, const std::vector<std::int64_t>& hidden, std::int64_t bins,
                                       std::int64_t groups, at::Generator& generator)
    : size_(size), count_(bins > 0 ? 3 * bins - 1 : 2), bins_(bins), groups_(std::min(groups, size)) {
  const auto options = parameters.flat().options();
  std::vector<std::int64_t> degrees;
  for (std::int64_t i = 0; i < size; ++i) degrees.push_back(1 + i * groups_ / size);
  std::int64_t width = size;
  context_weight_ = parameters.add_uniform(name + ".context", {hidden.front(), context}, context, generator);
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    layers_.emplace_back(parameters, name + ".layer" + std::to_string(i), width, hidden[i], generator);
    const auto next = hidden_degrees(hidden[i], groups_);
    masks_.push_back(mask(degrees, next, false, options));
    degrees = next;
    width = hidden[i];
  }
  layers_.push_back(Linear::zero(parameters, name + ".output", width, size * count_));
  std::vector<std::int64_t> outputs;
  for (std::int64_t i = 0; i < size * count_; ++i) outputs.push_back(1 + i / count_ * groups_ / size);
  masks_.push_back(mask(degrees, outputs, true, options));
}

at::Tensor AutoregressiveFlow::prepare(const at::Tensor& features) const {
  return affine_map(features, context_weight_, layers_.front().bias);
}

at::Tensor AutoregressiveFlow::prepare(const Context& context) const {
  return affine_map(context, context_weight_, layers_.front().bias);
}

at::Tensor AutoregressiveFlow::network(const at::Tensor& x, const at::Tensor& prepared) const {
  // One group sees nothing before it: its parameters depend on the context alone.
  auto h = at::tanh(groups_ > 1 ? affine_map(x, layers_.front().weight * masks_.front()) + prepared : prepared);
  for (std::size_t i = 1; i < layers_.size(); ++i) {
    h = affine_map(h, layers_[i].weight * masks_[i], layers_[i].bias);
    if (i + 1 < layers_.size()) h = at::tanh(h);
  }
  auto shape = h.sizes().vec();
  shape.back() = size_;
  shape.push_back(count_);
  return h.view(shape);
}

Bijected AutoregressiveFlow::along(const at::Tensor& x, const at::Tensor& prepared) const {
  auto parameters = network(x, prepared);
  if (bins_ > 0) {
    auto shape = x.sizes().vec();
    shape.push_back(count_);
    return spline(x, parameters.expand(shape));
  }
  const auto log_scale = bounded(parameters.select(-1, 1));
  return {x * at::exp(log_scale) + parameters.select(-1, 0), log_scale.expand_as(x)};
}

Bijected AutoregressiveFlow::against(const at::Tensor& y, const at::Tensor& prepared) const {
  auto x = at::zeros_like(y);
  Bijected result;
  // After pass i the first i groups are final, so pass `groups_` is exact in all.
  for (std::int64_t pass = 0; pass < groups_; ++pass) {
    const auto parameters = network(x, prepared);
    if (bins_ > 0) {
      auto shape = y.sizes().vec();
      shape.push_back(count_);
      result = invert_spline(y, parameters.expand(shape));
    } else {
      const auto log_scale = bounded(parameters.select(-1, 1));
      result = {(y - parameters.select(-1, 0)) * at::exp(-log_scale), -log_scale.expand_as(y)};
    }
    x = result.value;
  }
  return result;
}

}  // namespace adavi
