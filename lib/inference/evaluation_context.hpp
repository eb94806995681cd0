#pragma once
#include <ATen/ATen.h>

#include <vector>

#include "semantics/hbm_model.hpp"

namespace adavi {

/// The value of every variable so far, by its position in the model: [K, B, plates..., event...] with K draws of B data
/// sets (either may be 1), undefined where not known yet.
using VariableValues = std::vector<at::Tensor>;

/// Values of a model's expressions, each computed once.
class EvaluationContext {
 public:
  /// `values` must outlive the context; entries may be filled in between calls, in topological order.
  EvaluationContext(const HbmModel& model, const VariableValues& values, at::TensorOptions options);

  /// The value of an expression, ready to broadcast from the right against tensors [K, B, plates(depth), event...]:
  /// axes of size 1 for the plates that it does not vary over, and `trailing` more behind its own event axes.
  /// Constants come without batch and plate axes.
  at::Tensor aligned(ExprId id, int depth, int trailing = 0);

  /// Whether no random or known variable enters an expression.
  bool is_constant(ExprId id) const;
  std::int64_t event_rank(ExprId id) const {
    return static_cast<std::int64_t>(model_.expression(id).type.shape.size());
  }

 private:
  const at::Tensor& value(ExprId id);
  at::Tensor compute(const Expr& expression);
  at::Tensor call(const Expr& expression);
  at::Tensor index(const Expr& expression);

  const HbmModel& model_;
  const VariableValues& values_;
  at::TensorOptions options_;
  std::vector<at::Tensor> memo_;
  std::vector<char> constant_;
};

/// Inserts axes of size 1 into [K, B, plates(depth), event...] so that it lines up with `to_depth` plates, and
/// `trailing` more at the end.
at::Tensor align(const at::Tensor& value, int depth, std::size_t event_rank, int to_depth, int trailing);

}  // namespace adavi
