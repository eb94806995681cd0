#include "inference/message.hpp"

#include <algorithm>
#include <tuple>

#include "inference/component_labels.hpp"
#include "inference/lifted_model.hpp"
#include "inference/presence.hpp"
#include "inference/regression.hpp"

namespace adavi {
namespace {

constexpr double least_precision = 1e-3;  // of a message, in those of the vague prior

}  // namespace

at::Tensor Expansion::operator()(const at::Tensor& z) const {
  const auto apart = z - place;
  const auto bent = at::matmul(curvature, apart.unsqueeze(-1)).squeeze(-1);
  return (apart * (gradient - 0.5 * bent)).sum(-1);
}

Message pool(const Message& message, const at::Tensor& spread, const at::Tensor& present) {
  const auto weight = kept(1 / (message.variance + spread), present);
  const auto sum = weight.sum(-2, true);
  const auto share = present.defined() ? weight / at::where(sum > 0, sum, at::ones({}, sum.options())) : weight / sum;
  const auto repeats = (share.square() * message.repeats).sum(-2);
  const auto count = present.defined() ? present.sum(-1, true).clamp_min(1).to(weight.scalar_type())
                                       : at::full({}, static_cast<double>(weight.size(-2)), weight.options());
  const auto even = 1 / count;
  const auto evenly = share.square().sum(-2) - even;  // what uneven shares make of copies that differ
  return {(share * message.location).sum(-2), (share.square() * message.variance).sum(-2) + evenly * spread, repeats};
}

LikelihoodMessage::LikelihoodMessage(Parameters& parameters, const HbmModel& model, const MessagePlan& plan,
                                     std::int64_t features)
    : plan_(plan),
      lifted_(std::make_shared<HbmModel>(lifted(model, plan.latents, plan.depth))),
      model_(std::make_shared<GenerativeModel>(*lifted_, parameters.flat().options())),
      center_(parameters.add_buffer("message.center", {plan.size}, 0)),
      spread_(parameters.add_buffer("message.spread", {plan.size}, 1)),
      enabled_(parameters.add_buffer("message.enabled", {1}, 0)) {
  if (!searches()) {
    guess_ = LinearGuess(parameters, "message", plan.size, features);
    return;
  }
  search_ = ComponentSearch(parameters, *model_, plan);
  found_within_ = parameters.add_buffer("message.found_within", {plan.size}, 1);
}

at::Tensor LikelihoodMessage::start(const at::Tensor& features, const Observation& observation) const {
  return searches() ? search_(observation) : guess_({features});
}

at::Tensor copies(const GenerativeModel& model, const MessagePlan& plan, const VariableValues& values,
                  at::IntArrayRef instances, const std::vector<int>& block, const at::Tensor& z) {
  auto shape = instances.vec();
  std::vector<at::Tensor> parts;
  for (const int index : plan.latents) {
    std::int64_t first = 0;
    const auto own = std::find_if(block.begin(), block.end(), [&](int member) {
      if (member != index) first += unconstrained_size(model.model().variables[static_cast<std::size_t>(member)]);
      return member == index;
    });
    const Variable& latent = model.model().variables[static_cast<std::size_t>(index)];
    shape.back() = unconstrained_size(latent);
    const auto numbers = own != block.end() ? z.narrow(-1, first, shape.back())
                                            : align(model.unconstrain(index, values), latent.depth, 1, plan.depth, 0);
    parts.push_back(numbers.expand(shape));
  }
  return at::cat(parts, -1);
}

void LikelihoodMessage::fit_labels(const GenerativeModel& model, const Observation& observation,
                                   at::IntArrayRef instances, VariableValues& values) {
  if (!searches()) return;
  auto known = values;
  known[static_cast<std::size_t>(plan_.mixture)] = observation.values[static_cast<std::size_t>(plan_.mixture)];
  const auto truth = copies(model, plan_, values, instances);
  search_.fit(observation, model.component_log_densities(plan_.mixture, known), truth);
  relabel(model.model(), model.model().exchangeable.front(), search_.order_of(truth, search_(observation)), values);
}

VariableValues LikelihoodMessage::relabelled(const GenerativeModel& model, const Message& message,
                                             VariableValues values) const {
  const auto known = [&](int latent) { return values[static_cast<std::size_t>(latent)].defined(); };
  if (!message.defined() || !std::all_of(plan_.latents.begin(), plan_.latents.end(), known)) return values;
  const auto truth = copies(model, plan_, values, message.location.sizes());
  relabel(model.model(), model.model().exchangeable.front(), search_.order_of(truth, message.location), values);
  return values;
}

at::Tensor LikelihoodMessage::Vague::log_density(const at::Tensor& z) const {
  return -0.5 * ((z - center).square() / variance).sum(-1);
}

/// Components of an instance without data of theirs stay near those of the other instances, instead of taking data from
/// others of their own.
LikelihoodMessage::Vague LikelihoodMessage::vague_around(const at::Tensor& start) const {
  constexpr double wider = 1.5;
  if (!searches() || plan_.depth == 0) return {center_, spread_.square()};
  auto one = start.sizes().vec();
  std::fill(one.begin() + 2, one.end() - 1, 1);
  return {start.flatten(2, -2).mean(2).view(one), (wider * search_.within()).square()};
}

Message LikelihoodMessage::climb_from(const at::Tensor& start, const Observation& observation) const {
  at::NoGradGuard no_grad;
  const auto vague = vague_around(start);
  const auto objective = [&](const at::Tensor& z) {
    VariableValues values = observation.values;
    model_->constrain_block(plan_.latents, z, values);
    return vague.log_density(z).sum() + model_->log_likelihood(observation, values).sum();
  };
  const auto peak =
      searches() ? climb_components(start, vague, observation) : climb(objective, start, guess_.reach, plan_.steps);
  // The vague prior is taken out again: a likelihood at least one thousandth as precise is left.
  const auto variance = marginal_variances(peak);
  const auto precision = at::maximum(1 / variance - 1 / vague.variance, least_precision / spread_.square());
  const auto location = vague.center + (peak.location - vague.center) / (variance * precision);
  const auto present = observation.instances_at(plan_.depth);
  auto known = at::isfinite(location).all(-1) & at::isfinite(precision).all(-1);  // a climb that got lost says nothing
  if (present.defined()) known = known & present;
  auto message = informed({location, 1 / precision, at::ones_like(location)},
                          present.defined() || !known.all().item<bool>() ? known : at::Tensor());
  if (searches()) message.expansion = expansion_of(peak, vague, present);
  return message;
}

/// Newton steps of components get lost easily: each goes only as far as it helps. Instances are rows.
Peak LikelihoodMessage::climb_components(const at::Tensor& start, const Vague& vague,
                                         const Observation& observation) const {
  constexpr std::int64_t most_numbers = 1 << 20;
  const auto instances = start.sizes().vec();
  const auto rows = start.numel() / plan_.size;
  const auto index = static_cast<std::size_t>(plan_.mixture);
  const auto by_row = [&](const at::Tensor& z) {
    auto shape = instances;
    shape.front() = z.size(0);
    const auto numbers = z.reshape(shape);
    VariableValues values = observation.values;
    model_->constrain_block(plan_.latents, numbers, values);
    const auto densities = model_->component_log_densities(plan_.mixture, values);
    const auto terms = kept(at::logsumexp(densities, -1), observation.present[index]);
    return vague.log_density(numbers).reshape({z.size(0), rows}) + terms.reshape({z.size(0), rows, -1}).sum(-1);
  };
  const auto at_once = std::max<std::int64_t>(
      1, most_numbers / (observation.values[index].numel() * lifted_->exchangeable.front().size));
  const auto peak =
      climb_safely([&](const at::Tensor&) { return Objective(by_row); }, start.reshape({1, rows, plan_.size}),
                   0.5 * spread_, found_within_, plan_.steps, at_once);
  auto shape = instances;
  shape.push_back(plan_.size);
  return {peak.location.view(instances), peak.precision.view(shape)};
}

/// At the peak, the likelihood is as steep as the vague prior, the other way.
Expansion LikelihoodMessage::expansion_of(const Peak& peak, const Vague& vague, const at::Tensor& present) {
  const auto gradient = (peak.location - vague.center) / vague.variance;
  return {peak.location, kept(gradient, present), kept(peak.precision - at::diag(1 / vague.variance), present)};
}

Message LikelihoodMessage::informed(const Message& message, const at::Tensor& present) const {
  if (!present.defined()) return message;
  const auto there = present.unsqueeze(-1);
  return {at::where(there, message.location, center_),
          at::where(there, message.variance, spread_.square() / least_precision),
          at::where(there, message.repeats, at::ones({}, message.repeats.options()))};
}

Message LikelihoodMessage::operator()(const at::Tensor& features, const Observation& observation) const {
  if (enabled_.item<float>() == 0) return {};
  return climb_from(start(features, observation), observation);
}

at::Tensor LikelihoodMessage::features(const Message& message) const {
  const auto vague = spread_.square();
  const auto variance = 1 / (1 / message.variance + 1 / vague);
  const auto location = variance * (message.location / message.variance + center_ / vague);
  return at::cat({location, 0.5 * at::log(variance)}, -1);
}

Message LikelihoodMessage::fit(const at::Tensor& features, const Observation& observation, const at::Tensor& truth,
                               const std::vector<char>& fixed) {
  const auto present = observation.instances_at(plan_.depth);
  const auto type = center_.scalar_type();
  const auto targets = thinned(present_rows(truth, present)).to(at::kDouble);
  const auto median = std::get<0>(targets.median(0));
  center_.copy_(median.to(type));
  spread_.copy_((robust_scale(targets - median) + 1e-6).to(type));
  enabled_.fill_(1);
  if (searches()) {
    const auto found = start(features, observation);
    found_within_.copy_((robust_scale(present_rows(truth - found, present).to(at::kDouble)) + 1e-6).to(type));
    return climb_from(found, observation);
  }
  guess_.fit(regression_of({features}, truth, fixed, present));
  const auto message = climb_from(start(features, observation), observation);
  const auto informed = regression_of({this->features(message)}, truth, {}, present);
  const auto nothing = regression_of({at::zeros_like(message.location)}, truth, {}, present);
  if (held_out_score(informed) > held_out_score(nothing)) return message;
  enabled_.fill_(0);
  return {};
}

}  // namespace adavi
