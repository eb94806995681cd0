#pragma once
#include <ATen/ATen.h>

#include <string>
#include <vector>

#include "nn/layers.hpp"
#include "nn/spline.hpp"

namespace adavi {

/// An elementwise bijection whose parameters for a group of dimensions come from a masked network (MADE, Germain et al.
/// 2015) of the groups before it and of a context: autoregressive where every dimension is a group, a coupling layer
/// (Dinh et al. 2017) where there are two. At the start it is the identity.
///
/// The map "along" the network, y_i = t(x_i; net(x_<i)), takes one pass; the inverse takes one pass a group.
class AutoregressiveFlow {
 public:
  AutoregressiveFlow() = default;
  /// `bins` 0: affine transformations, otherwise rational-quadratic splines. Both of `size` dimensions, in `groups`
  /// groups of neighbours, at most one a dimension; the context has `context` features.
  AutoregressiveFlow(Parameters& parameters, const std::string& name, std::int64_t size, std::int64_t context,
                     const std::vector<std::int64_t>& hidden, std::int64_t bins, std::int64_t groups,
                     at::Generator& generator);

  /// What the context contributes to the first hidden layer [..., hidden], computed once for many passes.
  at::Tensor prepare(const at::Tensor& features) const;
  at::Tensor prepare(const Context& context) const;

  /// x [..., size] -> y, log slopes [..., size].
  Bijected along(const at::Tensor& x, const at::Tensor& prepared) const;
  /// y -> x; log slopes are those of this inverse.
  Bijected against(const at::Tensor& y, const at::Tensor& prepared) const;

 private:
  /// Parameters of every dimension given all of x: [..., size, count].
  at::Tensor network(const at::Tensor& x, const at::Tensor& prepared) const;

  std::int64_t size_ = 0, count_ = 0, bins_ = 0, groups_ = 0;
  at::Tensor context_weight_;  ///< [hidden, context]
  std::vector<Linear> layers_;
  std::vector<at::Tensor> masks_;  ///< [out, in], 0 or 1
};

}  // namespace adavi
