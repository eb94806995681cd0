#pragma once
#include <ATen/ATen.h>

#include "inference/evaluation_context.hpp"
#include "semantics/hbm_model.hpp"

/// Labels of components whose order means nothing.
namespace adavi {

/// By matrix of costs [..., L, L], the column of each row [..., L] so that no two share one and the costs add up to the
/// least there is (Kuhn 1955). Costs that are not finite count as very high.
at::Tensor assignment(const at::Tensor& cost);

/// `x` with its axis `axis` of L components in the order given [K, B, ..., L], whose axes before the last are x's first
/// or have size one: component l of the result is component order[l] of x.
at::Tensor in_order(const at::Tensor& x, const at::Tensor& order, std::int64_t axis);

/// Everything that belongs to the components of a set, in another order [1, B, L].
void relabel(const HbmModel& model, const ExchangeableSet& set, const at::Tensor& order, VariableValues& values);

}  // namespace adavi
