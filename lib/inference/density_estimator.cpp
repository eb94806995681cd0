#include "inference/density_estimator.hpp"

#include <cmath>

namespace adavi {
namespace {

const double log_two_pi = std::log(2 * M_PI);

/// Of the affine block, next to its base: extrapolated far beyond the usual data, an exponential must not explode.
constexpr double largest_log_scale = 4;

at::Tensor standard_normal(const at::Tensor& u) { return (-0.5 * u.square() - 0.5 * log_two_pi).sum(-1); }

}  // namespace

DensityEstimator::DensityEstimator(Parameters& parameters, const std::string& name, const EstimatorPlan& plan,
                                   at::Generator& generator)
    : plan_(plan) {
  if (plan.exact) return;
  std::int64_t width = plan.context;
  for (std::size_t i = 0; i < plan.trunk.size(); ++i) {
    trunk_.emplace_back(parameters, name + ".trunk" + std::to_string(i), width, plan.trunk[i], generator);
    width = plan.trunk[i];
  }
  const auto size = plan.size;
  const std::int64_t below = plan.affine == AffineScale::triangular ? size * (size - 1) / 2 : 0;
  const std::int64_t linear_rows = (plan.affine == AffineScale::none ? 1 : 2) * size;
  if (plan.free) {
    head_.weight = parameters.add(name + ".affine.weight", {linear_rows + below, width});
    auto shape = plan.instances;
    shape.push_back(linear_rows + below);
    head_.bias = parameters.add(name + ".affine.bias", shape);
  } else {
    // Without a trunk the head is the whole block and must break the symmetry between contexts itself.
    head_ = plan.trunk.empty() ? Linear(parameters, name + ".affine", width, linear_rows + below, generator)
                               : Linear::zero(parameters, name + ".affine", width, linear_rows + below);
  }
  bias = head_.bias;
  if (!plan.trunk.empty()) linear = parameters.add(name + ".linear", {linear_rows, plan.context});
  if (plan.flow != FlowKind::none) {
    const std::int64_t groups = plan.flow == FlowKind::coupling ? 2 : size;
    flow_ = AutoregressiveFlow(parameters, name + ".flow", size, width, plan.flow_hidden, plan.spline_bins, groups,
                               generator);
  }
  base = parameters.add_buffer(name + ".base", {size, size}, 0);
  base.fill_diagonal_(1);
}

at::Tensor DensityEstimator::features(const Context& context) const {
  at::Tensor h;
  for (const auto& layer : trunk_) {
    h = at::silu(h.defined() ? layer(h) : affine_map(context, layer.weight, layer.bias));
  }
  return h;
}

Affine DensityEstimator::affine(const Context& context, const at::Tensor& features) const {
  const auto size = plan_.size;
  // A bias of each instance's own joins by broadcasting, and without a bound: it does not extrapolate.
  const auto shared = plan_.free ? at::Tensor() : head_.bias;
  const auto head =
      features.defined() ? affine_map(features, head_.weight, shared) : affine_map(context, head_.weight, shared);
  const auto with_own = [&](const at::Tensor& part, std::int64_t first) {
    return plan_.free ? part + head_.bias.narrow(-1, first, part.size(-1)) : part;
  };
  Affine result;
  result.shift = with_own(head.narrow(-1, 0, size), 0);
  at::Tensor linear_part;
  if (linear.defined()) {
    linear_part = affine_map(context, linear);
    result.shift = at::matmul(result.shift, base.t()) + linear_part.narrow(-1, 0, size);
  }
  if (plan_.affine == AffineScale::none) return result;
  result.log_diagonal = head.narrow(-1, size, size);
  if (linear.defined()) result.log_diagonal = result.log_diagonal + linear_part.narrow(-1, size, size);
  result.log_diagonal = with_own(largest_log_scale * at::tanh(result.log_diagonal / largest_log_scale), size);
  if (plan_.affine == AffineScale::triangular && size > 1)
    result.below = with_own(head.narrow(-1, 2 * size, size * (size - 1) / 2), 2 * size);
  return result;
}

at::Tensor DensityEstimator::prepare_flow(const Context& context, const at::Tensor& features) const {
  return features.defined() ? flow_.prepare(features) : flow_.prepare(context);
}

FlowDraw DensityEstimator::draw(const Context& context, const at::Tensor& u) const {
  auto log_q = standard_normal(u);
  if (plan_.exact) return {u, log_q};
  const bool flows = plan_.flow != FlowKind::none;
  const auto h = features(context);
  const auto block = affine(context, h);
  auto v = u;
  if (flows && plan_.flow != FlowKind::maf) {
    const auto bent = flow_.along(v, prepare_flow(context, h));
    v = bent.value;
    log_q = log_q - bent.log_slope.sum(-1);
  }
  v = at::matmul(triangular_product(block, v), base.t()) + block.shift;
  if (block.log_diagonal.defined()) log_q = log_q - block.log_diagonal.sum(-1);
  log_q = log_q - base.diagonal().log().sum();
  if (flows && plan_.flow == FlowKind::maf) {
    const auto bent = flow_.against(v, prepare_flow(context, h));
    v = bent.value;
    log_q = log_q - bent.log_slope.sum(-1);
  }
  return {v, log_q};
}

at::Tensor DensityEstimator::log_q(const Context& context, const at::Tensor& z) const {
  if (plan_.exact) return standard_normal(z);
  const bool flows = plan_.flow != FlowKind::none;
  const auto h = features(context);
  const auto block = affine(context, h);
  auto v = z;
  at::Tensor log_det = -base.diagonal().log().sum();
  if (flows && plan_.flow == FlowKind::maf) {
    const auto bent = flow_.along(v, prepare_flow(context, h));
    v = bent.value;
    log_det = log_det + bent.log_slope.sum(-1);
  }
  const auto centred = v - block.shift;
  const auto scaled = plan_.size == 1 ? centred / base.view({1}) : at::matmul(centred, at::linalg_inv(base).t());
  v = triangular_solve(block, scaled);
  if (block.log_diagonal.defined()) log_det = log_det - block.log_diagonal.sum(-1);
  if (flows && plan_.flow != FlowKind::maf) {
    const auto bent = flow_.against(v, prepare_flow(context, h));
    v = bent.value;
    log_det = log_det + bent.log_slope.sum(-1);
  }
  return standard_normal(v) + log_det;
}

at::Tensor DensityEstimator::shift(const Context& context) const {
  if (!plan_.exact) return affine(context, features(context)).shift;
  auto shape = context.front().sizes().vec();
  shape.back() = plan_.size;
  return at::zeros(shape, context.front().options());
}

}  // namespace adavi
