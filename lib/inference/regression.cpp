#include "inference/regression.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "inference/presence.hpp"

namespace adavi {
namespace {

constexpr std::int64_t most_rows = 20000;                // ground instances used in a regression
constexpr double ridge = 1e-4;                           // relative to the number of rows; features are standardised
constexpr double variance_ridge = 3e-2;                  // log residuals are noisy: shrink harder
const double mean_log_chi_square = -1.2703628454614782;  // E log(chi^2 with one degree of freedom)

/// Coefficients [features, D] of ridge regression; the column of ones is not shrunk.
at::Tensor solve_ridge(const at::Tensor& features, const at::Tensor& targets, double strength) {
  auto penalty = at::full({features.size(1)}, strength * static_cast<double>(features.size(0)), features.options());
  penalty[-1] = 1e-9;
  return at::linalg_solve(at::mm(features.t(), features) + at::diag(penalty), at::mm(features.t(), targets));
}

}  // namespace

at::Tensor rows_of(const Context& context) {
  std::vector<at::Tensor> leading;
  for (const auto& part : context) leading.push_back(part.narrow(-1, 0, 0).sum(-1));
  const auto shape = at::broadcast_tensors(leading).front().sizes().vec();
  std::vector<at::Tensor> parts;
  for (const auto& part : context) {
    auto full = shape;
    full.push_back(part.size(-1));
    parts.push_back(part.expand(full).reshape({-1, part.size(-1)}));
  }
  return at::cat(parts, 1);
}

at::Tensor thinned(const at::Tensor& rows) {
  const auto step = std::max<std::int64_t>(1, rows.size(0) / most_rows);
  return step == 1 ? rows : rows.slice(0, 0, rows.size(0), step);
}

Regression regression_of(const Context& context, const at::Tensor& target, const std::vector<char>& fixed,
                         const at::Tensor& present) {
  Regression result;
  auto features = thinned(present_rows(rows_of(context), present));
  const auto targets = thinned(present_rows(target, present));
  for (std::int64_t c = 0; c < features.size(1); ++c) {
    const bool in_encoding = c < static_cast<std::int64_t>(fixed.size());
    if (!in_encoding || fixed[static_cast<std::size_t>(c)]) result.columns.push_back(c);
  }
  features = features.index_select(1, at::tensor(result.columns, at::kLong)).to(at::kDouble);
  result.features = at::cat({features, at::ones({features.size(0), 1}, features.options())}, 1);
  result.targets = targets.to(at::kDouble);
  const auto finite = at::isfinite(result.features).all(1) & at::isfinite(result.targets).all(1);
  if (!finite.all().item<bool>()) {
    const auto kept = finite.nonzero().squeeze(1);
    result.features = result.features.index_select(0, kept);
    result.targets = result.targets.index_select(0, kept);
  }
  return result;
}

at::Tensor robust_scale(const at::Tensor& residuals) { return 1.4826 * std::get<0>(residuals.abs().median(0)) + 1e-12; }

Regression without_features(const Regression& regression) {
  const auto kept = static_cast<std::int64_t>(regression.columns.size());
  return {regression.features.narrow(1, kept, 1), regression.targets, {}};
}

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

at::Tensor fit_weighted(const at::Tensor& features, const at::Tensor& targets, const at::Tensor& weights) {
  std::vector<at::Tensor> columns;
  for (std::int64_t d = 0; d < targets.size(1); ++d) {
    const auto own = weights.select(1, weights.size(1) == 1 ? 0 : d).unsqueeze(1);
    const auto root = (own / own.mean()).sqrt();
    columns.push_back(solve_ridge(features * root, targets.narrow(1, d, 1) * root, ridge));
  }
  return at::cat(columns, 1);
}

at::Tensor fit_log_scale(const at::Tensor& features, const at::Tensor& residuals) {
  const auto smallest = 1e-12 * residuals.square().mean(0) + 1e-30;
  const auto log_squares = 0.5 * (at::log(residuals.square() + smallest) - mean_log_chi_square);
  return solve_ridge(features, log_squares, variance_ridge);
}

at::Tensor scores(const at::Tensor& residuals, const at::Tensor& log_scale) {
  constexpr double farthest = 50;  // of squares: beyond, a row says no more
  return (-log_scale - 0.5 * (residuals * at::exp(-log_scale)).square().clamp_max(farthest)).mean(1);
}

at::Tensor held_out_scores(const Regression& regression) {
  const auto& x = regression.features;
  const auto half = x.size(0) / 2, rest = x.size(0) - half;
  const auto learned = x.narrow(0, 0, half), held = x.narrow(0, half, rest);
  const auto fit = fit_robustly(learned, regression.targets.narrow(0, 0, half));
  const auto residuals = regression.targets.narrow(0, half, rest) - at::mm(held, fit.coefficients);
  const auto constant = scores(residuals, at::log(robust_scale(fit.residuals)).expand_as(residuals));
  const auto varying = scores(residuals, at::mm(held, fit_log_scale(learned, fit.residuals)).clamp(-30, 30));
  return constant.mean().item<double>() >= varying.mean().item<double>() ? constant : varying;
}

at::Tensor held_out_scores_of_none(const Regression& regression) {
  const auto half = regression.targets.size(0) / 2;
  const auto held = regression.targets.narrow(0, half, regression.targets.size(0) - half);
  return scores(held, at::zeros_like(held));
}

double held_out_score(const Regression& regression) { return held_out_scores(regression).mean().item<double>(); }

double held_out_score_of_none(const Regression& regression) {
  return held_out_scores_of_none(regression).mean().item<double>();
}

bool clearly_higher(const at::Tensor& scores, const at::Tensor& others) {
  constexpr double standard_errors = 2;
  const auto gain = scores - others;
  const auto rows = static_cast<double>(gain.numel());
  return gain.mean().item<double>() > standard_errors * gain.std(/*unbiased=*/false).item<double>() / std::sqrt(rows);
}

}  // namespace adavi
