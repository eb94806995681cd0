#include <algorithm>

#include "codegen/climbs.hpp"
#include "codegen/dual_plan.hpp"
#include "codegen/encoder_inputs.hpp"
#include "codegen/quadratic.hpp"
#include "codegen/subset.hpp"
#include "semantics/positive_links.hpp"

namespace adavi {
namespace {

constexpr std::int64_t marginal_steps = 8;  // Newton steps at the top

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

EncoderLevel encoder_level(const HbmModel& model, const DualPlan& plan, const ArchitectureOptions& options, int plate,
                           std::int64_t below) {
  EncoderLevel level;
  level.plate = plate;
  level.inputs = inputs_at(model, plate + 1, options.moments);
  const int depth = plate + 1;
  level.input = below + sum_of_sizes(level.inputs) + (depth == plan.message.depth ? 2 * plan.message.size : 0);
  if (depth <= plan.message.depth) level.message = plan.message.size;
  level.contracts = model.plates[static_cast<std::size_t>(plate)].upper > 1;
  if (!level.contracts) {
    level.output = level.input;
    return level;
  }
  level.attention = options.attention;
  if (level.attention == Attention::automatic) {
    // Inside, messages say almost all there is to say.
    const bool summarised =
        plan.message.size > 0 && plan.message.nearly_sufficient && depth > plan.message.depth && options.moments;
    level.attention = summarised ? Attention::none : Attention::isab;
  }
  level.moments = options.moments;
  if (level.attention != Attention::none) {
    level.embedding = options.embedding;
    level.heads = options.heads;
    level.inducing = level.attention == Attention::isab ? options.inducing : 0;
    level.blocks = options.blocks;
    level.weights = set_transformer_weights(level);
  }
  level.output = level.embedding + (level.moments ? 2 * level.input + 1 : 0) + 3 * level.message;
  return level;
}

/// Whether messages from below say something of a latent, given its parents.
bool messages_tell(const HbmModel& model, const DualPlan& plan, const EstimatorPlan& estimator) {
  if (estimator.depth >= plan.message.depth || estimator.size > most_climbed(plan.message.mixture)) return false;
  const bool spreads = pure_scales(model)[static_cast<std::size_t>(estimator.variable)] != 0;
  if (spreads && !contains(plan.message.latents, estimator.variable)) return false;
  const auto& parents = model.variables[static_cast<std::size_t>(estimator.variable)].parents;
  return std::all_of(parents.begin(), parents.end(),
                     [&](int parent) { return !is_latent(model, parent) || contains(estimator.upper, parent); });
}

/// Whether the likelihood of a block of latents is there, expanded in their numbers.
bool expanded(const MessagePlan& plan, const std::vector<int>& block) {
  return plan.mixture >= 0 &&
         std::all_of(block.begin(), block.end(), [&](int latent) { return contains(plan.latents, latent); });
}

void score(const HbmModel& model, const DualPlan& plan, const ArchitectureOptions& options, EstimatorPlan& estimator) {
  auto block = climbed_along(model, estimator.variable, estimator.upper, plan.message.mixture);
  const bool dense = options.exact && has_densities(model, estimator.variable, estimator.upper);
  if (dense && is_dirichlet(model, estimator.variable)) {
    estimator.scores = Scores::likelihood;
    estimator.scoring_size = estimator.size;
    estimator.dirichlet = true;
  } else if (!block.empty()) {
    estimator.scores = expanded(plan.message, block) ? Scores::expansion : Scores::likelihood;
    estimator.along.assign(block.begin() + 1, block.end());
    for (const int index : block) {
      estimator.scoring_size += unconstrained_size(model.variables[static_cast<std::size_t>(index)]);
    }
    estimator.quadratic = is_quadratic(model, block, estimator.upper, estimator.scores == Scores::likelihood);
    estimator.scoring_steps = estimator.quadratic ? 1 : options.scoring_steps;
  } else if (dense) {
    estimator.scores = Scores::likelihood;
    estimator.scoring_size = estimator.size;
  } else if (messages_tell(model, plan, estimator)) {
    estimator.scores = Scores::message;
    estimator.scoring_size = estimator.size;
    estimator.quadratic = is_quadratic(model, {estimator.variable}, estimator.upper, false);
    estimator.scoring_steps = 1;  // with a Gaussian likelihood as good as there
  }
}

/// A latent of a subset that would have to be climbed along with some of those left out: its own data remain.
void score_by_own_data(const HbmModel& model, const DualPlan& plan, EstimatorPlan& estimator) {
  std::int64_t from = 0;
  for (const int index : plan.message.latents) {
    const Variable& variable = model.variables[static_cast<std::size_t>(index)];
    if (index == estimator.variable && variable.depth == plan.message.depth) {
      estimator.scores = Scores::own_data;
      estimator.scoring_size = estimator.size;
      estimator.scoring_steps = 1;
      estimator.message_from = from;
    }
    from += unconstrained_size(variable);
  }
}

/// Whether the whole conditional can be computed: a Gaussian, or densities of one number each, which quadrature finds.
bool is_exact(const HbmModel& model, const EstimatorPlan& plan) {
  if (plan.scores != Scores::likelihood) return false;
  return plan.quadratic || plan.dirichlet || (plan.along.empty() && is_elementwise(model, plan.variable));
}

EstimatorPlan estimator(const HbmModel& model, const DualPlan& plan, const ArchitectureOptions& options,
                        const KeptLatent& latent) {
  const Variable& variable = model.variables[static_cast<std::size_t>(latent.variable)];
  EstimatorPlan result;
  result.variable = latent.variable;
  result.parents_known = latent.parents_known;
  result.size = unconstrained_size(variable);
  result.depth = variable.depth;
  result.context = encoding_size(model, plan, variable.depth);
  if (options.family == Family::structured) {
    result.upper = latent.upper;
    result.around = latent.around;
  }
  for (const int depth : result.around) result.context += encoding_size(model, plan, depth);
  for (const int upper : result.upper) {
    result.context += unconstrained_size(model.variables[static_cast<std::size_t>(upper)]);
  }
  const bool starts = options.scoring_steps > 0 && !options.free;
  // What depends on latents left out around it cannot climb: these would have to be known, or integrated out.
  if (starts && result.around.empty()) score(model, plan, options, result);
  const bool lacking = result.scores == Scores::none && !plan.left_out.empty();
  if (starts && lacking && options.family == Family::structured) score_by_own_data(model, plan, result);
  result.link = variable.link;
  if (options.exact && is_exact(model, result)) {
    result.exact = true;
    result.affine = AffineScale::none;
    return result;
  }
  result.trunk = options.trunk;
  result.affine = options.affine;
  result.free = options.free;
  for (int plate = 0; options.free && plate < variable.depth; ++plate) {
    result.instances.push_back(model.plates[static_cast<std::size_t>(plate)].upper);
  }
  result.flow = options.flow;
  if (result.flow != FlowKind::none) result.flow_hidden = options.flow_hidden;
  if (has_splines(result.flow)) result.spline_bins = options.spline_bins;
  return result;
}

}  // namespace

bool is_exact(const DualPlan& plan) {
  return !plan.total && std::all_of(plan.estimators.begin(), plan.estimators.end(),
                                    [](const EstimatorPlan& estimator) { return estimator.exact; });
}

std::int64_t marginal_size(const HbmModel& model, const DualPlan& plan) {
  std::int64_t numbers = 0;
  for (const int index : plan.marginal) numbers += unconstrained_size(model.variables[static_cast<std::size_t>(index)]);
  return numbers;
}

std::int64_t encoding_size(const HbmModel& model, const DualPlan& plan, int depth) {
  if (plan.free) return 0;
  if (depth > 0) return plan.encoder[static_cast<std::size_t>(model.depth() - depth)].input;
  const bool begins = plan.message.size > 0 && plan.message.depth == 0;
  return plan.encoder.back().output + sum_of_sizes(plan.top_inputs) + (begins ? 2 * plan.message.size : 0);
}

namespace {

/// A plan without weights: the conditional by Gaussian elimination.
EstimatorPlan eliminating(const HbmModel& model, const EstimatorPlan& before, const GaussianLatents& latents) {
  EstimatorPlan plan;
  plan.variable = before.variable;
  plan.size = before.size;
  plan.depth = before.depth;
  plan.upper = before.upper;
  plan.link = before.link;
  plan.context = before.context;
  plan.scores = Scores::elimination;
  plan.along.assign(latents.top.begin() + 1, latents.top.end());
  plan.eliminated = latents.below;
  for (const int index : latents.top) {
    plan.scoring_size += unconstrained_size(model.variables[static_cast<std::size_t>(index)]);
  }
  plan.scoring_steps = 1;
  plan.quadratic = plan.exact = true;
  plan.affine = AffineScale::none;
  return plan;
}

/// Those that climb together; Gaussian ones among them leave them to be computed from the others.
std::vector<EstimatorPlan*> climbing_together(const HbmModel& model, const ArchitectureOptions& options,
                                              const std::vector<EstimatorPlan*>& block) {
  std::vector<EstimatorPlan*> left;
  std::vector<GaussianLatents> gaussian;
  for (EstimatorPlan* estimator : block) {
    gaussian.push_back(options.exact ? gaussian_latents(model, estimator->variable, estimator->upper)
                                     : GaussianLatents());
    if (gaussian.back().top.empty()) left.push_back(estimator);
  }
  if (left.empty()) return block;
  for (std::size_t i = 0; i < block.size(); ++i) {
    if (!gaussian[i].top.empty()) *block[i] = eliminating(model, *block[i], gaussian[i]);
  }
  return left;
}

/// Where something at the top has no start of its own, such as a scale that the data do not depend on directly, all
/// that is there without an exact conditional climbs its marginal posterior together.
void climb_at_the_top(const HbmModel& model, const ArchitectureOptions& options, DualPlan& plan) {
  constexpr std::int64_t most_numbers = 12;  // the curvature takes two passes a number
  if (options.scoring_steps == 0 || plan.message.size == 0 || plan.family == Family::mean_field) return;
  if (!plan.left_out.empty()) return;  // the log joint needs all latents
  // A mixture's components at the top have more than a Gaussian to say of one another.
  const bool components = plan.message.mixture >= 0 && plan.message.depth == 0;
  bool lacking = components;
  std::int64_t numbers = 0;
  std::vector<EstimatorPlan*> block;
  for (EstimatorPlan& estimator : plan.estimators) {
    if (estimator.scores == Scores::none && estimator.depth > 0) return;
    lacking = lacking || estimator.scores == Scores::none;
    const bool climbs_by_itself =
        estimator.scores == Scores::likelihood || (estimator.scores == Scores::expansion && !components);
    if (estimator.depth > 0 || climbs_by_itself) continue;
    block.push_back(&estimator);
    numbers += estimator.size;
  }
  if (!lacking || numbers > most_numbers) return;
  for (EstimatorPlan* estimator : climbing_together(model, options, block)) {
    plan.marginal.push_back(estimator->variable);
    estimator->scores = Scores::marginal;
    estimator->scoring_size = 0;
    estimator->along.clear();
    estimator->quadratic = false;
    estimator->scoring_steps = marginal_steps;
  }
}

void derive_encoder(const HbmModel& model, const ArchitectureOptions& options, DualPlan& plan) {
  plan.message = message_of(model, options);
  std::int64_t below = 0;
  for (int plate = model.depth() - 1; plate >= 0; --plate) {
    plan.encoder.push_back(encoder_level(model, plan, options, plate, below));
    below = plan.encoder.back().output;
    plan.weights += plan.encoder.back().weights;
  }
  plan.top_inputs = inputs_at(model, 0, options.moments);
}

DualPlan derive_once(const HbmModel& model, const ArchitectureOptions& options) {
  DualPlan plan;
  plan.family = options.family;
  plan.free = options.free;
  if (!options.free) derive_encoder(model, options, plan);
  plan.left_out = left_out_latents(model, options.latents);
  const auto latents = kept_latents(model, options.latents);
  if (options.family == Family::total) {
    for (const KeptLatent& latent : latents) plan.estimators.push_back(part_of_total(model, latent.variable));
    plan.total = derive_total(model, plan, options);
    plan.weights += plan.total->weights;
    return plan;
  }
  for (const KeptLatent& latent : latents) plan.estimators.push_back(estimator(model, plan, options, latent));
  climb_at_the_top(model, options, plan);
  for (EstimatorPlan& estimator : plan.estimators) {
    if (estimator.exact) continue;
    if (estimator.scores != Scores::none) estimator.context += 2 * estimator.size;
    if (estimator.scores == Scores::marginal) estimator.context += 2 * marginal_size(model, plan);
    estimator.weights = estimator_weights(estimator);
    plan.weights += estimator.weights;
  }
  return plan;
}

}  // namespace

DualPlan derive(const HbmModel& model, const ArchitectureOptions& options) {
  DualPlan plan = derive_once(model, options);
  const bool little_to_learn = !plan.marginal.empty() || is_exact(plan);
  if (!little_to_learn || options.attention != Attention::automatic || !options.moments) return plan;
  // Where the top climbs, starts leave so little that attention costs more steps than it saves.
  ArchitectureOptions without = options;
  without.attention = Attention::none;
  return derive_once(model, without);
}

}  // namespace adavi
