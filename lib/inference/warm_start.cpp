#include "inference/warm_start.hpp"

#include <algorithm>
#include <chrono>

#include "inference/presence.hpp"
#include "inference/regression.hpp"

namespace adavi {
namespace {

/// Whether a log-linear scale fitted to half of the rows predicts the other half better than a constant one.
bool scale_varies(const at::Tensor& features, const at::Tensor& residuals) {
  const auto half = features.size(0) / 2;
  const auto rest = features.size(0) - half;
  const auto held = residuals.narrow(0, half, rest);
  const auto predicted =
      at::mm(features.narrow(0, half, rest), fit_log_scale(features.narrow(0, 0, half), residuals.narrow(0, 0, half)))
          .clamp(-30, 30);
  const auto constant = at::log(robust_scale(residuals.narrow(0, 0, half)));
  return scores(held, predicted).mean().item<double>() > scores(held, constant.expand_as(held)).mean().item<double>();
}

/// Lower Cholesky factor of the covariance of weighted rows, kept away from singular.
at::Tensor scale_factor(const at::Tensor& rows, const at::Tensor& weights) {
  auto covariance = at::mm(rows.t(), weights * rows) / weights.sum();
  const auto floor = 1e-10 * covariance.diagonal().mean() + 1e-20;
  return at::linalg_cholesky(covariance + floor * at::eye(rows.size(1), rows.options()));
}

/// Unconstrained numbers of what an estimator's start climbs, [1, B, plates..., climbed].
at::Tensor climbed(const DualFamily& family, const EstimatorPlan& plan, const VariableValues& values) {
  std::vector<at::Tensor> parts = {family.model().unconstrain(plan.variable, values)};
  for (const int index : plan.along) parts.push_back(family.model().unconstrain(index, values));
  return at::cat(parts, -1);
}

/// How well what a start leaves can be predicted at best: not at all is often best where simulations are few.
double best_behind_start(const Regression& left) {
  return std::max({held_out_score(left), held_out_score(without_features(left)), held_out_score_of_none(left)});
}

/// Switches a start on if what it leaves is easier to predict than the latent itself, whose true z is the last one.
/// Next to a mixture's components it always is for most data sets; the few that have components on top of one another
/// must not decide otherwise.
Start kept_start(DualFamily& family, std::size_t i, const DualFamily::Given& given) {
  auto& scoring = family.scoring()[i];
  const auto fixed = family.fixed(i);
  const auto present = given.observation.instances_at(family.plan().estimators[i].depth);
  scoring.enabled.fill_(1);
  const auto start = family.start(i, given);
  scoring.standardizer.fit(present_rows(location_and_scale(start), present));
  if (family.plan().message.mixture >= 0) return start;
  const auto& z = given.z[i];
  const auto inner = off(start, z);
  const auto left = regression_of(family.with_start(i, given.context, given.encodings, start), inner.z, fixed, present);
  const auto log_det = inner.log_q.unsqueeze(-1) / static_cast<double>(z.size(-1));
  const auto spread = present_rows(log_det, present).flatten();
  const double with =
      best_behind_start(left) + spread.index_select(0, at::isfinite(spread).nonzero().squeeze(1)).mean().item<double>();
  const auto without = regression_of(given.context, z, fixed, present);
  if (with > std::max(held_out_score(without), held_out_score(without_features(without)))) return start;
  scoring.enabled.fill_(0);
  return {};
}

/// Sets the linear guess of a start that climbs, and keeps the start if it helps.
Start set_scoring(DualFamily& family, std::size_t i, const DualFamily::Given& given) {
  auto& scoring = family.scoring()[i];
  const auto& context = given.context;
  const auto& z = given.z;
  const auto& plan = family.plan().estimators[i];
  const auto fixed = family.fixed(i);
  const auto& message = given.encodings.messages[static_cast<std::size_t>(plan.depth)];
  const auto present = given.observation.instances_at(plan.depth);
  scoring.enabled.fill_(0);
  const bool by_message = plan.scores != Scores::likelihood && plan.scores != Scores::elimination;
  if (by_message && !message.defined()) return {};
  if (plan.scores == Scores::message) scoring.fit_message(context, message, z[i], present);
  const auto regression = regression_of(context, climbed(family, plan, given.values), fixed, present);
  scoring.guess.fit(plan.scores == Scores::own_data ? without_features(regression) : regression);
  if (plan.exact) {
    scoring.enabled.fill_(1);
    return {};
  }
  return kept_start(family, i, given);
}

/// Log density [B] of the true z at the top by their starts alone, far ones counted as less so.
at::Tensor predicted_by_top(DualFamily& family, const Encodings& encodings, const Batch& batch,
                            const std::vector<at::Tensor>& z) {
  at::Tensor total = at::zeros({}, at::kDouble);
  for (std::size_t i = 0; i < z.size(); ++i) {
    if (family.plan().estimators[i].scores != Scores::marginal) continue;
    family.scoring()[i].enabled.fill_(1);
    const auto context = family.context(i, encodings, z);
    const auto start = family.start(i, {context, encodings, batch.observation, batch.values, z});
    const auto inner = off(start, z[i]);
    const auto left = inner.z.flatten(0, -2).to(at::kDouble);
    total = total + left.size(1) * scores(left, at::zeros_like(left)) + inner.log_q.flatten().to(at::kDouble);
  }
  return total;
}

/// Where climbs at the top get lost, what the density is like there says nothing of the posterior.
bool map_helps(DualFamily& family, const Encodings& encodings, const Batch& batch, const std::vector<at::Tensor>& z) {
  constexpr double most = 3;  // nats of one data set that count
  auto without = encodings;
  without.top = encodings.top.without_map();
  const auto gain = predicted_by_top(family, encodings, batch, z) - predicted_by_top(family, without, batch, z);
  return at::nan_to_num(gain, -most, most, -most).clamp(-most, most).mean().item<double>() > 0;
}

void set_identity(DensityEstimator& estimator) {
  estimator.linear.zero_();
  estimator.bias.zero_();
  estimator.base.zero_();
  estimator.base.fill_diagonal_(1);
}

void set_affine_to(DensityEstimator& estimator, const Regression& regression) {
  set_identity(estimator);
  const auto& x = regression.features;
  const auto size = estimator.size();
  const auto fit = fit_robustly(x, regression.targets);
  const auto& mean = fit.coefficients;
  auto residuals = fit.residuals;
  const auto columns = at::tensor(regression.columns, at::kLong);
  const auto kept = static_cast<std::int64_t>(regression.columns.size());
  const auto put = [&](std::int64_t first_row, const at::Tensor& coefficients) {
    auto block = estimator.linear.narrow(0, first_row, size);
    block.index_copy_(1, columns, coefficients.narrow(0, 0, kept).t().to(block.scalar_type()));
  };
  at::Tensor log_scale;
  if (estimator.linear.size(0) == 2 * size && scale_varies(x, residuals)) {
    const auto coefficients = fit_log_scale(x, residuals);
    put(size, coefficients);
    residuals = residuals * at::exp(-at::mm(x, coefficients).clamp(-30, 30));
    log_scale = coefficients.select(0, kept);
  }
  const auto factor = scale_factor(residuals, fit.weights);
  estimator.base.copy_(factor.to(estimator.base.scalar_type()));
  put(0, mean);
  // The head's shift is in units of the base: m = L^-1 intercept.
  const auto shift = at::linalg_solve_triangular(factor, mean.narrow(0, kept, 1).t(), /*upper=*/false).squeeze(1);
  estimator.bias.narrow(-1, 0, size).copy_(shift.to(estimator.bias.scalar_type()));
  if (log_scale.defined()) estimator.bias.narrow(-1, size, size).copy_(log_scale.to(estimator.bias.scalar_type()));
}

/// Behind a start, which may leave so little that coefficients of few simulations would add more than they take away.
void set_affine_behind_start(DensityEstimator& estimator, const Regression& regression) {
  const auto constant = without_features(regression);
  const auto with_none = held_out_scores_of_none(regression), with_constant = held_out_scores(constant);
  const bool constant_helps = clearly_higher(with_constant, with_none);
  if (clearly_higher(held_out_scores(regression), constant_helps ? with_constant : with_none)) {
    set_affine_to(estimator, regression);
  } else if (constant_helps) {
    set_affine_to(estimator, constant);
  } else {
    set_identity(estimator);
  }
}

/// The affine block of estimator `i`, whose true z is the last one, behind its start.
void set_affine(DualFamily& family, std::size_t i, const DualFamily::Given& given, const Start& start) {
  auto& estimator = family.estimators()[i];
  if (!estimator.linear.defined()) return;
  const auto depth = family.plan().estimators[i].depth;
  const auto regression =
      regression_of(family.with_start(i, given.context, given.encodings, start), off(start, given.z[i]).z,
                    family.fixed(i), given.observation.instances_at(depth));
  (start.defined() ? set_affine_behind_start : set_affine_to)(estimator, regression);
}

void fit_total(DualFamily& family, const Encodings& encodings, const std::vector<at::Tensor>& z) {
  auto& total = *family.total();
  if (!total.estimator().linear.defined()) return;
  set_affine_to(total.estimator(),
                regression_of({total.context(encodings)}, total.join(z), total.fixed(family.encoder(), encodings)));
}

/// Sets everything but climbs at the top from `data_sets` simulations, whatever was set before.
void fit(DualFamily& family, std::int64_t data_sets, at::Generator& generator, double missing) {
  const auto& model = family.model().model();
  auto values = family.model().simulate(data_sets, generator);
  if (has_ranges(model)) leave_ranges(model, values, generator);
  leave_gaps(model, values, missing, generator);
  const auto observation = family.model().observe(values);
  const auto encodings = family.encoder().fit(family.model(), observation, values);
  std::vector<at::Tensor> z;
  for (std::size_t i = 0; i < family.floors().size(); ++i) {
    const auto& plan = family.plan().estimators[i];
    z.push_back(family.model().unconstrain(plan.variable, values));
    constexpr double below_prior = 5;
    family.floors()[i].copy_(z[i].reshape({-1, plan.size}).amin(0) - below_prior);
    if (family.total()) continue;
    for (std::size_t u = 0; u < plan.upper.size(); ++u) {
      for (std::size_t j = 0; j < i; ++j) {
        if (family.plan().estimators[j].variable == plan.upper[u]) family.estimators()[i].upper[u].fit(z[j]);
      }
    }
    const auto context = family.context(i, encodings, z);
    if (plan.scores == Scores::marginal) continue;  // once it is known where climbs end
    const DualFamily::Given given = {context, encodings, observation, values, z};
    set_affine(family, i, given, plan.scores == Scores::none ? Start() : set_scoring(family, i, given));
  }
  if (family.total()) return fit_total(family, encodings, z);
  family.fit_top_guess(encodings, values);
}

}  // namespace

void warm_start(DualFamily& family, std::int64_t data_sets, at::Generator& generator, double missing,
                double time_limit) {
  at::NoGradGuard no_grad;
  constexpr std::int64_t pilot = 256;  // data sets whose time tells how many more can be afforded
  constexpr double share = 0.25;       // of the time limit
  if (time_limit > 0 && data_sets > pilot) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    fit(family, pilot, generator, missing);
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    const auto affordable = static_cast<std::int64_t>(share * time_limit / seconds * pilot) - pilot;
    data_sets = std::min(data_sets, affordable);
    if (data_sets <= pilot) return;
  }
  fit(family, data_sets, generator, missing);
}

void warm_start_top(DualFamily& family, const Batch& batch) {
  if (family.plan().marginal.empty()) return;
  at::NoGradGuard no_grad;
  const auto& [values, observation, peaks] = batch;
  *peaks = {};
  auto encodings = family.fit_top(observation, *peaks);
  std::vector<at::Tensor> z;
  for (const auto& plan : family.plan().estimators) z.push_back(family.model().unconstrain(plan.variable, values));
  if (!map_helps(family, encodings, batch, z)) family.leave_map(encodings, *peaks);
  for (std::size_t i = 0; i < family.estimators().size(); ++i) {
    const auto& plan = family.plan().estimators[i];
    if (plan.scores != Scores::marginal) continue;
    const auto context = family.context(i, encodings, z);
    set_affine(family, i, {context, encodings, observation, values, z},
               kept_start(family, i, {context, encodings, observation, values, z}));
  }
}

}  // namespace adavi
