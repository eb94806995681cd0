#include "codegen/encoder_inputs.hpp"

#include <algorithm>
#include <numeric>

namespace adavi {
namespace {

std::int64_t product(const Shape& shape) {
  return std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
}

bool is_count(const Distribution& distribution) {
  static const char* const names[] = {"poisson",        "poisson_log",   "neg_binomial_2",     "binomial",
                                      "binomial_logit", "beta_binomial", "neg_binomial_2_log", "multinomial"};
  return std::find(std::begin(names), std::end(names), distribution.name) != std::end(names);
}

/// Categories of a categorical variable, 0 for any other.
std::int64_t categories(const HbmModel& model, const Distribution& distribution) {
  static const char* const names[] = {"categorical", "categorical_logit", "ordered_logistic"};
  const bool categorical = std::find(std::begin(names), std::end(names), distribution.name) != std::end(names);
  return categorical ? last_category(model, distribution) : 0;
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
  if (variable.role == ast::Role::covariate) {
    inputs.push_back({index, InputTransform::identity, size});
    // Its law serves simulation alone: the user's values need not lie in its support, but within its declared bounds.
    const auto lower = constant_scalar(model, variable.declared_lower);
    const bool unbounded = variable.declared_upper == no_expr;
    if (moments && unbounded && lower && *lower >= 0) inputs.push_back({index, InputTransform::log1p, size});
    return;
  }
  if (variable.link.kind == LinkKind::identity) {
    inputs.push_back({index, InputTransform::identity, size});
    return;
  }
  inputs.push_back({index, InputTransform::inverse_link, unconstrained_size(variable)});
  // The mean of the raw values says what the mean of their logarithms does not.
  if (moments) inputs.push_back({index, InputTransform::identity, size});
}

}  // namespace

std::int64_t sum_of_sizes(const std::vector<EncoderInput>& inputs) {
  std::int64_t total = 0;
  for (const auto& input : inputs) total += input.size;
  return total;
}

std::vector<EncoderInput> inputs_at(const HbmModel& model, int depth, bool moments) {
  std::vector<EncoderInput> inputs;
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    const Variable& variable = model.variables[i];
    const bool known = variable.role == ast::Role::observed || variable.role == ast::Role::covariate;
    if (known && variable.depth == depth) add_inputs(model, static_cast<int>(i), moments, inputs);
  }
  return inputs;
}

}  // namespace adavi
