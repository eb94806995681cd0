#include "inference/warm_start.hpp"

#include <algorithm>
#include <cmath>

namespace adavi {
namespace {

constexpr std::int64_t most_rows = 20000;                // ground instances used in a regression
constexpr double ridge = 1e-4;                           // relative to the number of rows; features are standardised
constexpr double variance_ridge = 3e-2;                  // log residuals are noisy: shrink harder
const double mean_log_chi_square = -1.2703628454614782;  // E log(chi^2 with one degree of freedom)

/// One estimator's regression: features with a last column of ones, and targets, a row a ground instance, float64.
struct Regression {
  at::Tensor features;                ///< [rows, kept + 1]
  at::Tensor targets;                 ///< [rows, D]
  std::vector<std::int64_t> columns;  ///< the context's columns that are kept
};

/// All parts of a context side by side, a row a ground instance.
at::Tensor rows_of(const Context& context) {
  std::vector<at::Tensor> leading;
  for (const auto& part : context) leading.push_back(part.select(-1, 0));
  const auto shape = at::broadcast_tensors(leading).front().sizes().vec();
  std::vector<at::Tensor> parts;
  for (const auto& part : context) {
    auto full = shape;
    full.push_back(part.size(-1));
    parts.push_back(part.expand(full).reshape({-1, part.size(-1)}));
  }
  return at::cat(parts, 1);
}

Regression regression_of(const Context& context, const at::Tensor& target, const std::vector<char>& fixed) {
  Regression result;
  auto features = rows_of(context);
  auto targets = target.reshape({-1, target.size(-1)});
  if (features.size(0) > most_rows) {
    const auto step = features.size(0) / most_rows;
    features = features.slice(0, 0, features.size(0), step);
    targets = targets.slice(0, 0, targets.size(0), step);
  }
  for (std::int64_t c = 0; c < features.size(1); ++c) {
    const bool in_encoding = c < static_cast<std::int64_t>(fixed.size());
    if (!in_encoding || fixed[static_cast<std::size_t>(c)]) result.columns.push_back(c);
  }
  features = features.index_select(1, at::tensor(result.columns, at::kLong)).to(at::kDouble);
  result.features = at::cat({features, at::ones({features.size(0), 1}, features.options())}, 1);
  result.targets = targets.to(at::kDouble);
  return result;
}

/// Coefficients [features, D] of ridge regression; the column of ones is not shrunk.
at::Tensor solve_ridge(const at::Tensor& features, const at::Tensor& targets, double strength) {
  auto penalty = at::full({features.size(1)}, strength * static_cast<double>(features.size(0)), features.options());
  penalty[-1] = 1e-9;
  return at::linalg_solve(at::mm(features.t(), features) + at::diag(penalty), at::mm(features.t(), targets));
}

/// A regression that rows far from the others do not govern, and what it leaves.
struct RobustFit {
  at::Tensor coefficients;  ///< [features, D]
  at::Tensor residuals;     ///< [rows, D]
  at::Tensor weights;       ///< [rows, 1]: 1, and less beyond four robust standard deviations
};

/// Median absolute deviation of each column as a standard deviation, kept positive.
at::Tensor robust_scale(const at::Tensor& residuals) { return 1.4826 * std::get<0>(residuals.abs().median(0)) + 1e-12; }

/// Ridge regression by iteratively reweighted least squares. Light-tailed residuals keep weights of one: ordinary
/// ridge.
RobustFit fit_robustly(const at::Tensor& features, const at::Tensor& targets) {
  constexpr int iterations = 5;
  constexpr double usual = 4;  // robust standard deviations
  RobustFit fit;
  fit.weights = at::ones({features.size(0), 1}, features.options());
  for (int i = 0; i < iterations; ++i) {
    const auto root = fit.weights.sqrt();
    fit.coefficients = solve_ridge(features * root, targets * root, ridge);
    fit.residuals = targets - at::mm(features, fit.coefficients);
    const auto distance = (fit.residuals / robust_scale(fit.residuals)).abs().amax(1, true);
    fit.weights = (usual / distance.clamp_min(usual)).square();
  }
  return fit;
}

/// Coefficients [features, D] of the residuals' log scale, for residuals [rows, D].
at::Tensor fit_log_scale(const at::Tensor& features, const at::Tensor& residuals) {
  const auto smallest = 1e-12 * residuals.square().mean(0) + 1e-30;
  const auto log_squares = 0.5 * (at::log(residuals.square() + smallest) - mean_log_chi_square);
  return solve_ridge(features, log_squares, variance_ridge);
}

/// Mean Gaussian log density of residuals with the given log scales.
double score(const at::Tensor& residuals, const at::Tensor& log_scale) {
  constexpr double farthest = 50;  // of squares: beyond, a row says no more
  return (-log_scale - 0.5 * (residuals * at::exp(-log_scale)).square().clamp_max(farthest)).mean().item<double>();
}

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

/// Mean log density per dimension, on the second half of the rows, of a Gaussian regression fitted to the first.
double held_out_score(const Regression& regression) {
  const auto& x = regression.features;
  const auto half = x.size(0) / 2, rest = x.size(0) - half;
  const auto fit = fit_robustly(x.narrow(0, 0, half), regression.targets.narrow(0, 0, half));
  const auto log_scale = at::log(robust_scale(fit.residuals));
  const auto residuals = regression.targets.narrow(0, half, rest) - at::mm(x.narrow(0, half, rest), fit.coefficients);
  return score(residuals, log_scale.expand_as(residuals));
}

/// Sets the linear guess of a likelihood-informed start, and keeps the start if what it leaves is easier to predict
/// than the latent itself.
Start set_scoring(DualFamily& family, std::size_t i, const Context& context, const VariableValues& values,
                  const Observation& observation, const at::Tensor& z, const std::vector<char>& fixed) {
  auto& scoring = family.scoring()[i];
  const auto guess = regression_of(context, z, fixed);
  const auto fit = fit_robustly(guess.features, guess.targets);
  const auto& mean = fit.coefficients;
  const auto kept = static_cast<std::int64_t>(guess.columns.size());
  const auto type = scoring.weight.scalar_type();
  scoring.weight.index_copy_(1, at::tensor(guess.columns, at::kLong), mean.narrow(0, 0, kept).t().to(type));
  scoring.intercept.copy_(mean.select(0, kept).to(type));
  scoring.reach.copy_((robust_scale(fit.residuals) + 1e-6).to(type));
  scoring.enabled.fill_(1);
  const auto start = family.start(i, context, observation, values);
  scoring.standardizer.fit(at::cat({start.location, at::log(start.scale)}, -1));
  const auto left = regression_of(family.with_start(i, context, start), (z - start.location) / start.scale, fixed);
  const double with = held_out_score(left) - at::log(start.scale).mean().item<double>();
  if (with > held_out_score(guess)) return start;
  scoring.enabled.fill_(0);
  return {};
}

void set_affine(DensityEstimator& estimator, const Regression& regression) {
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
  estimator.bias.narrow(0, 0, size).copy_(shift.to(estimator.bias.scalar_type()));
  if (log_scale.defined()) estimator.bias.narrow(0, size, size).copy_(log_scale.to(estimator.bias.scalar_type()));
}

}  // namespace

void warm_start(DualFamily& family, std::int64_t data_sets, at::Generator& generator) {
  at::NoGradGuard no_grad;
  const auto values = family.model().simulate(data_sets, generator);
  const auto observation = family.model().observe(values);
  const auto encodings = family.encoder().fit(family.model(), values);
  std::vector<at::Tensor> z;
  for (std::size_t i = 0; i < family.estimators().size(); ++i) {
    const auto& plan = family.plan().estimators[i];
    auto& estimator = family.estimators()[i];
    z.push_back(family.model().unconstrain(plan.variable, values));
    for (std::size_t u = 0; u < plan.upper.size(); ++u) {
      for (std::size_t j = 0; j < i; ++j) {
        if (family.plan().estimators[j].variable == plan.upper[u]) estimator.upper[u].fit(z[j]);
      }
    }
    const auto context = family.context(i, encodings, z);
    const auto& fixed = family.encoder().fixed(plan.depth);
    Start start;
    if (plan.scoring_steps > 0) start = set_scoring(family, i, context, values, observation, z[i], fixed);
    if (estimator.linear.defined()) {
      const auto target = start.defined() ? (z[i] - start.location) / start.scale : z[i];
      set_affine(estimator, regression_of(family.with_start(i, context, start), target, fixed));
    }
  }
}

}  // namespace adavi
