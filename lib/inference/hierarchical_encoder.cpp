#include "inference/hierarchical_encoder.hpp"

#include <cmath>
#include <tuple>

#include "inference/presence.hpp"

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

constexpr double smallest_variance = 1e-8;

/// A flag for each feature of `x` from flags that may be one for all of them.
at::Tensor flags_for(const at::Tensor& x, const at::Tensor& present) {
  return present.defined() ? present.expand(x.sizes()) : at::ones(x.sizes(), x.options().dtype(at::kBool));
}

/// Rows [rows, f] of features that are all there, or all rows where there are none such.
at::Tensor complete_rows(const at::Tensor& x, const at::Tensor& present) {
  if (!present.defined()) return x;
  const auto rows = present_rows(x, flags_for(x, present).all(-1));
  return rows.size(0) > 1 ? rows : x;
}

/// Mean, log variance and log cardinality of each set of what is there of it, and what of these is there. Elements that
/// are not there are zeros. [S, n, f] -> [S, 2 f + 1].
struct Moments {
  at::Tensor values, present;
};
Moments moments_of_present(const at::Tensor& set, const at::Tensor& features, const at::Tensor& elements) {
  const auto there = features.to(set.scalar_type());
  const auto count = there.sum(1).clamp_min(1);
  const auto mean = set.sum(1) / count;
  const auto variance = ((set - mean.unsqueeze(1)).square() * there).sum(1) / count;
  const auto cardinality = elements.sum(1, true).clamp_min(1).to(set.scalar_type());
  const auto any = features.any(1);
  return {at::cat({mean, at::log(variance + smallest_variance), at::log(cardinality)}, 1),
          at::cat({any, any, elements.any(1, true)}, 1)};
}

/// Mean, log variance and log cardinality of each set: [S, n, f] -> [S, 2 f + 1].
at::Tensor moments(const at::Tensor& set) {
  const auto mean = set.mean(1);
  const auto variance = (set - mean.unsqueeze(1)).square().mean(1);
  const auto cardinality = at::full({set.size(0), 1}, std::log(static_cast<double>(set.size(1))), set.options());
  return at::cat({mean, at::log(variance + smallest_variance), cardinality}, 1);
}

/// Encodings that say nothing: tensors without features, of the observation's data sets and plates.
Encodings without_features(const GenerativeModel& model, const Observation& observation) {
  Encodings result;
  const auto& variables = model.model().variables;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (variables[i].role != ast::Role::observed) continue;
    auto shape = observation.values[i].sizes().vec();
    for (int depth = 0; depth <= model.model().depth(); ++depth) {
      auto own = std::vector<std::int64_t>(shape.begin(), shape.begin() + 2 + depth);
      own.push_back(0);
      result.features.push_back(at::zeros(own, model.options()));
    }
    break;
  }
  result.messages.resize(result.features.size());
  result.present = observation.instances;
  return result;
}

}  // namespace

void HierarchicalEncoder::append(Features& features, const at::Tensor& standardized, const at::Tensor& present) {
  Features added;
  if (present.defined()) added.present = flags_for(standardized, present);
  added.linear = kept(standardized, added.present);
  added.compressed = Standardizer::compress(added.linear);
  if (!features.linear.defined()) {
    features = added;
    return;
  }
  if (features.present.defined() || added.present.defined()) {
    features.present =
        at::cat({flags_for(features.linear, features.present), flags_for(added.linear, added.present)}, -1);
  }
  features.compressed = at::cat({features.compressed, added.compressed}, -1);
  features.linear = at::cat({features.linear, added.linear}, -1);
}

FoundPeaks FoundPeaks::of(std::int64_t first, std::int64_t count) const {
  const auto some = [&](const at::Tensor& x) { return x.defined() && x.size(1) > 1 ? x.narrow(1, first, count) : x; };
  std::vector<Affine> some_nears;
  for (const auto& near : nears) some_nears.push_back({some(near.shift), some(near.log_diagonal), {}});
  const auto& expansion = message.expansion;
  const auto& [x, y, slope] = top.warp.knots;
  auto map = top.map;
  for (auto& layer : map.layers) layer = some(layer);
  return {{some(message.location),
           some(message.variance),
           some(message.repeats),
           {some(expansion.place), some(expansion.gradient), some(expansion.curvature)}},
          {{some(top.warp.location), some(top.warp.log_scale), {some(x), some(y), some(slope)}},
           some(top.relation),
           some(top.bends),
           map},
          some_nears,
          known};
}

HierarchicalEncoder::HierarchicalEncoder(Parameters& parameters, const HbmModel& model, const DualPlan& plan,
                                         at::Generator& generator)
    : plan_(plan), fixed_(static_cast<std::size_t>(model.depth()) + 1) {
  if (plan.free) return;
  std::vector<char> fixed;
  const auto add_messages = [&](std::int64_t features) {
    message_ = LikelihoodMessage(parameters, model, plan.message, features);
    message_features_ = Standardizer(parameters, "message.features", 2 * plan.message.size);
  };
  for (const auto& level_plan : plan.encoder) {
    const auto& plate = model.plates[static_cast<std::size_t>(level_plan.plate)];
    const std::string name = "encoder." + plate.name;
    Level level;
    level.plan = level_plan;
    if (!level_plan.inputs.empty()) {
      level.inputs = Standardizer(parameters, name + ".inputs", total_size(level_plan.inputs));
    }
    fixed.resize(static_cast<std::size_t>(level_plan.input), 1);
    if (level_plan.plate + 1 == plan.message.depth) add_messages(level_plan.input - 2 * plan.message.size);
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
      if (level_plan.message > 0) {
        const auto size = level_plan.message;
        level.spread = parameters.add_buffer(name + ".message.spread", {size}, 0);
        level.pooled = Standardizer(parameters, name + ".message", 3 * size);
        above.resize(above.size() + static_cast<std::size_t>(3 * size), 1);
      }
      fixed = above;
    }
    levels_.push_back(level);
  }
  if (!plan.top_inputs.empty()) {
    top_inputs_ = Standardizer(parameters, "encoder.top.inputs", total_size(plan.top_inputs));
  }
  fixed.resize(static_cast<std::size_t>(encoding_size(model, plan, 0)), 1);
  fixed_[0] = fixed;
  if (begins_at(0)) add_messages(encoding_size(model, plan, 0) - 2 * plan.message.size);
}

void HierarchicalEncoder::join(const GenerativeModel& model, const Observation& observation,
                               const std::vector<EncoderInput>& inputs, Standardizer standardizer, bool fit,
                               Rung& rung) const {
  if (inputs.empty()) return;
  std::vector<at::Tensor> parts, flags;
  for (const auto& input : inputs) {
    const bool observed = model.model().variables[static_cast<std::size_t>(input.variable)].role == ast::Role::observed;
    const auto present = observed && !observation.present.empty()
                             ? observation.present[static_cast<std::size_t>(input.variable)]
                             : rung.present;
    parts.push_back(transformed(model, observation.values, input));
    flags.push_back(flags_for(parts.back(), present.defined() ? present.unsqueeze(-1) : present));
  }
  const auto joined = parts.size() == 1 ? parts.front() : at::cat(parts, -1);
  const auto present = observation.incomplete() ? at::cat(flags, -1) : at::Tensor();
  if (fit) standardizer.fit(complete_rows(joined, present));
  append(rung.features, standardizer.linear(joined), present);
}

/// The data's messages begin here, and join the features.
void HierarchicalEncoder::begin_messages(const GenerativeModel& model, const Observation& observation,
                                         VariableValues* truth, FoundPeaks* found, Rung& rung) const {
  const auto& x = rung.features.compressed;
  const auto depth = plan_.message.depth;
  if (truth) {
    LikelihoodMessage(message_).fit_labels(model, observation, x.sizes(), *truth);
    rung.truth = copies(model, plan_.message, *truth, x.sizes());
    auto fixed = fixed_[static_cast<std::size_t>(depth)];
    fixed.resize(static_cast<std::size_t>(x.size(-1)));
    rung.message = LikelihoodMessage(message_).fit(x, observation, rung.truth, fixed);
  } else {
    rung.message = found && found->known ? found->message : message_(x, observation);
    if (found) found->message = rung.message;
  }
  auto shape = x.sizes().vec();
  shape.back() = 2 * plan_.message.size;
  const auto present = rung.present.defined() ? rung.present.unsqueeze(-1) : at::Tensor();
  if (!rung.message.defined()) return append(rung.features, at::zeros(shape, x.options()), present);
  const auto raw = message_.features(rung.message);
  auto standardizer = message_features_;
  if (truth) standardizer.fit(complete_rows(raw, present));
  append(rung.features, standardizer.linear(raw), present);
}

/// Messages of a plate as one, and as features: location, log scale, and how far they are apart.
at::Tensor HierarchicalEncoder::pooled(const Level& level, bool fit, const at::Tensor& above, Rung& rung) const {
  auto& message = rung.message;
  if (!message.defined()) {
    auto shape = rung.features.linear.sizes().vec();
    shape.erase(shape.end() - 2);
    shape.back() = 3 * level.plan.message;
    return at::zeros(shape, rung.features.linear.options());
  }
  if (fit) {
    const auto within = rung.truth.var(-2, false).reshape({-1, level.plan.message});
    at::Tensor(level.spread).copy_(std::get<0>(within.median(0)));
    rung.truth = rung.truth.mean(-2);
  }
  const auto all = message;
  message = message_.informed(pool(all, level.spread, rung.present), above);
  const auto apart =
      kept((all.location - message.location.unsqueeze(-2)).square() / (all.variance + level.spread), rung.present);
  const auto mean = rung.present.defined()
                        ? apart.sum(-2) / rung.present.sum(-1, true).clamp_min(1).to(apart.scalar_type())
                        : apart.mean(-2);
  const auto raw = at::cat({message_.features(message), at::log(mean + 1e-3)}, -1);
  auto standardizer = level.pooled;
  if (fit) standardizer.fit(above.defined() ? present_rows(raw, above) : raw);
  return standardizer.linear(raw);
}

/// [1, B, plates..., n, f] -> [1, B, plates..., output]
void HierarchicalEncoder::contract(const Level& level, bool fit, const at::Tensor& above, Rung& rung) const {
  const auto plates = rung.features.linear.sizes().vec();
  const auto n = plates[plates.size() - 2];
  const auto as_sets = [&](const at::Tensor& x) { return x.reshape({-1, n, plates.back()}); };
  const auto in_plates = [&](const at::Tensor& x) {
    auto shape = plates;
    shape.pop_back();
    shape.back() = x.size(-1);
    return x.view(shape);
  };
  const auto elements = rung.present.defined() ? rung.present.reshape({-1, n}) : at::Tensor();
  const auto flag = above.defined() ? above.unsqueeze(-1) : at::Tensor();
  Features summary;
  if (level.plan.attention != Attention::none) {
    const auto learned = in_plates(level.transformer(as_sets(rung.features.compressed), elements));
    summary.linear = summary.compressed = kept(learned, above);
    if (above.defined()) summary.present = flags_for(learned, flag);
  }
  if (level.plan.moments) {
    Moments found;
    if (rung.features.present.defined()) {
      const auto features = as_sets(rung.features.present);
      found = moments_of_present(as_sets(rung.features.linear), features,
                                 elements.defined() ? elements : at::ones_like(features.select(-1, 0)));
      found.present = in_plates(found.present);
    } else {
      found.values = moments(as_sets(rung.features.linear));
    }
    const auto raw = in_plates(found.values);
    auto standardizer = level.moments;
    if (fit) standardizer.fit(complete_rows(raw, found.present));
    append(summary, standardizer.linear(raw), found.present);
  }
  if (level.plan.message > 0) append(summary, pooled(level, fit, above, rung), flag);
  rung.features = summary;
}

Encodings HierarchicalEncoder::encode(const GenerativeModel& model, const Observation& observation,
                                      VariableValues* truth, FoundPeaks* found) const {
  if (plan_.free) return without_features(model, observation);
  const bool fit = truth != nullptr;
  Encodings result;
  result.features.resize(levels_.size() + 1);
  result.messages.resize(levels_.size() + 1);
  result.present = observation.instances;
  Rung rung;
  const auto arrive = [&](int depth, const std::vector<EncoderInput>& inputs, const Standardizer& standardizer) {
    rung.present = observation.instances_at(depth);
    join(model, observation, inputs, standardizer, fit, rung);
    if (begins_at(depth)) begin_messages(model, observation, truth, found, rung);
    result.features[static_cast<std::size_t>(depth)] = rung.features.compressed;
    result.messages[static_cast<std::size_t>(depth)] = rung.message;
  };
  for (const auto& level : levels_) {
    arrive(level.plan.plate + 1, level.plan.inputs, level.inputs);
    if (level.plan.contracts) {
      contract(level, fit, observation.instances_at(level.plan.plate), rung);
      continue;
    }
    // The one element of the plate.
    rung.features = {rung.features.compressed.squeeze(-2), rung.features.linear.squeeze(-2),
                     rung.features.present.defined() ? rung.features.present.squeeze(-2) : at::Tensor()};
    if (rung.message.defined()) {
      auto& message = rung.message;
      message = {message.location.squeeze(-2), message.variance.squeeze(-2), message.repeats.squeeze(-2)};
    }
    if (rung.truth.defined()) rung.truth = rung.truth.squeeze(-2);
  }
  arrive(0, plan_.top_inputs, top_inputs_);
  return result;
}

Encodings HierarchicalEncoder::operator()(const GenerativeModel& model, const Observation& observation,
                                          FoundPeaks* found) const {
  return encode(model, observation, nullptr, found);
}

Encodings HierarchicalEncoder::fit(const GenerativeModel& model, const Observation& observation,
                                   VariableValues& values) {
  at::NoGradGuard no_grad;
  return encode(model, observation, &values, nullptr);
}

VariableValues HierarchicalEncoder::relabelled(const GenerativeModel& model, const Encodings& encodings,
                                               const VariableValues& values) const {
  if (plan_.message.mixture < 0) return values;
  return message_.relabelled(model, encodings.messages[static_cast<std::size_t>(plan_.message.depth)], values);
}

}  // namespace adavi
