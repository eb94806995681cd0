#include "inference/scoring.hpp"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "inference/newton.hpp"
#include "inference/presence.hpp"
#include "inference/regression.hpp"

namespace adavi {
namespace {

/// The latents above in a context: what follows the encoding.
Context above(const Context& context) { return {context.begin() + 1, context.end()}; }

/// x W^T + b for a context that may be empty.
at::Tensor map_or(const Context& context, const at::Tensor& weight, const at::Tensor& bias) {
  return context.empty() ? bias : affine_map(context, weight, bias);
}

/// Variance of messages about their mean.
at::Tensor variance_of(const at::Tensor& own, const at::Tensor& repeats, const at::Tensor& log_own,
                       const at::Tensor& log_floor, const at::Tensor& log_scatter) {
  return own * at::exp(2 * log_own) + repeats * (at::exp(2 * log_floor) + at::exp(2 * log_scatter.clamp(-20, 20)));
}

constexpr int looks_without_climb = 5;

/// Independent numbers [..., D] as instances of one number each, [..., D, 1], and back.
Affine apart(const Affine& numbers) { return {numbers.shift.unsqueeze(-1), numbers.log_diagonal.unsqueeze(-1), {}}; }
Affine together(const Affine& numbers) { return {numbers.shift.squeeze(-1), numbers.log_diagonal.squeeze(-1), {}}; }
Start together(const Start& start) {
  const auto& [x, y, slope] = start.warp.knots;
  return {{},
          {start.warp.location.squeeze(-1),
           start.warp.log_scale.squeeze(-1),
           {x.squeeze(-2), y.squeeze(-2), slope.squeeze(-2)}},
          start.broken,
          {},
          {}};
}

/// The densities of a Dirichlet simplex's parts, by the logits at which each is broken off (independent Beta
/// distributions), and where they are.
struct Breaks {
  at::Tensor part, rest;  ///< [..., D]
  explicit Breaks(const at::Tensor& concentration)
      : part(concentration.narrow(-1, 0, concentration.size(-1) - 1)),
        rest(concentration.narrow(-1, 1, part.size(-1)).flip(-1).cumsum(-1).flip(-1)) {}
  LogDensity log_density() const {
    return [this](const at::Tensor& logits) {
      const auto s = logits.squeeze(-1);
      return part * at::log_sigmoid(s) + rest * at::log_sigmoid(-s);
    };
  }
  Affine moments() const {
    const at::NoGradGuard no_grad;
    return apart(
        {at::digamma(part) - at::digamma(rest), 0.5 * at::log(at::polygamma(1, part) + at::polygamma(1, rest)), {}});
  }
};

/// Of two places for each instance, the one where the density is higher: climbs get lost.
Affine better(const LogDensity& log_density, const Affine& climbed, const Affine& guess) {
  const auto points = at::stack(at::broadcast_tensors({climbed.shift, guess.shift}), 0);
  const auto density = at::nan_to_num(log_density(points), -1e30, -1e30, -1e30);
  const auto first = (density[0] >= density[1]).unsqueeze(-1);
  return {at::where(first, climbed.shift, guess.shift), at::where(first, climbed.log_diagonal, guess.log_diagonal), {}};
}

}  // namespace

Scoring::Scoring(Parameters& parameters, const std::string& name, const GenerativeModel& model,
                 const EstimatorPlan& plan, std::int64_t encoding, std::int64_t upper, const MessagePlan& message)
    : guess(parameters, name, plan.scoring_size, encoding + upper),
      enabled(parameters.add_buffer(name + ".enabled", {1}, 0)),
      standardizer(parameters, name + ".features", 2 * plan.size),
      plan_(plan),
      message_(message),
      block_({plan.variable}) {
  block_.insert(block_.end(), plan.along.begin(), plan.along.end());
  if (plan.exact) enabled.fill_(1);
  if (is_gaussian()) elimination_ = GaussianElimination(model, plan);
  if (plan.scores != Scores::message) return;
  slope_ = parameters.add_buffer(name + ".message.slope", {message.size, plan.size}, 0);
  upper_slope_ = parameters.add_buffer(name + ".message.upper_slope", {message.size, upper}, 0);
  offset_ = parameters.add_buffer(name + ".message.offset", {message.size}, 0);
  own_ = parameters.add_buffer(name + ".message.own", {message.size}, 0);
  floor_ = parameters.add_buffer(name + ".message.floor", {message.size}, 0);
  scatter_ = parameters.add_buffer(name + ".message.scatter", {message.size, upper}, 0);
  scatter_offset_ = parameters.add_buffer(name + ".message.scatter_offset", {message.size}, 0);
}

at::Tensor Scoring::message_log_likelihood(const at::Tensor& z, const Given& given) const {
  const auto& message = given.message;
  const auto upper = above(given.context);
  const auto mean = affine_map(z, slope_) + map_or(upper, upper_slope_, offset_);
  const auto variance =
      variance_of(message.variance, message.repeats, own_, floor_, map_or(upper, scatter_, scatter_offset_));
  return -0.5 * ((message.location - mean).square() / variance).sum();
}

at::Tensor Scoring::expanded_log_likelihood(const at::Tensor& z, const Given& given) const {
  return given.message.expansion(copies(given.model, message_, given.values, z.sizes(), block_, z)).sum();
}

Start Scoring::operator()(const Given& given, const Affine& near) const {
  if (!plan_.is_tabulated()) {
    if (!plan_.quadratic || plan_.along.empty()) return {start_of(given, plan_.size, near), {}, false, {}, {}};
    const auto all = joint(given, near);
    return {all.shift.defined() ? conditional(all, 0, plan_.size) : Affine(), {}, false, all, {}};
  }
  if (plan_.dirichlet) {
    const Breaks parts(concentration(given));
    auto start = tabulated(parts.log_density(), parts.moments());
    start.broken = true;
    return together(start);
  }
  if (!near.shift.defined()) return together(tabulated(density_given(given), apart(moments_of(given))));
  return together(tabulated(density_given(given), apart(moments_of(given, near, 2))));
}

FlowDraw Scoring::point(const Given& given, const Affine& found) const {
  if (plan_.dirichlet) {
    // Its mean. Large numbers cancel.
    const auto a = concentration(given).to(at::kDouble);
    const auto log_a = at::log(a), sum = a.sum(-1, true);
    const auto log_q = (a * (log_a - at::log(sum)) - at::lgamma(a)).sum(-1, true) + at::lgamma(sum);
    const auto last = log_a.size(-1) - 1;
    const auto dtype = given.model.options().dtype();
    return {(log_a.narrow(-1, 0, last) - log_a.narrow(-1, last, 1)).to(dtype), log_q.squeeze(-1).to(dtype)};
  }
  const auto points = point_of(density_given(given), apart(found));
  return {points.z.squeeze(-1), points.log_q.sum(-1)};
}

Affine Scoring::moments_of(const Given& given) const {
  if (plan_.dirichlet) return {};
  const at::NoGradGuard no_grad;
  const auto density = density_given(given);
  const auto usual = guessed(given.context);
  const Affine guess = apart({usual, at::log(this->guess.reach).expand_as(usual), {}});
  if (plan_.scoring_steps == 0) return together(moments(density, guess, looks_without_climb));
  return together(moments(density, better(density, apart(start_of(given, plan_.size)), guess), 3));
}

Affine Scoring::moments_of(const Given& given, const Affine& near, int looks) const {
  if (plan_.dirichlet) return {};
  return together(moments(density_given(given), apart(near), looks));
}

at::Tensor Scoring::concentration(const Given& given) const {
  constexpr double least = 1e-4;
  return given.model.concentration(plan_.variable, given.observation, given.values).clamp_min(least);
}

LogDensity Scoring::density_given(const Given& given) const {
  return [this, &given](const at::Tensor& z) { return log_density(z.squeeze(-1), given); };
}

at::Tensor Scoring::log_density(const at::Tensor& z, const Given& given) const {
  constexpr std::int64_t most_numbers = 1 << 21;  // at once
  std::int64_t numbers = z[0].numel();
  for (const auto& known : given.observation.values) {
    if (known.defined()) numbers = std::max(numbers, known.numel() * z.size(1));
  }
  std::vector<at::Tensor> parts;
  for (const auto& some : z.split(std::max<std::int64_t>(1, most_numbers / numbers), 0)) {
    // The points are an axis before the draws, which all else goes without.
    const auto density =
        given.model.local_log_density(plan_.variable, some, given.observation, given.values, plan_.upper);
    parts.push_back(density.expand(some.sizes()));
  }
  return parts.size() == 1 ? parts.front() : at::cat(parts, 0);
}

/// The first `count` numbers of what is climbed.
Affine Scoring::start_of(const Given& given, std::int64_t count, const Affine& near) const {
  if (!is_enabled() || plan_.scoring_steps == 0) return {};
  if (plan_.scores == Scores::own_data) return by_own_data(given);
  if (is_gaussian()) return gaussian(given, count);
  const bool by_data = plan_.scores == Scores::likelihood;
  if (!by_data && !given.message.defined()) return {};
  const auto objective = [&](const at::Tensor& z) {
    const auto local = given.model.local_log_joint(block_, z, given.observation, given.values, plan_.upper, by_data);
    if (by_data) return local;
    return local +
           (plan_.scores == Scores::message ? message_log_likelihood(z, given) : expanded_log_likelihood(z, given));
  };
  const auto& reach = guess.reach;
  const auto climbed = [&] {
    if (plan_.quadratic) return climb_parabola(objective, guess(given.context), reach);
    if (near.shift.defined()) return climb(objective, near.shift, reach, 1, at::exp(near.log_diagonal));
    return climb(objective, guess(given.context), reach, plan_.scoring_steps);
  };
  return gaussian_of(climbed(), count);
}

bool Scoring::is_gaussian() const {
  return plan_.scores == Scores::elimination || (plan_.scores == Scores::likelihood && plan_.quadratic);
}

Affine Scoring::gaussian(const Given& given, std::int64_t count) const {
  auto result = gaussian_of(elimination_(guess(given.context), given.observation, given.values), count);
  for (auto* part : {&result.shift, &result.log_diagonal, &result.below}) {
    if (part->defined()) *part = part->to(guess.reach.scalar_type());
  }
  return result;
}

Affine Scoring::by_own_data(const Given& given) const {
  constexpr double least_variance = 1e-12;
  if (!given.message.defined()) return {};
  const auto own = [&](const at::Tensor& x) { return x.narrow(-1, plan_.message_from, plan_.size); };
  const auto precision =
      kept(1 / own(given.message.variance).clamp_min(least_variance), given.observation.instances_at(plan_.depth));
  // As far as simulations go: what is rare has to be reached, too. Where data say little, the network says more.
  const auto usual = guess(given.context), farthest = 0.5 * (guess.highest - guess.lowest);
  const auto all = precision + 1 / farthest.square();
  return {usual + precision / all * (own(given.message.location) - usual), -0.5 * at::log(all), {}};
}

at::Tensor Scoring::features(const Start& start, const at::Tensor& like) const {
  if (!start.defined()) {
    std::vector<std::int64_t> shape(static_cast<std::size_t>(like.dim()), 1);
    shape.back() = standardizer.center.size(0);
    return at::zeros(shape, like.options());
  }
  return standardizer(location_and_scale(start));
}

void Scoring::fit_message(const Context& context, const Message& message, const at::Tensor& z,
                          const at::Tensor& present) {
  const auto upper = above(context);
  const auto rows = [&](const at::Tensor& x) { return thinned(present_rows(x, present)).to(at::kDouble); };
  const auto location = rows(message.location), own = rows(message.variance), repeats = rows(message.repeats);
  // True numbers, the latents above and a one, a row an instance.
  Context regressors = {z};
  regressors.insert(regressors.end(), upper.begin(), upper.end());
  const auto ones = at::ones({location.size(0), 1}, location.options());
  const auto features = at::cat({rows(rows_of(regressors)), ones}, 1);
  const auto size = z.size(-1), uppers = features.size(1) - size - 1, messages = location.size(1);
  const auto tops = features.narrow(1, size, uppers + 1);

  const auto first = fit_robustly(features, location);
  auto coefficients = first.coefficients;
  const auto usual = at::log(robust_scale(first.residuals));  // [S]
  // [2 + upper + 1, S]: log k, log floor, slopes of the log scatter and its offset.
  auto scales = at::cat({at::zeros({1, messages}, usual.options()), usual.unsqueeze(0) - 2,
                         at::zeros({uppers, messages}, usual.options()), usual.unsqueeze(0) - 0.5});
  const auto variance = [&](const at::Tensor& at_scales) {
    return variance_of(own, repeats, at_scales.narrow(0, 0, 1), at_scales.narrow(0, 1, 1),
                       at::mm(tops, at_scales.narrow(0, 2, uppers + 1))) +
           1e-12;
  };
  constexpr int rounds = 3, steps = 60;
  constexpr double rate = 0.05, farthest = 50;
  for (int round = 0; round < rounds; ++round) {
    const auto squares = (location - at::mm(features, coefficients)).square();
    auto momentum = at::zeros_like(scales), power = at::zeros_like(scales);
    for (int step = 1; step <= steps; ++step) {
      const at::AutoGradMode gradients_on(true);
      const auto point = scales.detach().requires_grad_();
      const auto v = variance(point);
      const auto loss = (0.5 * at::log(v) + 0.5 * (squares / v).clamp_max(farthest)).mean(0).sum();
      const auto gradient = torch::autograd::grad({loss}, {point}).front();
      momentum = 0.9 * momentum + 0.1 * gradient;
      power = 0.99 * power + 0.01 * gradient.square();
      const auto update =
          (momentum / (1 - std::pow(0.9, step))) / ((power / (1 - std::pow(0.99, step))).sqrt() + 1e-10);
      scales = (point - rate * update).detach();
    }
    coefficients = fit_weighted(features, location, 1 / variance(scales));
  }
  const auto set = [](const at::Tensor& to, const at::Tensor& from) {
    at::Tensor(to).copy_(from.reshape(to.sizes()).to(to.scalar_type()));
  };
  set(slope_, coefficients.narrow(0, 0, size).t());
  set(upper_slope_, coefficients.narrow(0, size, uppers).t());
  set(offset_, coefficients.select(0, size + uppers));
  set(own_, scales.select(0, 0));
  set(floor_, scales.select(0, 1));
  set(scatter_, scales.narrow(0, 2, uppers).t());
  set(scatter_offset_, scales.select(0, 2 + uppers));
}

}  // namespace adavi
