#pragma once
#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "nn/layers.hpp"

/// Robust linear regressions on simulations, in float64: what the warm start and the messages are fitted with.
namespace adavi {

/// Features with a last column of ones, and targets, a row a ground instance.
struct Regression {
  at::Tensor features;                ///< [rows, kept + 1]
  at::Tensor targets;                 ///< [rows, D]
  std::vector<std::int64_t> columns;  ///< the context's columns that are kept
};

/// All parts of a context side by side, a row a ground instance.
at::Tensor rows_of(const Context& context);
/// Every n-th row, so that a regression stays cheap.
at::Tensor thinned(const at::Tensor& rows);

/// A regression of `target` [..., D] on those columns of a context that do not change with training: columns beyond
/// `fixed` and those it flags. Of instances that are `present` (presence.hpp) alone.
Regression regression_of(const Context& context, const at::Tensor& target, const std::vector<char>& fixed,
                         const at::Tensor& present = {});

/// The regression on the constant alone.
Regression without_features(const Regression& regression);

/// A regression that rows far from the others do not govern, and what it leaves.
struct RobustFit {
  at::Tensor coefficients;  ///< [features, D]
  at::Tensor residuals;     ///< [rows, D]
  at::Tensor weights;       ///< [rows, 1]: 1, and less beyond four robust standard deviations
};

/// Ridge regression by iteratively reweighted least squares. Light-tailed residuals keep weights of one: ordinary
/// ridge.
RobustFit fit_robustly(const at::Tensor& features, const at::Tensor& targets);
/// Coefficients [features, D] of ridge regression, rows weighted by `weights` [rows, 1 or D].
at::Tensor fit_weighted(const at::Tensor& features, const at::Tensor& targets, const at::Tensor& weights);
/// Coefficients [features, D] of the log scale of residuals [rows, D].
at::Tensor fit_log_scale(const at::Tensor& features, const at::Tensor& residuals);

/// Median absolute deviation of each column as a standard deviation, kept positive.
at::Tensor robust_scale(const at::Tensor& residuals);
/// Gaussian log density per dimension of residuals with the given log scales [rows], rows far out counted as less so.
at::Tensor scores(const at::Tensor& residuals, const at::Tensor& log_scale);
/// Log density per dimension [rows], on the second half of the rows, of a Gaussian regression fitted to the first, its
/// scale constant or log-linear, whichever predicts better.
at::Tensor held_out_scores(const Regression& regression);
/// The same of N(0, I).
at::Tensor held_out_scores_of_none(const Regression& regression);
/// Their means.
double held_out_score(const Regression& regression);
double held_out_score_of_none(const Regression& regression);
/// Whether scores [rows] are higher than others of the same rows by more than chance would have it.
bool clearly_higher(const at::Tensor& scores, const at::Tensor& others);

}  // namespace adavi
