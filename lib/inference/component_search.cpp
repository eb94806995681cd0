#include "inference/component_search.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

#include "inference/component_labels.hpp"
#include "inference/presence.hpp"
#include "inference/regression.hpp"

namespace adavi {
namespace {

constexpr std::int64_t restarts = 12;
constexpr std::int64_t finalists = 3;
/// Exponents of the responsibilities: broad ones at first, so that instances whose components are elsewhere than the
/// data set's still find them (Ueda & Nakano 1998).
constexpr double first_temperatures[] = {0.05, 0.1, 0.2, 0.5, 1, 1};
constexpr int last_steps = 6;

/// Mean over the instances, kept as an axis.
at::Tensor over_instances(const at::Tensor& x) { return x.mean(2, true); }

}  // namespace

ComponentSearch::ComponentSearch(Parameters& parameters, const GenerativeModel& lifted, const MessagePlan& plan)
    : model_(&lifted), plan_(plan) {
  const HbmModel& model = lifted.model();
  const ExchangeableSet& set = model.exchangeable.front();
  components_ = set.size;
  std::int64_t first = 0, targets = 0;
  for (const int index : plan.latents) {
    const Variable& latent = model.variables[static_cast<std::size_t>(index)];
    Part part;
    part.variable = index;
    part.first = first;
    part.size = unconstrained_size(latent);
    if (std::find(set.members.begin(), set.members.end(), index) == set.members.end()) {
      part.kind = Part::Kind::shared;
      part.columns = part.size;
    } else if (latent.type.kind == Kind::simplex && latent.type.array_rank == 0) {
      part.kind = Part::Kind::weights;
    } else {
      part.columns = part.size / components_;
    }
    part.row = targets;
    targets += part.columns;
    first += part.size;
    parts_.push_back(part);
  }
  const auto data = unconstrained_size(model.variables[static_cast<std::size_t>(plan.mixture)]);
  coefficients_ = parameters.add_buffer("components.coefficients", {targets, 2 * data + 2}, 0);
  center_ = parameters.add_buffer("components.center", {plan.size}, 0);
  spread_ = parameters.add_buffer("components.spread", {plan.size}, 1);
  within_ = parameters.add_buffer("components.within", {plan.size}, 1);
}

ComponentSearch::Data ComponentSearch::data_of(const Observation& observation) const {
  const auto index = static_cast<std::size_t>(plan_.mixture);
  auto y = model_->unconstrain(plan_.mixture, observation.values);  // [1, B, plates..., F]
  // Rates are closer to linear in the logarithms of counts.
  if (model_->model().variables[index].type.kind == Kind::integer) y = at::log1p(y.clamp_min(0));
  const auto sizes = y.sizes();
  Data data;
  data.plates.assign(sizes.begin() + 2, sizes.begin() + 2 + plan_.depth);
  std::int64_t instances = 1;
  for (const auto size : data.plates) instances *= size;
  data.y = y.reshape({1, y.size(1), instances, -1, y.size(-1)});
  const auto& present = observation.present[index];
  data.present = present.defined() ? present.reshape({1, y.size(1), instances, -1, 1}).to(y.scalar_type())
                                   : at::ones({1, 1, 1, 1, 1}, y.options());
  return data;
}

/// Instances with little data of a component borrow from all that the data set has of it.
ComponentSearch::Statistics ComponentSearch::statistics(const Data& data, const at::Tensor& responsibilities) const {
  constexpr double borrowed_mean = 0.1, borrowed_variance = 1, borrowed_share = 0.5;  // observations
  constexpr double tiny = 1e-6;
  const auto r = (responsibilities * data.present).transpose(-1, -2);  // [K, B, G, L, n]
  const auto y = data.y.expand({r.size(0), -1, -1, -1, -1});
  const auto count = r.sum(-1, true);  // [K, B, G, L, 1]
  const auto sum = at::matmul(r, y);   // [K, B, G, L, F]
  const auto square_sum = at::matmul(r, y.square());
  const auto all = data.y * data.present;
  const auto present = data.present.expand_as(data.y);
  const auto total = present.sum({2, 3}, true).clamp_min(1);  // [1, B, 1, 1, F]
  const auto overall = all.sum({2, 3}, true) / total;
  const auto scatter = ((data.y - overall).square() * data.present).sum({2, 3}, true) / total + tiny * tiny;
  const auto trust = count / (count + 1);
  const auto pooled =
      ((trust * sum / count.clamp_min(tiny)).sum(2, true) + tiny * overall) / (trust.sum(2, true) + tiny);
  const auto mean = (sum + borrowed_mean * pooled) / (count + borrowed_mean);
  const auto squares = (square_sum - 2 * mean * sum + count * mean.square()).clamp_min(0);
  const auto pooled_variance = (squares.sum(2, true) + tiny * scatter) / (count.sum(2, true) + tiny);
  const auto variance = (squares + borrowed_variance * pooled_variance) / (count + borrowed_variance) + tiny * scatter;
  Statistics result;
  result.count = count.squeeze(-1);
  result.shares = (result.count + borrowed_share) / (result.count + borrowed_share).sum(-1, true);
  result.features = at::cat({mean, 0.5 * at::log(variance), at::log(result.shares).unsqueeze(-1)}, -1);
  return result;
}

/// Responsibilities [restarts, B, G, n, L] of the nearest of some observations that are far from one another (Arthur &
/// Vassilvitskii 2007).
at::Tensor ComponentSearch::seeds(const Data& data) const {
  auto generator = at::detail::createCPUGenerator(1);
  const auto uniform = at::empty({restarts, components_}, at::kDouble).uniform_(0, 1, generator).to(data.y.device());
  const auto present = data.present.expand({1, data.y.size(1), data.y.size(2), data.y.size(3), 1}).flatten(2, 3);
  const auto raw = data.y.flatten(2, 3);  // [1, B, M, F]
  const auto weight = present.sum(2, true).clamp_min(1);
  const auto mean = (raw * present).sum(2, true) / weight;
  const auto variance = ((raw - mean).square() * present).sum(2, true) / weight;
  const auto y = (raw - mean) * at::rsqrt(variance + 1e-12);
  at::Tensor nearest, distance;  // [restarts, B, M]
  for (std::int64_t l = 0; l < components_; ++l) {
    const auto odds = (distance.defined() ? distance : at::ones({restarts, 1, 1}, y.options())) * present.squeeze(-1);
    const auto cumulative = at::cumsum(odds.to(at::kDouble), -1);
    const auto threshold = uniform.select(1, l).view({-1, 1, 1}) * cumulative.narrow(-1, -1, 1);
    const auto chosen = (cumulative <= threshold).sum(-1, true).clamp_max(y.size(2) - 1);  // [restarts, B, 1]
    const auto centre =
        y.expand({restarts, -1, -1, -1}).gather(2, chosen.unsqueeze(-1).expand({-1, -1, -1, y.size(3)}));
    const auto apart = (y - centre).square().sum(-1);
    if (!distance.defined()) {
      distance = apart;
      nearest = at::zeros_like(apart, at::kLong);
      continue;
    }
    nearest = at::where(apart < distance, at::full_like(nearest, l), nearest);
    distance = at::minimum(distance, apart);
  }
  const auto label = nearest.view({restarts, nearest.size(1), data.y.size(2), data.y.size(3), 1});
  return (label == at::arange(components_, label.options())).to(y.scalar_type());
}

at::Tensor ComponentSearch::numbers(const Statistics& statistics, const Data& data) const {
  const auto& features = statistics.features;
  const auto weight = coefficients_.narrow(1, 0, features.size(-1));
  const auto intercept = coefficients_.select(1, features.size(-1));
  const auto of_component = at::matmul(features, weight.t()) + intercept;  // [K, B, G, L, targets]
  const auto of_all = (statistics.shares.unsqueeze(-1) * of_component).sum(-2);
  std::vector<std::int64_t> shape = {features.size(0), features.size(1)};
  shape.insert(shape.end(), data.plates.begin(), data.plates.end());
  const auto in_plates = [&](const at::Tensor& x) {
    auto own = shape;
    own.push_back(-1);
    return x.reshape(own);
  };
  std::vector<at::Tensor> z;
  for (const Part& part : parts_) {
    if (part.kind == Part::Kind::component) z.push_back(in_plates(of_component.narrow(-1, part.row, part.columns)));
    if (part.kind == Part::Kind::shared) z.push_back(in_plates(of_all.narrow(-1, part.row, part.columns)));
    if (part.kind != Part::Kind::weights) continue;
    VariableValues values(model_->model().variables.size());
    values[static_cast<std::size_t>(part.variable)] = in_plates(statistics.shares);
    z.push_back(model_->unconstrain(part.variable, values));
  }
  return at::cat(z, -1);
}

/// Of numbers [K, B, plates..., S]: log weights and densities [K, B, G, n, L].
at::Tensor ComponentSearch::densities(const at::Tensor& z, const Observation& observation, const Data& data) const {
  VariableValues values = observation.values;
  model_->constrain_block(plan_.latents, z, values);
  const auto found = model_->component_log_densities(plan_.mixture, values);
  return found.reshape({found.size(0), found.size(1), data.y.size(2), data.y.size(3), components_});
}

/// About the log posterior density [K, B]: how well every instance is explained, and how unusual the numbers are.
at::Tensor ComponentSearch::score(const at::Tensor& z, const at::Tensor& densities, const Data& data) const {
  const auto likelihood = (at::logsumexp(densities, -1, true) * data.present).sum({2, 3, 4});
  const auto flat = z.reshape({z.size(0), z.size(1), -1, plan_.size});
  const auto mean = over_instances(flat);
  auto unusual = ((flat - mean) / within_).square().sum(2) + ((mean - center_) / spread_).square().squeeze(2);
  std::vector<at::Tensor> counted;
  for (const Part& part : parts_) {
    if (part.kind != Part::Kind::weights) counted.push_back(unusual.narrow(-1, part.first, part.size).sum(-1));
  }
  return at::nan_to_num(likelihood - 0.5 * at::stack(counted, 0).sum(0), -1e30, -1e30, -1e30);
}

at::Tensor ComponentSearch::search(const Observation& observation) const {
  const auto data = data_of(observation);
  auto r = seeds(data);
  at::Tensor z, t;
  const auto step = [&](double temperature) {
    z = numbers(statistics(data, r), data);
    t = densities(z, observation, data);
    r = at::softmax(temperature * t, -1);
  };
  const auto keep_best = [&](std::int64_t count) {
    const auto best = std::get<1>(score(z, t, data).topk(count, 0));  // [count, B]
    r = r.gather(0, best.view({count, -1, 1, 1, 1}).expand({-1, -1, r.size(2), r.size(3), r.size(4)}));
  };
  // Instances whose labels are not those of the others get them.
  const auto align = [&] {
    const auto s = statistics(data, r);
    const auto mean = s.features.narrow(-1, 0, data.y.size(-1));
    const auto trust = (s.count / (s.count + 1)).unsqueeze(-1);
    const auto pooled = (trust * mean).sum(2, true) / trust.sum(2, true);
    const auto apart = (mean.unsqueeze(-2) - pooled.unsqueeze(-3)).square().sum(-1);  // [K, B, G, found, label]
    r = in_order(r, assignment((trust * apart).transpose(-1, -2)), 4);
  };
  for (const double temperature : first_temperatures) step(temperature);
  keep_best(finalists);
  align();
  for (int i = 0; i < last_steps; ++i) step(1);
  keep_best(1);
  auto s = statistics(data, r);
  const auto order = over_instances(s.features.select(-1, 0)).squeeze(2).argsort(-1, false);  // [1, B, L]
  r = in_order(r, order, 4);
  return numbers(statistics(data, r), data);
}

at::Tensor ComponentSearch::operator()(const Observation& observation) const {
  at::NoGradGuard no_grad;
  constexpr std::int64_t most_numbers = 1 << 22;
  const auto& x = observation.values[static_cast<std::size_t>(plan_.mixture)];
  const auto sets = x.size(1);
  const auto at_once = std::max<std::int64_t>(1, most_numbers * sets / (x.numel() * components_ * restarts));
  std::vector<at::Tensor> parts;
  for (std::int64_t first = 0; first < sets; first += at_once) {
    const auto count = std::min(at_once, sets - first);
    const auto cut = [&](std::vector<at::Tensor>& tensors) {
      for (auto& tensor : tensors) {
        if (tensor.defined() && tensor.size(1) == sets) tensor = tensor.narrow(1, first, count);
      }
    };
    Observation some;
    some.values = observation.values;
    some.present = observation.present;
    cut(some.values);
    cut(some.present);
    parts.push_back(search(some));
  }
  return at::cat(parts, 1);
}

void ComponentSearch::fit(const Observation& observation, const at::Tensor& truth_densities, const at::Tensor& truth) {
  constexpr double enough = 3;  // observations of a component that tell of it
  const auto type = coefficients_.scalar_type();
  const auto data = data_of(observation);
  const auto t = truth_densities.reshape({1, data.y.size(1), data.y.size(2), data.y.size(3), components_});
  const auto s = statistics(data, at::softmax(t, -1));
  const auto z = truth.reshape({1, truth.size(1), -1, plan_.size});  // [1, B, G, S]
  const auto with_one = at::cat({s.features, at::ones_like(s.features.narrow(-1, 0, 1))}, -1);
  const auto fit_part = [&](const Part& part, const at::Tensor& features, const at::Tensor& targets) {
    const auto rows = [](const at::Tensor& x) { return thinned(x.flatten(0, -2)).to(at::kDouble); };
    const auto fit = fit_robustly(rows(features), rows(targets));
    coefficients_.narrow(0, part.row, part.columns).copy_(fit.coefficients.t().to(type));
  };
  const auto apart = z.size(2) > 1 ? z - over_instances(z) : z;
  for (const Part& part : parts_) {
    const auto own = [&](const at::Tensor& x) {  // a row an instance and component
      const auto numbers = x.narrow(-1, part.first, part.size);
      return part.kind == Part::Kind::component ? numbers.unflatten(-1, {components_, -1}).flatten(0, -2)
                                                : numbers.flatten(0, -2);
    };
    const auto repeat = [&](const at::Tensor& x) { return x.repeat({part.size / x.size(0)}).to(type); };
    const auto targets = own(z);
    const auto median = std::get<0>(targets.median(0));
    center_.narrow(0, part.first, part.size).copy_(repeat(median));
    const auto spread = robust_scale(targets - median) + 1e-6;
    spread_.narrow(0, part.first, part.size).copy_(repeat(spread));
    constexpr double least_within = 0.1;  // of the spread: what estimates of equal numbers may differ by
    within_.narrow(0, part.first, part.size)
        .copy_(repeat(at::maximum(robust_scale(own(apart)), least_within * spread)));
    if (part.kind == Part::Kind::component) {
      const auto chosen = at::nonzero(s.count.flatten() >= enough).squeeze(-1);
      fit_part(part, with_one.flatten(0, -2).index_select(0, chosen), targets.index_select(0, chosen));
    } else if (part.kind == Part::Kind::shared) {
      fit_part(part, (s.shares.unsqueeze(-1) * with_one).sum(-2).flatten(0, -2), targets);
    }
  }
}

at::Tensor ComponentSearch::order_of(const at::Tensor& truth, const at::Tensor& found) const {
  const auto sets = truth.size(1);
  at::Tensor cost;
  for (const Part& part : parts_) {
    if (part.kind != Part::Kind::component) continue;
    const auto own = [&](const at::Tensor& x) {  // [1, B, G, L, numbers]
      return (x / within_).narrow(-1, part.first, part.size).reshape({1, sets, -1, components_, part.columns});
    };
    // A component that an instance has no data of may be found anywhere there.
    constexpr double farthest = 25;
    const auto squares = (own(found).unsqueeze(-2) - own(truth).unsqueeze(-3)).square().sum(-1).clamp_max(farthest);
    const auto sum = squares.sum(2);
    cost = cost.defined() ? cost + sum : sum;
  }
  return assignment(cost);
}

}  // namespace adavi
