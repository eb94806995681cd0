#pragma once
#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "nn/layers.hpp"

/// The set transformer (Lee et al. 2019): permutation-invariant summaries of sets of features.
namespace adavi {

/// MAB(X, Y) = LayerNorm(H + relu(H W_o)), H = LayerNorm(Q(X) + Multihead(X, Y)).
class AttentionBlock {
 public:
  AttentionBlock() = default;
  AttentionBlock(Parameters& parameters, const std::string& name, std::int64_t size, std::int64_t heads,
                 at::Generator& generator);

  /// x [S, n, size], y [S, m, size] -> [S, n, size]. Elements of y that `present` [S, m] says are not there are not
  /// attended to; each set has one at least. Undefined: all are there.
  at::Tensor operator()(const at::Tensor& x, const at::Tensor& y, const at::Tensor& present = {}) const;
  /// Queries shared by every set, [n, size], as inducing points and seeds are: no product is repeated for each set.
  at::Tensor shared(const at::Tensor& queries, const at::Tensor& y, const at::Tensor& present = {}) const;

 private:
  at::Tensor finish(const at::Tensor& h) const;

  std::int64_t heads_ = 1;
  Linear query_, key_, value_, output_;
  LayerNorm inner_, outer_;
};

/// What contracts one plate: a set [S, n, input] -> one vector [S, size].
/// Linear, then ISABs or SABs, pooling by attention of one seed (PMA), SAB, linear.
class SetTransformer {
 public:
  SetTransformer() = default;
  /// `inducing` 0: SAB blocks, otherwise ISAB blocks with so many inducing points.
  SetTransformer(Parameters& parameters, const std::string& name, std::int64_t input, std::int64_t size,
                 std::int64_t heads, std::int64_t inducing, std::int64_t blocks, at::Generator& generator);

  /// Elements that `present` [S, n] says are not there leave no trace; the summary of an empty set means nothing.
  at::Tensor operator()(const at::Tensor& set, const at::Tensor& present = {}) const;

 private:
  struct Block {
    at::Tensor inducing;  ///< [inducing, size]; undefined in a SAB
    AttentionBlock first, second;
  };
  Linear input_, row_, output_;
  std::vector<Block> blocks_;
  at::Tensor seed_;  ///< [1, size]
  AttentionBlock pooling_, last_;
};

}  // namespace adavi
