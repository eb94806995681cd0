#include "inference/message.hpp"

#include <tuple>

#include "inference/lifted_model.hpp"
#include "inference/newton.hpp"
#include "inference/presence.hpp"
#include "inference/regression.hpp"

namespace adavi {
namespace {

constexpr double least_precision = 1e-3;  // of a message, in those of the vague prior

}  // namespace

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
      guess_(parameters, "message", plan.size, features),
      enabled_(parameters.add_buffer("message.enabled", {1}, 0)) {}

Message LikelihoodMessage::climb_from(const at::Tensor& start, const Observation& observation) const {
  at::NoGradGuard no_grad;
  const auto objective = [&](const at::Tensor& z) {
    VariableValues values = observation.values;
    model_->constrain_block(plan_.latents, z, values);
    const auto vague = -0.5 * ((z - center_) / spread_).square().sum();
    return vague + model_->log_likelihood(observation, values).sum();
  };
  const auto peak = climb(objective, start, guess_.reach, plan_.steps);
  // The vague prior is taken out again: a likelihood at least one thousandth as precise is left.
  const auto vague = spread_.square();
  const auto variance = marginal_variances(peak);
  const auto precision = at::maximum(1 / variance - 1 / vague, least_precision / vague);
  const auto location = center_ + (peak.location - center_) / (variance * precision);
  return informed({location, 1 / precision, at::ones_like(location)}, observation.instances_at(plan_.depth));
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
  return climb_from(guess_({features}), observation);
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
  const auto guess = regression_of({features}, truth, fixed, present);
  const auto type = center_.scalar_type();
  const auto median = std::get<0>(guess.targets.median(0));
  center_.copy_(median.to(type));
  spread_.copy_((robust_scale(guess.targets - median) + 1e-6).to(type));
  guess_.fit(guess);
  enabled_.fill_(1);
  const auto message = (*this)(features, observation);
  const auto informed = regression_of({this->features(message)}, truth, {}, present);
  const auto nothing = regression_of({at::zeros_like(message.location)}, truth, {}, present);
  if (held_out_score(informed) > held_out_score(nothing)) return message;
  enabled_.fill_(0);
  return {};
}

}  // namespace adavi
