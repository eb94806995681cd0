#include "inference/gaussian_elimination.hpp"

#include <algorithm>

#include "codegen/climbs.hpp"
#include "inference/lifted_model.hpp"

namespace adavi {
namespace {

at::Tensor in_float64(const at::Tensor& x) { return x.defined() && x.is_floating_point() ? x.to(at::kDouble) : x; }

}  // namespace

GaussianElimination::GaussianElimination(const GenerativeModel& model, const EstimatorPlan& plan) {
  std::vector<int> own = {plan.variable}, above;
  own.insert(own.end(), plan.along.begin(), plan.along.end());
  auto below = plan.eliminated;
  while (!own.empty()) {
    levels_.push_back(level(model, above, own, below, plan.upper));
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
                                                      const std::vector<int>& own, const std::vector<int>& below,
                                                      const std::vector<int>& known) {
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
    const bool is_known = variables[i].role == ast::Role::observed || contains(known, index);
    if (!contains(own, index) && !(is_known && depends_on(own) && !depends_on(below))) continue;
    GaussianTerm term;
    term.variable = index;
    std::int64_t first = 0;
    for (const int latent : latents) {
      const auto size = unconstrained_size(variable(latent));
      if (latent == index || contains(parents, latent)) {
        term.latents.push_back(latent);
        for (std::int64_t n = 0; n < size; ++n) term.places.push_back(first + n);
      }
      first += size;
    }
    result.terms.push_back(term);
  }
  result.lifted = std::make_shared<HbmModel>(lifted(model.model(), above, result.depth));
  result.model = std::make_shared<GenerativeModel>(*result.lifted, model.options().dtype(at::kDouble));
  return result;
}

Parabola GaussianElimination::eliminate(const at::Tensor& top, const Observation& observation,
                                        const VariableValues& values) const {
  const auto& variables = levels_.front().lifted->variables;
  VariableValues given(values.size());
  std::vector<std::int64_t> instances = {1, top.size(1)};  // and the plates of what is observed
  for (std::size_t i = 0; i < values.size(); ++i) {
    given[i] = in_float64(observation.values[i].defined() ? observation.values[i] : values[i]);
    if (variables[i].role != ast::Role::observed || instances.size() > 2) continue;
    const auto plates = observation.values[i].sizes().slice(2, static_cast<std::size_t>(variables[i].depth));
    instances.insert(instances.end(), plates.begin(), plates.end());
  }
  Parabola below(0);
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    auto shape = std::vector<std::int64_t>(instances.begin(), instances.begin() + 2 + level->depth);
    shape.push_back(level->above + level->size);
    auto place = at::zeros(shape, top.options());
    place.narrow(-1, 0, top.size(-1)).copy_(align(top, levels_.front().depth, 1, level->depth, 0));
    Parabola total(place.size(-1));
    for (const GaussianTerm& term : level->terms) {
      const auto i = static_cast<std::size_t>(term.variable);
      term.add(total, place, level->depth, *level->model, given,
               observation.present.empty() ? at::Tensor() : observation.present[i]);
    }
    total.add_sum(below, level->depth);
    for (std::int64_t i = 0; level->above > 0 && i < level->size; ++i) total.integrate_last();
    below = total;
  }
  return below;
}

namespace {

at::Tensor one_place(const at::Tensor& z) { return z.detach().narrow(0, 0, 1).to(at::kDouble); }

}  // namespace

Peak GaussianElimination::operator()(const at::Tensor& z, const Observation& observation,
                                     const VariableValues& values) const {
  const auto top = one_place(z);
  const auto left = eliminate(top, observation, values);
  const auto curvature = left.curvature();
  return {top + solve(curvature, left.slope()), curvature};
}

at::Tensor GaussianElimination::log_evidence(const at::Tensor& z, const Observation& observation,
                                             const VariableValues& values) const {
  auto left = eliminate(one_place(z), observation, values);
  while (left.size() > 0) left.integrate_last();
  return left.height();
}

std::vector<int> GaussianElimination::variables() const {
  std::vector<int> result;
  for (const auto& level : levels_) {
    for (const auto& term : level.terms) result.push_back(term.variable);
  }
  return result;
}

}  // namespace adavi
