#include "inference/scoring.hpp"

#include <torch/csrc/autograd/autograd.h>

namespace adavi {
namespace {

constexpr double farthest_step = 200.0;      // in units of the reach
constexpr double careful_step = 3.0;         // likewise
constexpr double smallest_precision = 0.05;  // in units of 1 / reach^2: keeps flat or convex places finite

/// Gradient of the log joint and minus its second derivatives at z, elementwise.
struct Derivatives {
  at::Tensor gradient, curvature;
};

Derivatives derivatives(const GenerativeModel& model, int index, const at::Tensor& z, const Observation& observation,
                        const VariableValues& values, bool differentiable) {
  using torch::autograd::grad;
  const auto total = model.local_log_joint(index, z, observation, values);
  const auto gradient = grad({total}, {z}, {}, true, true).front();
  std::vector<at::Tensor> diagonal;
  for (std::int64_t d = 0; d < z.size(-1); ++d) {
    const auto entry = gradient.select(-1, d);
    if (!entry.requires_grad()) {  // the log joint is linear in z
      diagonal.push_back(at::zeros_like(entry));
      continue;
    }
    const auto row = grad({entry.sum()}, {z}, {}, true, differentiable, true).front();
    diagonal.push_back(row.defined() ? row.select(-1, d) : at::zeros_like(entry));
  }
  return {gradient, -at::stack(diagonal, -1)};
}

}  // namespace

Scoring::Scoring(Parameters& parameters, const std::string& name, std::int64_t features, std::int64_t size,
                 std::int64_t steps)
    : weight(parameters.add_buffer(name + ".weight", {size, features}, 0)),
      intercept(parameters.add_buffer(name + ".intercept", {size}, 0)),
      reach(parameters.add_buffer(name + ".reach", {size}, 1)),
      enabled(parameters.add_buffer(name + ".enabled", {1}, 0)),
      standardizer(parameters, name + ".features", 2 * size),
      steps_(steps) {}

Start Scoring::operator()(const GenerativeModel& model, int index, const Context& context,
                          const Observation& observation, const VariableValues& values) const {
  if (enabled.item<float>() == 0) return {};
  const bool differentiable = at::GradMode::is_enabled();
  const at::AutoGradMode gradients_on(true);
  auto z = affine_map(context, weight, intercept);
  const auto ready = [&] { return z.requires_grad() ? z : z.detach().requires_grad_(); };
  const auto floor = smallest_precision / reach.square();
  const auto limited = [&](const at::Tensor& step, double reaches) {
    const auto limit = reaches * reach;
    return limit * at::tanh(step / limit);
  };
  Start result;
  at::Tensor before, slope;  // the estimate before this one, and how steep it was there
  at::Tensor cautious;       // the short step from it
  for (std::int64_t step = 0; step <= steps_; ++step) {
    z = ready();
    const auto at_z = derivatives(model, index, z, observation, values, differentiable);
    const auto precision = at::maximum(at_z.curvature, floor);
    result.location = z;
    result.scale = at::rsqrt(precision);
    if (step == steps_) break;
    const auto newton = at_z.gradient / precision;
    const auto steepness = (at_z.gradient * result.scale).abs();
    auto next = z + limited(newton, farthest_step);
    // A long step that led to a steeper place went too far: the next estimate starts over with a short one.
    if (before.defined()) next = at::where(steepness > slope, before + cautious, next);
    before = z;
    slope = steepness;
    cautious = limited(newton, careful_step);
    z = differentiable ? next : next.detach();
  }
  if (!differentiable) return {result.location.detach(), result.scale.detach()};
  return result;
}

at::Tensor Scoring::features(const Start& start, const at::Tensor& like) const {
  if (!start.defined()) {
    std::vector<std::int64_t> shape(static_cast<std::size_t>(like.dim()), 1);
    shape.back() = standardizer.center.size(0);
    return at::zeros(shape, like.options());
  }
  return standardizer(at::cat({start.location, at::log(start.scale)}, -1));
}

}  // namespace adavi
