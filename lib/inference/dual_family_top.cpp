// The climb at the top of the pyramid, with everything below integrated out, and the leaves that it integrates.
#include <algorithm>

#include "codegen/climbs.hpp"
#include "inference/dual_family.hpp"
#include "inference/presence.hpp"

namespace adavi {
namespace {

/// The same for each of so many draws.
Affine repeated(const Affine& affine, std::int64_t draws) {
  if (!affine.shift.defined()) return {};
  const auto repeat = [draws](const at::Tensor& x) {
    auto shape = x.sizes().vec();
    shape.front() = draws;
    return x.expand(shape);
  };
  return {repeat(affine.shift), repeat(affine.log_diagonal), {}};
}

}  // namespace

void DualFamily::fit_top_guess(const Encodings& encodings, const VariableValues& values) {
  if (plan_.marginal.empty()) return;
  std::vector<at::Tensor> truth;
  for (const int index : plan_.marginal) truth.push_back(model_.unconstrain(index, values));
  top_.fit_guess(encodings.features[0], at::cat(truth, -1), encoder_.fixed(0));
}

Encodings DualFamily::fit_top(const Observation& observation, FoundPeaks& found) {
  auto encodings = encoder_(model_, observation, &found);
  set_top(encodings, observation, top_.fit(encodings.features[0], log_marginal(encodings, observation)));
  found = {found.message, encodings.top, encodings.nears, true};
  return encodings;
}

void DualFamily::leave_map(Encodings& encodings, FoundPeaks& found) {
  top_.leave_map();
  encodings.top = found.top = encodings.top.without_map();
}

void DualFamily::set_top(Encodings& encodings, const Observation& observation, const TopPeak& top) const {
  encodings.top = top;
  if (top.defined()) encodings.nears = conditionals_at(top.warp.location, encodings, observation);
}

std::vector<Affine> DualFamily::conditionals_at(const at::Tensor& top, const Encodings& encodings,
                                                const Observation& observation) const {
  std::vector<Affine> nears(estimators_.size());
  bool needed = false;
  for (std::size_t i = 0; i < estimators_.size(); ++i) needed = needed || starts_near(i);
  if (!needed) return nears;
  const at::NoGradGuard no_grad;
  log_marginal_at(top, encodings, observation, nears);
  return nears;
}

/// log p(X, theta) - log q(theta_rest) where q is the Gaussian of every other latent's start, at its centre: were these
/// the exact conditionals, it would be log p(X, top) wherever it is taken.
/// `nears`: where conditionals were given some other top, or undefined, then filled in.
at::Tensor DualFamily::log_marginal_at(const at::Tensor& top, const Encodings& encodings,
                                       const Observation& observation, std::vector<Affine>& nears) const {
  auto values = observation.values;
  std::vector<char> accounted(values.size());     // variables whose density is in `total`
  std::vector<at::Tensor> z(estimators_.size());  // those of a block are found together, before their turn
  at::Tensor total = at::zeros({1, 1}, top.options());
  std::int64_t first = 0;
  for (std::size_t i = 0; i < estimators_.size(); ++i) {
    const auto& plan = plan_.estimators[i];
    const auto present = observation.instances_at(plan.depth);
    if (plan.scores == Scores::marginal) {
      z[i] = top.narrow(-1, first, plan.size);
      first += plan.size;
    } else if (accounted[static_cast<std::size_t>(plan.variable)]) {
      continue;
    } else if (eliminates_for_good(i)) {
      total = total +
              scoring_[i].log_evidence(scoring_given(i, {context(i, encodings, z), encodings, observation, values, z}));
      for (const int index : scoring_[i].eliminated()) accounted[static_cast<std::size_t>(index)] = 1;
      continue;
    } else if (!z[i].defined()) {
      const auto base = context(i, encodings, z);
      const auto given = scoring_given(i, {base, encodings, observation, values, z});
      auto& near = nears[i];
      if (is_leaf(i)) {
        if (!near.shift.defined()) near = scoring_[i].moments_of(given);
        const auto point = scoring_[i].point(given, scoring_[i].moments_of(given, repeated(near, top.size(0))));
        total = total - per_data_set(kept(point.log_q, present));
        z[i] = point.z;
      } else if (const auto joint = scoring_[i].joint(given, repeated(near, top.size(0))); joint.shift.defined()) {
        if (starts_near(i) && !near.shift.defined()) near = {joint.shift, joint.log_diagonal, {}};
        total = total + per_data_set(kept(joint.log_diagonal.sum(-1), present));
        place(i, joint.shift, z);
      } else {
        z[i] = scoring_[i].guessed(base);
      }
    }
    const auto constrained = constrain(i, z[i], values);
    values[static_cast<std::size_t>(plan.variable)] = constrained.value;
    if (constrained.log_det.defined()) total = total + per_data_set(kept(constrained.log_det, present));
  }
  total = total + model_.log_prior(values, encodings.present, accounted) +
          model_.log_likelihood(observation, values, accounted);
  return total.to(top.scalar_type());
}

LogMarginal DualFamily::log_marginal(const Encodings& encodings, const Observation& observation) const {
  const auto around = [this, &encodings, &observation](const at::Tensor& centre) {
    return [this, &encodings, &observation, nears = conditionals_at(centre, encodings, observation)](
               const at::Tensor& top) mutable { return log_marginal_at(top, encodings, observation, nears); };
  };
  constexpr std::int64_t most_numbers = 1 << 16;  // a few such tensors stay in the cache of a core
  std::vector<int> gone;
  for (std::size_t i = 0; i < estimators_.size(); ++i) {
    if (!eliminates_for_good(i)) continue;
    const auto eliminated = scoring_[i].eliminated();
    gone.insert(gone.end(), eliminated.begin(), eliminated.end());
  }
  std::int64_t numbers = 1;
  for (std::size_t i = 0; i < observation.values.size(); ++i) {
    const auto& values = observation.values[i];
    if (model_.model().variables[i].role != ast::Role::observed) continue;
    // What is eliminated is summed over its innermost plate at once.
    const auto summed = contains(gone, static_cast<int>(i)) && values.dim() > 2 ? values.size(-1) : 1;
    numbers = std::max(numbers, values.numel() / summed);
  }
  return {around, std::max<std::int64_t>(1, most_numbers / numbers)};
}

Affine DualFamily::near(std::size_t i, const Given& given) const {
  const auto& nears = given.encodings.nears;
  if (nears.empty() || !nears[i].shift.defined()) return {};
  std::int64_t draws = 1;
  for (const auto& z : given.z) draws = std::max(draws, z.size(0));
  return repeated(nears[i], draws);
}

/// A latent with a tabulated conditional that no other latent is conditioned on.
bool DualFamily::is_leaf(std::size_t i) const {
  if (!plan_.estimators[i].is_tabulated()) return false;
  const int variable = plan_.estimators[i].variable;
  return std::none_of(plan_.estimators.begin(), plan_.estimators.end(), [&](const EstimatorPlan& other) {
    return std::find(other.upper.begin(), other.upper.end(), variable) != other.upper.end();
  });
}

/// Whether nothing but what estimator `i` eliminates depends on it.
bool DualFamily::eliminates_for_good(std::size_t i) const {
  if (plan_.estimators[i].scores != Scores::elimination) return false;
  const auto gone = scoring_[i].eliminated();
  const auto is_gone = [&](int variable) { return std::find(gone.begin(), gone.end(), variable) != gone.end(); };
  return std::none_of(plan_.estimators.begin(), plan_.estimators.end(), [&](const EstimatorPlan& other) {
    return !is_gone(other.variable) && std::any_of(other.upper.begin(), other.upper.end(), is_gone);
  });
}

/// Whether it helps the conditional of estimator `i` to know where about it is: not where one look or step is exact.
bool DualFamily::starts_near(std::size_t i) const {
  const auto& plan = plan_.estimators[i];
  const bool climbs =
      plan.scores == Scores::likelihood || plan.scores == Scores::message || plan.scores == Scores::expansion;
  return climbs && !plan.quadratic;
}

/// Numbers of estimator `i` and of the latents climbed along with it, each to its own.
void DualFamily::place(std::size_t i, const at::Tensor& climbed, std::vector<at::Tensor>& z) const {
  const auto& plan = plan_.estimators[i];
  z[i] = climbed.narrow(-1, 0, plan.size);
  std::int64_t first = plan.size;
  for (const int along : plan.along) {
    for (std::size_t j = i + 1; j < estimators_.size(); ++j) {
      if (plan_.estimators[j].variable != along) continue;
      z[j] = climbed.narrow(-1, first, plan_.estimators[j].size);
      first += plan_.estimators[j].size;
    }
  }
}

Start DualFamily::start_along(std::size_t i, const Given& given) const {
  const auto& plan = plan_.estimators[i];
  for (std::size_t j = 0; plan.quadratic && given.starts && j < i; ++j) {
    const auto& leader = plan_.estimators[j];
    const auto own = std::find(leader.along.begin(), leader.along.end(), plan.variable);
    const auto& joint = (*given.starts)[j].joint;
    if (own == leader.along.end() || !joint.shift.defined()) continue;
    std::vector<at::Tensor> before = {given.z[j]};
    for (auto other = leader.along.begin(); other != own; ++other) {
      for (std::size_t k = j + 1; k < i; ++k) {
        if (plan_.estimators[k].variable == *other) before.push_back(given.z[k]);
      }
    }
    const auto numbers = at::cat(before, -1);
    return {conditional(joint, numbers.size(-1), plan.size, numbers), {}, false, {}, {}};
  }
  return {};
}

Start DualFamily::marginal_start(std::size_t i, const TopPeak& top, const std::vector<at::Tensor>& z) const {
  const auto& plan = plan_.estimators[i];
  std::int64_t first = 0;
  std::vector<std::int64_t> known;
  std::vector<at::Tensor> above;
  for (std::size_t j = 0; j < i; ++j) {
    const auto& other = plan_.estimators[j];
    if (other.scores != Scores::marginal) continue;
    if (std::find(plan.upper.begin(), plan.upper.end(), other.variable) != plan.upper.end()) {
      above.push_back(z[j]);
      for (std::int64_t d = 0; d < other.size; ++d) known.push_back(first + d);
    }
    first += other.size;
  }
  return conditional(top, first, plan.size, known, above.empty() ? at::Tensor() : at::cat(above, -1));
}

}  // namespace adavi
