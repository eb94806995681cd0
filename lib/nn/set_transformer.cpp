#include "nn/set_transformer.hpp"

#include <cmath>

namespace adavi {
namespace {

/// y [S, m, size] -> [S, heads * m, size]: one copy a head, zero outside the head's own features. A product with it
/// does the work of one product a head, and LibTorch's batched product costs by the matrix, not by the operation.
at::Tensor one_copy_a_head(const at::Tensor& y, std::int64_t heads) {
  const auto s = y.size(0), m = y.size(1), size = y.size(2);
  const auto own = at::eye(heads, y.options()).repeat_interleave(size / heads, 1);  // [heads, size]
  return (y.unsqueeze(1) * own.unsqueeze(1)).view({s, heads * m, size});
}

}  // namespace

AttentionBlock::AttentionBlock(Parameters& parameters, const std::string& name, std::int64_t size, std::int64_t heads,
                               at::Generator& generator)
    : heads_(heads),
      query_(parameters, name + ".query", size, size, generator),
      key_(parameters, name + ".key", size, size, generator),
      value_(parameters, name + ".value", size, size, generator),
      output_(parameters, name + ".output", size, size, generator),
      inner_(parameters, name + ".inner_norm", size),
      outer_(parameters, name + ".outer_norm", size) {}

at::Tensor AttentionBlock::finish(const at::Tensor& h) const {
  const auto inner = inner_(h);
  return outer_(inner + at::relu(output_(inner)));
}

at::Tensor AttentionBlock::operator()(const at::Tensor& x, const at::Tensor& y, const at::Tensor& present) const {
  const auto q = query_(x);
  if (y.size(1) == 1) return finish(q + value_(y));  // one element: every weight is 1
  const auto n = x.size(1), m = y.size(1);
  const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(2)));
  const auto scores = at::bmm(q * scale, one_copy_a_head(key_(y), heads_).transpose(1, 2));  // [S, n, heads * m]
  auto by_head = scores.view({-1, n, heads_, m});
  if (present.defined()) by_head = by_head.masked_fill(~present.unsqueeze(1).unsqueeze(1), -INFINITY);
  const auto weights = at::softmax(by_head, -1).view({-1, n, heads_ * m});
  return finish(at::baddbmm(q, weights, one_copy_a_head(value_(y), heads_)));
}

at::Tensor AttentionBlock::shared(const at::Tensor& queries, const at::Tensor& y, const at::Tensor& present) const {
  const auto s = y.size(0), size = y.size(2), n = queries.size(0), d = size / heads_;
  const auto q = query_(queries);  // [n, size]
  const double scale = 1.0 / std::sqrt(static_cast<double>(size));
  // Scores q_h (y W_k)_h^T = y (W_k,h^T q_h): one product for all sets. A key's bias shifts all scores of a query
  // alike.
  const auto q_heads = q.view({n, heads_, d}).transpose(0, 1);                        // [heads, n, d]
  const auto folded = at::bmm(q_heads * scale, key_.weight.view({heads_, d, size}));  // [heads, n, size]
  auto scores = affine_map(y, folded.reshape({heads_ * n, size}));                    // [S, m, heads * n]
  if (present.defined()) scores = scores.masked_fill(~present.unsqueeze(-1), -INFINITY);
  const auto weights = at::softmax(scores, 1).transpose(1, 2);  // [S, heads * n, m]
  // Values: weights sum to one, so the map of the average is the average of the maps.
  const auto pooled = at::bmm(weights, y).view({s, heads_, n, size});
  const auto by_head = pooled.permute({1, 0, 2, 3}).reshape({heads_, s * n, size});
  const auto values = at::bmm(by_head, value_.weight.view({heads_, d, size}).transpose(1, 2));  // [heads, S * n, d]
  const auto attended = values.view({heads_, s, n, d}).permute({1, 2, 0, 3}).reshape({s, n, size}) + value_.bias;
  return finish(q + attended);
}

SetTransformer::SetTransformer(Parameters& parameters, const std::string& name, std::int64_t input, std::int64_t size,
                               std::int64_t heads, std::int64_t inducing, std::int64_t blocks, at::Generator& generator)
    : input_(parameters, name + ".input", input, size, generator) {
  for (std::int64_t i = 0; i < blocks; ++i) {
    const auto prefix = name + ".block" + std::to_string(i);
    Block block;
    block.first = AttentionBlock(parameters, prefix + ".first", size, heads, generator);
    if (inducing > 0) {
      block.inducing = parameters.add_uniform(prefix + ".inducing", {inducing, size}, 1, generator);
      block.second = AttentionBlock(parameters, prefix + ".second", size, heads, generator);
    }
    blocks_.push_back(block);
  }
  row_ = Linear(parameters, name + ".row", size, size, generator);
  seed_ = parameters.add_uniform(name + ".seed", {1, size}, 1, generator);
  pooling_ = AttentionBlock(parameters, name + ".pooling", size, heads, generator);
  last_ = AttentionBlock(parameters, name + ".last", size, heads, generator);
  output_ = Linear(parameters, name + ".output", size, size, generator);
}

at::Tensor SetTransformer::operator()(const at::Tensor& set, const at::Tensor& present) const {
  // In an empty set, which nobody looks at, all elements may as well be there.
  const auto there = present.defined() ? present | ~present.any(1, true) : present;
  auto x = input_(set);  // [S, n, size]
  for (const auto& block : blocks_) {
    x = block.inducing.defined() ? block.second(x, block.first.shared(block.inducing, x, there))
                                 : block.first(x, x, there);
  }
  const auto pooled = pooling_.shared(seed_, at::relu(row_(x)), there);  // [S, 1, size]
  return output_(last_(pooled, pooled)).squeeze(1);
}

}  // namespace adavi
