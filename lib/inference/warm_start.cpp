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
  return score(held, predicted) > score(held, constant.expand_as(held));
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

/// Switches a start on if what it leaves is easier to predict than the latent itself, whose true z is the last one.
Affine kept_start(DualFamily& family, std::size_t i, const DualFamily::Given& given) {
  auto& scoring = family.scoring()[i];
  const auto& fixed = family.encoder().fixed(family.plan().estimators[i].depth);
  const auto present = given.observation.instances_at(family.plan().estimators[i].depth);
  scoring.enabled.fill_(1);
  const auto start = family.start(i, given);
  scoring.standardizer.fit(present_rows(at::cat({start.shift, start.log_diagonal}, -1), present));
  const auto& z = given.z[i];
  const auto left =
      regression_of(family.with_start(i, given.context, given.encodings, start), off(start, z), fixed, present);
  const double with = held_out_score(left) - present_rows(start.log_diagonal, present).mean().item<double>();
  if (with > held_out_score(regression_of(given.context, z, fixed, present))) return start;
  scoring.enabled.fill_(0);
  return {};
}

/// Sets the linear guess of a start that climbs, and keeps the start if it helps.
Affine set_scoring(DualFamily& family, std::size_t i, const DualFamily::Given& given) {
  auto& scoring = family.scoring()[i];
  const auto& [context, encodings, observation, values, z] = given;
  const auto& plan = family.plan().estimators[i];
  const auto& fixed = family.encoder().fixed(plan.depth);
  const auto& message = encodings.messages[static_cast<std::size_t>(plan.depth)];
  const auto present = observation.instances_at(plan.depth);
  scoring.enabled.fill_(0);
  if (plan.scores == Scores::message) {
    if (!message.defined()) return {};
    scoring.fit_message(context, message, z[i], present);
  }
  const auto guess = regression_of(context, climbed(family, plan, values), fixed, present);
  const auto fit = fit_robustly(guess.features, guess.targets);
  const auto kept = static_cast<std::int64_t>(guess.columns.size());
  const auto type = scoring.weight.scalar_type();
  scoring.weight.index_copy_(1, at::tensor(guess.columns, at::kLong), fit.coefficients.narrow(0, 0, kept).t().to(type));
  scoring.intercept.copy_(fit.coefficients.select(0, kept).to(type));
  scoring.reach.copy_((robust_scale(fit.residuals) + 1e-6).to(type));
  return kept_start(family, i, given);
}

void set_affine(DensityEstimator& estimator, const Regression& regression) {
  estimator.linear.zero_();
  estimator.bias.zero_();
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

void fit_total(DualFamily& family, const Encodings& encodings, const std::vector<at::Tensor>& z) {
  auto& total = *family.total();
  if (!total.estimator().linear.defined()) return;
  set_affine(total.estimator(),
             regression_of({total.context(encodings)}, total.join(z), total.fixed(family.encoder(), encodings)));
}

/// Sets everything from `data_sets` simulations, whatever was set before.
void fit(DualFamily& family, std::int64_t data_sets, at::Generator& generator, double missing) {
  const auto& model = family.model().model();
  auto values = family.model().simulate(data_sets, generator);
  if (has_ranges(model)) leave_ranges(model, values, generator);
  leave_gaps(model, values, missing, generator);
  const auto observation = family.model().observe(values);
  auto encodings = family.encoder().fit(family.model(), observation, values);
  std::vector<at::Tensor> z;
  std::vector<Affine> starts;
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
    const bool climbs = plan.scores == Scores::likelihood || plan.scores == Scores::message;
    starts.push_back(climbs ? set_scoring(family, i, {context, encodings, observation, values, z}) : Affine());
  }
  if (family.total()) return fit_total(family, encodings, z);
  family.fit_top(encodings, observation, values);
  for (std::size_t i = 0; i < family.estimators().size(); ++i) {
    if (family.plan().estimators[i].scores != Scores::marginal) continue;
    const auto context = family.context(i, encodings, z);
    starts[i] = kept_start(family, i, {context, encodings, observation, values, z});
  }
  for (std::size_t i = 0; i < family.estimators().size(); ++i) {
    auto& estimator = family.estimators()[i];
    if (!estimator.linear.defined()) continue;
    const auto context = family.with_start(i, family.context(i, encodings, z), encodings, starts[i]);
    const auto target = starts[i].shift.defined() ? off(starts[i], z[i]) : z[i];
    const auto depth = family.plan().estimators[i].depth;
    set_affine(estimator,
               regression_of(context, target, family.encoder().fixed(depth), observation.instances_at(depth)));
  }
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

}  // namespace adavi
