#include "inference/hierarchical_encoder.hpp"

#include <cmath>

namespace adavi {
namespace {

std::int64_t total_size(const std::vector<EncoderInput>& inputs) {
  std::int64_t total = 0;
  for (const auto& input : inputs) total += input.size;
  return total;
}

/// One known variable as features [1, B, plates..., size].
at::Tensor transformed(const GenerativeModel& model, const VariableValues& known, const EncoderInput& input) {
  const auto& x = known[static_cast<std::size_t>(input.variable)];
  auto shape = x.sizes().vec();
  shape.resize(shape.size() - model.model().variables[static_cast<std::size_t>(input.variable)].type.shape.size());
  shape.push_back(input.size);
  switch (input.transform) {
    case InputTransform::identity:
      return x.reshape(shape);
    case InputTransform::inverse_link:
      return model.unconstrain(input.variable, known).reshape(shape);
    case InputTransform::log1p:
      return at::log1p(x).reshape(shape);
    case InputTransform::one_hot: {
      const auto categories =
          at::arange(1, input.size * c10::multiply_integers(shape) / input.size / x.numel() + 1, x.options());
      return (x.unsqueeze(-1) == categories).to(x.scalar_type()).reshape(shape);
    }
  }
  return {};
}

/// Mean, log variance and log cardinality of each set: [S, n, f] -> [S, 2 f + 1].
at::Tensor moments(const at::Tensor& set) {
  constexpr double smallest_variance = 1e-8;
  const auto mean = set.mean(1);
  const auto variance = (set - mean.unsqueeze(1)).square().mean(1);
  const auto cardinality = at::full({set.size(0), 1}, std::log(static_cast<double>(set.size(1))), set.options());
  return at::cat({mean, at::log(variance + smallest_variance), cardinality}, 1);
}

}  // namespace

HierarchicalEncoder::HierarchicalEncoder(Parameters& parameters, const HbmModel& model, const DualPlan& plan,
                                         at::Generator& generator)
    : plan_(plan), fixed_(static_cast<std::size_t>(model.depth()) + 1) {
  std::vector<char> fixed;
  for (const auto& level_plan : plan.encoder) {
    const auto& plate = model.plates[static_cast<std::size_t>(level_plan.plate)];
    const std::string name = "encoder." + plate.name;
    Level level;
    level.plan = level_plan;
    if (!level_plan.inputs.empty()) {
      level.inputs = Standardizer(parameters, name + ".inputs", total_size(level_plan.inputs));
    }
    fixed.resize(static_cast<std::size_t>(level_plan.input), 1);
    fixed_[static_cast<std::size_t>(level_plan.plate) + 1] = fixed;
    if (level_plan.contracts) {
      if (level_plan.attention != Attention::none) {
        level.transformer = SetTransformer(parameters, name, level_plan.input, level_plan.embedding, level_plan.heads,
                                           level_plan.inducing, level_plan.blocks, generator);
      }
      std::vector<char> above(static_cast<std::size_t>(level_plan.embedding), 0);
      if (level_plan.moments) {
        level.moments = Standardizer(parameters, name + ".moments", 2 * level_plan.input + 1);
        above.insert(above.end(), fixed.begin(), fixed.end());
        above.insert(above.end(), fixed.begin(), fixed.end());
        above.push_back(1);
      }
      fixed = above;
    }
    levels_.push_back(level);
  }
  if (!plan.top_inputs.empty()) {
    top_inputs_ = Standardizer(parameters, "encoder.top.inputs", total_size(plan.top_inputs));
  }
  fixed.resize(fixed.size() + static_cast<std::size_t>(total_size(plan.top_inputs)), 1);
  fixed_[0] = fixed;
}

HierarchicalEncoder::Features HierarchicalEncoder::join(const GenerativeModel& model, const VariableValues& known,
                                                        const std::vector<EncoderInput>& inputs, const Features& below,
                                                        Standardizer standardizer, bool fit) const {
  if (inputs.empty()) return below;
  std::vector<at::Tensor> parts;
  for (const auto& input : inputs) parts.push_back(transformed(model, known, input));
  auto joined = parts.size() == 1 ? parts.front() : at::cat(parts, -1);
  if (fit) standardizer.fit(joined);
  const auto linear = standardizer.linear(joined);
  const auto compressed = Standardizer::compress(linear);
  if (!below.linear.defined()) return {compressed, linear};
  return {at::cat({below.compressed, compressed}, -1), at::cat({below.linear, linear}, -1)};
}

/// [1, B, plates..., n, f] -> [1, B, plates..., output]
at::Tensor HierarchicalEncoder::contract(const Level& level, const Features& features, bool fit) const {
  auto shape = features.linear.sizes().vec();
  const auto as_sets = [&](const at::Tensor& x) { return x.reshape({-1, shape[shape.size() - 2], shape.back()}); };
  std::vector<at::Tensor> parts;  // [S, ...]
  if (level.plan.attention != Attention::none) parts.push_back(level.transformer(as_sets(features.compressed)));
  if (level.plan.moments) {
    const auto raw = moments(as_sets(features.linear));
    auto standardizer = level.moments;
    if (fit) standardizer.fit(raw);
    parts.push_back(standardizer(raw));
  }
  shape.pop_back();
  shape.back() = level.plan.output;
  return at::cat(parts, -1).view(shape);
}

std::vector<at::Tensor> HierarchicalEncoder::encode(const GenerativeModel& model, const VariableValues& known,
                                                    bool fit) const {
  std::vector<at::Tensor> encodings(levels_.size() + 1);
  Features features;
  for (const auto& level : levels_) {
    features = join(model, known, level.plan.inputs, features, level.inputs, fit);
    encodings[static_cast<std::size_t>(level.plan.plate) + 1] = features.compressed;
    if (level.plan.contracts) {
      features.compressed = features.linear = contract(level, features, fit);
    } else {
      features = {features.compressed.squeeze(-2), features.linear.squeeze(-2)};  // the one element of the plate
    }
  }
  encodings[0] = join(model, known, plan_.top_inputs, features, top_inputs_, fit).compressed;
  return encodings;
}

std::vector<at::Tensor> HierarchicalEncoder::operator()(const GenerativeModel& model,
                                                        const VariableValues& known) const {
  return encode(model, known, false);
}

std::vector<at::Tensor> HierarchicalEncoder::fit(const GenerativeModel& model, const VariableValues& known) {
  at::NoGradGuard no_grad;
  return encode(model, known, true);
}

}  // namespace adavi
