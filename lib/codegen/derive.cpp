#include <algorithm>
#include <numeric>

#include "codegen/dual_plan.hpp"

namespace adavi {
namespace {

std::int64_t product(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

std::int64_t sum_of_sizes(const std::vector<EncoderInput>& inputs) {
  std::int64_t total = 0;
  for (const auto& input : inputs) total += input.size;
  return total;
}

bool is_count(const Distribution& distribution) {
  static const char* const names[] = {"poisson",        "poisson_log",   "neg_binomial_2",     "binomial",
                                      "binomial_logit", "beta_binomial", "neg_binomial_2_log", "multinomial"};
  return std::find(std::begin(names), std::end(names), distribution.name) != std::end(names);
}

/// Categories of a categorical variable, 0 for any other.
std::int64_t categories(const HbmModel& model, const Distribution& distribution) {
  const bool cutpoints = distribution.name == "ordered_logistic";
  if (!cutpoints && distribution.name != "categorical" && distribution.name != "categorical_logit") return 0;
  const auto& argument = model.expression(distribution.arguments.back().expression);
  return argument.type.shape.back() + (cutpoints ? 1 : 0);
}

/// What the encoder sees of one known variable.
void add_inputs(const HbmModel& model, int index, bool moments, std::vector<EncoderInput>& inputs) {
  const Variable& variable = model.variables[static_cast<std::size_t>(index)];
  const std::int64_t size = product(variable.type.shape);
  if (variable.distribution) {
    if (const auto n = categories(model, *variable.distribution)) {
      inputs.push_back({index, InputTransform::one_hot, size * n});
      return;
    }
    if (is_count(*variable.distribution)) {
      inputs.push_back({index, InputTransform::identity, size});
      if (moments) inputs.push_back({index, InputTransform::log1p, size});
      return;
    }
  }
  // A covariate's law serves simulation alone: the user's values need not lie in its support.
  if (variable.link.kind == LinkKind::identity || variable.role == ast::Role::covariate) {
    inputs.push_back({index, InputTransform::identity, size});
    return;
  }
  inputs.push_back({index, InputTransform::inverse_link, unconstrained_size(variable)});
  // The mean of the raw values says what the mean of their logarithms does not.
  if (moments) inputs.push_back({index, InputTransform::identity, size});
}

/// Known variables that live in exactly the first `depth` plates.
std::vector<EncoderInput> inputs_at(const HbmModel& model, int depth, bool moments) {
  std::vector<EncoderInput> inputs;
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    const Variable& variable = model.variables[i];
    const bool known = variable.role == ast::Role::observed || variable.role == ast::Role::covariate;
    if (known && variable.depth == depth) add_inputs(model, static_cast<int>(i), moments, inputs);
  }
  return inputs;
}

bool contains(const std::vector<int>& indices, int index) {
  return std::find(indices.begin(), indices.end(), index) != indices.end();
}

/// Whether the upper latents and the data say all there is to say of a latent: see `EstimatorPlan::scoring_steps`.
bool has_local_log_joint(const HbmModel& model, int index, const std::vector<int>& upper) {
  constexpr std::int64_t largest = 8;  // curvature takes one pass a dimension
  if (unconstrained_size(model.variables[static_cast<std::size_t>(index)]) > largest) return false;
  bool observed = false;
  for (const Variable& child : model.variables) {
    if (!contains(child.parents, index)) continue;
    if (child.role != ast::Role::observed) return false;
    observed = true;
    for (const int parent : child.parents) {
      const bool latent = model.variables[static_cast<std::size_t>(parent)].role == ast::Role::latent;
      if (latent && parent != index && !contains(upper, parent)) return false;
    }
  }
  for (const int parent : model.variables[static_cast<std::size_t>(index)].parents) {
    const bool latent = model.variables[static_cast<std::size_t>(parent)].role == ast::Role::latent;
    if (latent && !contains(upper, parent)) return false;
  }
  return observed;
}

std::int64_t linear_weights(std::int64_t in, std::int64_t out) { return in * out + out; }

/// Query, key, value and output maps, and two layer norms (Lee et al. 2019, MAB).
std::int64_t attention_block_weights(std::int64_t d) { return 4 * linear_weights(d, d) + 4 * d; }

std::int64_t set_transformer_weights(const EncoderLevel& level) {
  const std::int64_t d = level.embedding;
  const std::int64_t block = level.attention == Attention::isab ? 2 * attention_block_weights(d) + level.inducing * d
                                                                : attention_block_weights(d);
  const std::int64_t pooling = d + linear_weights(d, d) + attention_block_weights(d);
  return linear_weights(level.input, d) + level.blocks * block + pooling + attention_block_weights(d) +
         linear_weights(d, d);
}

EncoderLevel encoder_level(const HbmModel& model, const ArchitectureOptions& options, int plate, std::int64_t below) {
  EncoderLevel level;
  level.plate = plate;
  level.inputs = inputs_at(model, plate + 1, options.moments);
  level.input = below + sum_of_sizes(level.inputs);
  level.contracts = model.plates[static_cast<std::size_t>(plate)].upper > 1;
  if (!level.contracts) {
    level.output = level.input;
    return level;
  }
  level.attention = options.attention;
  level.moments = options.moments;
  if (level.attention != Attention::none) {
    level.embedding = options.embedding;
    level.heads = options.heads;
    level.inducing = level.attention == Attention::isab ? options.inducing : 0;
    level.blocks = options.blocks;
    level.weights = set_transformer_weights(level);
  }
  level.output = level.embedding + (level.moments ? 2 * level.input + 1 : 0);
  return level;
}

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

std::int64_t estimator_weights(const EstimatorPlan& plan) {
  std::int64_t weights = 0;
  std::int64_t features = plan.context;
  for (const auto width : plan.trunk) {
    weights += linear_weights(features, width);
    features = width;
  }
  weights += linear_weights(features, affine_parameters(plan.affine, plan.size));
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

EstimatorPlan estimator(const HbmModel& model, const DualPlan& plan, const ArchitectureOptions& options, int index) {
  const Variable& variable = model.variables[static_cast<std::size_t>(index)];
  EstimatorPlan result;
  result.variable = index;
  result.size = unconstrained_size(variable);
  result.depth = variable.depth;
  result.context = encoding_size(model, plan, variable.depth);
  if (options.family == Family::structured) result.upper = variable.upper;
  for (const int upper : result.upper) {
    result.context += unconstrained_size(model.variables[static_cast<std::size_t>(upper)]);
  }
  if (has_local_log_joint(model, index, result.upper)) result.scoring_steps = options.scoring_steps;
  if (result.scoring_steps > 0) result.context += 2 * result.size;
  result.trunk = options.trunk;
  result.affine = options.affine;
  result.flow = options.flow;
  if (result.flow != FlowKind::none) result.flow_hidden = options.flow_hidden;
  if (result.flow == FlowKind::spline) result.spline_bins = options.spline_bins;
  result.link = variable.link;
  result.weights = estimator_weights(result);
  return result;
}

}  // namespace

std::int64_t flow_parameters(const EstimatorPlan& plan) {
  return plan.flow == FlowKind::spline ? 3 * plan.spline_bins - 1 : 2;
}

std::int64_t encoding_size(const HbmModel& model, const DualPlan& plan, int depth) {
  if (depth > 0) return plan.encoder[static_cast<std::size_t>(model.depth() - depth)].input;
  return plan.encoder.back().output + sum_of_sizes(plan.top_inputs);
}

DualPlan derive(const HbmModel& model, const ArchitectureOptions& options) {
  DualPlan plan;
  plan.family = options.family;
  std::int64_t below = 0;
  for (int plate = model.depth() - 1; plate >= 0; --plate) {
    plan.encoder.push_back(encoder_level(model, options, plate, below));
    below = plan.encoder.back().output;
    plan.weights += plan.encoder.back().weights;
  }
  plan.top_inputs = inputs_at(model, 0, options.moments);
  for (const int index : model.sampling_order) {
    plan.estimators.push_back(estimator(model, plan, options, index));
    plan.weights += plan.estimators.back().weights;
  }
  return plan;
}

}  // namespace adavi
