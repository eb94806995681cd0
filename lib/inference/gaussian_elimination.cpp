#include "inference/gaussian_elimination.hpp"

#include <algorithm>
#include <cmath>

#include "codegen/climbs.hpp"
#include "inference/lifted_model.hpp"
#include "inference/presence.hpp"

namespace adavi {
namespace {

Observation in_float64(const Observation& observation) {
  Observation result = observation;
  const auto convert = [](at::Tensor& x) {
    if (x.defined() && x.is_floating_point()) x = x.to(at::kDouble);
  };
  for (auto& value : result.values) convert(value);
  for (auto& statistics : result.statistics) std::for_each(statistics.begin(), statistics.end(), convert);
  return result;
}

/// The last number, integrated out; `log_mass`, if there, is added to.
void eliminate_last(Slopes& slopes, at::Tensor* log_mass) {
  const auto last = slopes.gradient.size(-1) - 1;
  const auto row = slopes.curvature.select(-2, last);
  if (log_mass) {
    const auto curvature = row.select(-1, last);
    const auto mass = slopes.gradient.select(-1, last).square() / curvature - at::log(curvature / (2 * M_PI));
    *log_mass = *log_mass + 0.5 * per_data_set(mass);
  }
  const auto share = row.narrow(-1, 0, last) / row.narrow(-1, last, 1);  // [..., last]
  slopes.gradient = slopes.gradient.narrow(-1, 0, last) - share * slopes.gradient.narrow(-1, last, 1);
  slopes.curvature = slopes.curvature.narrow(-1, 0, last).narrow(-2, 0, last) -
                     share.unsqueeze(-1) * row.narrow(-1, 0, last).unsqueeze(-2);
}

/// Summed over the plates behind the first `kept` axes, of which `events` follow them.
at::Tensor over_plates(const at::Tensor& x, std::int64_t kept, std::int64_t events) {
  const auto plates = x.dim() - kept - events;
  return plates > 0 ? x.flatten(kept, kept + plates - 1).sum(kept) : x;
}

}  // namespace

GaussianElimination::GaussianElimination(const GenerativeModel& model, const EstimatorPlan& plan) {
  std::vector<int> own = {plan.variable}, above;
  own.insert(own.end(), plan.along.begin(), plan.along.end());
  auto below = plan.eliminated;
  while (!own.empty()) {
    levels_.push_back(level(model, above, own, below));
    above.insert(above.end(), own.begin(), own.end());
    own.clear();
    const auto depth_of = [&](int index) { return model.model().variables[static_cast<std::size_t>(index)].depth; };
    while (!below.empty() && (own.empty() || depth_of(below.front()) == depth_of(own.front()))) {
      own.push_back(below.front());
      below.erase(below.begin());
    }
  }
}

GaussianElimination::Level GaussianElimination::level(const GenerativeModel& model, const std::vector<int>& above,
                                                      const std::vector<int>& own, const std::vector<int>& below) {
  const auto& variables = model.model().variables;
  const auto variable = [&](int index) -> const Variable& { return variables[static_cast<std::size_t>(index)]; };
  const auto numbers = [&](const std::vector<int>& latents) {
    std::int64_t sum = 0;
    for (const int index : latents) sum += unconstrained_size(variable(index));
    return sum;
  };
  Level result;
  result.depth = variable(own.front()).depth;
  result.above = numbers(above);
  result.size = numbers(own);
  auto latents = above;
  latents.insert(latents.end(), own.begin(), own.end());
  for (std::size_t i = 0; i < variables.size(); ++i) {
    const auto index = static_cast<int>(i);
    const auto& parents = variables[i].parents;
    const auto depends_on = [&](const std::vector<int>& some) {
      return std::any_of(some.begin(), some.end(), [&](int latent) { return contains(parents, latent); });
    };
    const bool observed = variables[i].role == ast::Role::observed;
    if (!contains(own, index) && !(observed && depends_on(own) && !depends_on(below))) continue;
    Term term = {index, {}, {}};
    std::vector<std::int64_t> places;
    std::int64_t first = 0;
    for (const int latent : latents) {
      const auto size = unconstrained_size(variable(latent));
      if (latent == index || contains(parents, latent)) {
        term.latents.push_back(latent);
        for (std::int64_t n = 0; n < size; ++n) places.push_back(first + n);
      }
      first += size;
    }
    term.numbers = at::tensor(places, at::kLong).to(model.options().device());
    result.terms.push_back(term);
  }
  result.lifted = std::make_shared<HbmModel>(lifted(model.model(), above, result.depth));
  result.model = std::make_shared<GenerativeModel>(*result.lifted, model.options().dtype(at::kDouble));
  return result;
}

/// Term by term: few numbers matter to each, and terms with data are the dear ones.
Slopes GaussianElimination::Level::slopes(const at::Tensor& place, const Observation& observation,
                                          const VariableValues& values, bool differentiable) const {
  Slopes total = {at::zeros_like(place), at::zeros_like(at::diag_embed(place))};
  for (const Term& term : terms) {
    const auto objective = [&](const at::Tensor& numbers) {
      auto all = values;
      model->constrain_block(term.latents, numbers, all);
      return model->log_density_of(term.variable, observation, all).sum();
    };
    const auto width = at::ones({term.numbers.size(0)}, place.options());
    const auto found = slopes_of_parabola(objective, place.index_select(-1, term.numbers), width, differentiable);
    total.gradient = total.gradient.index_add(-1, term.numbers, found.gradient);
    auto shape = found.curvature.sizes().vec();
    shape.back() = place.size(-1);
    const auto rows = at::zeros(shape, place.options()).index_add(-1, term.numbers, found.curvature);
    total.curvature = total.curvature.index_add(-2, term.numbers, rows);
  }
  return total;
}

at::Tensor GaussianElimination::Level::height(const at::Tensor& place, const Observation& observation,
                                              const VariableValues& values) const {
  at::Tensor total;
  for (const Term& term : terms) {
    auto all = values;
    model->constrain_block(term.latents, place.index_select(-1, term.numbers), all);
    const auto height = model->log_density_of(term.variable, observation, all);
    total = total.defined() ? total + height : height;
  }
  return total;
}

Slopes GaussianElimination::eliminate(const at::Tensor& top, const Observation& observation, VariableValues given,
                                      bool differentiable, at::Tensor* log_mass) const {
  const auto known = in_float64(observation);
  std::vector<std::int64_t> instances = {top.size(0), top.size(1)};  // and the plates of what is observed
  for (auto& value : given) {
    if (!value.defined()) continue;
    value = value.to(at::kDouble);
    instances[0] = std::max(instances[0], value.size(0));
  }
  const auto& variables = levels_.front().lifted->variables;
  for (std::size_t i = 0; i < variables.size(); ++i) {
    if (variables[i].role != ast::Role::observed) continue;
    const auto plates = observation.values[i].sizes().slice(2, static_cast<std::size_t>(variables[i].depth));
    instances.insert(instances.end(), plates.begin(), plates.end());
    break;
  }
  Slopes below;
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    auto shape = std::vector<std::int64_t>(instances.begin(), instances.begin() + 2 + level->depth);
    shape.push_back(level->above + level->size);
    auto place = at::zeros(shape, top.options());
    place.narrow(-1, 0, top.size(-1)).copy_(align(top, 0, 1, level->depth, 0));
    auto slopes = level->slopes(place, known, given, differentiable);
    if (log_mass) *log_mass = *log_mass + level->height(place, known, given);
    if (below.gradient.defined()) {
      slopes.gradient = slopes.gradient + over_plates(below.gradient, 2 + level->depth, 1);
      slopes.curvature = slopes.curvature + over_plates(below.curvature, 2 + level->depth, 2);
    }
    below = slopes;
    for (std::int64_t i = 0; level->above > 0 && i < level->size; ++i) eliminate_last(below, log_mass);
  }
  return below;
}

Peak GaussianElimination::operator()(const at::Tensor& z, const Observation& observation,
                                     const VariableValues& values) const {
  const bool differentiable = at::GradMode::is_enabled();
  const at::AutoGradMode gradients_on(true);
  const auto top = z.detach().to(at::kDouble);
  const auto left = eliminate(top, observation, values, differentiable, nullptr);
  const auto location = top + solve(left.curvature, left.gradient);
  if (differentiable) return {location, left.curvature};
  return {location.detach(), left.curvature.detach()};
}

at::Tensor GaussianElimination::log_evidence(const at::Tensor& z, const Observation& observation,
                                             const VariableValues& values) const {
  const bool differentiable = at::GradMode::is_enabled();
  const at::AutoGradMode gradients_on(true);
  const auto top = z.detach().to(at::kDouble);
  auto log_mass = at::zeros({1, 1}, top.options());
  auto left = eliminate(top, observation, values, differentiable, &log_mass);
  while (left.gradient.size(-1) > 0) eliminate_last(left, &log_mass);
  return differentiable ? log_mass : log_mass.detach();
}

std::vector<int> GaussianElimination::variables() const {
  std::vector<int> result;
  for (const auto& level : levels_) {
    for (const auto& term : level.terms) result.push_back(term.variable);
  }
  return result;
}

}  // namespace adavi
