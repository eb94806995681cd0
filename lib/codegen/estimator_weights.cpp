#include "codegen/dual_plan.hpp"

namespace adavi {
namespace {

std::int64_t linear_weights(std::int64_t in, std::int64_t out) { return in * out + out; }

/// Numbers that the affine block takes from the trunk: shift, log diagonal and, if triangular, what is below it.
std::int64_t affine_parameters(AffineScale scale, std::int64_t size) {
  switch (scale) {
    case AffineScale::none:
      return size;
    case AffineScale::diagonal:
      return 2 * size;
    case AffineScale::triangular:
      return 2 * size + size * (size - 1) / 2;
  }
  return 0;
}

}  // namespace

std::int64_t flow_parameters(const EstimatorPlan& plan) {
  return has_splines(plan.flow) ? 3 * plan.spline_bins - 1 : 2;
}

std::int64_t estimator_weights(const EstimatorPlan& plan) {
  if (plan.exact) return 0;
  std::int64_t weights = 0;
  std::int64_t features = plan.context;
  for (const auto width : plan.trunk) {
    weights += linear_weights(features, width);
    features = width;
  }
  std::int64_t instances = 1;
  for (const auto cardinality : plan.instances) instances *= cardinality;
  const std::int64_t affine = affine_parameters(plan.affine, plan.size);
  weights += features * affine + affine * instances;
  // Beside a trunk, shift and log diagonal also depend linearly on the context: the part that ridge regression sets.
  if (!plan.trunk.empty()) weights += plan.context * (plan.affine == AffineScale::none ? 1 : 2) * plan.size;
  if (plan.flow == FlowKind::none) return weights;
  std::int64_t width = plan.size;
  for (const auto hidden : plan.flow_hidden) {
    weights += linear_weights(width, hidden);
    width = hidden;
  }
  weights += features * plan.flow_hidden.front();  // the context joins the first hidden layer
  return weights + linear_weights(width, plan.size * flow_parameters(plan));
}

}  // namespace adavi
