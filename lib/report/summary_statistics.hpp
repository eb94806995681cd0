#pragma once
#include <vector>

namespace adavi {

/// What `summary` says of one scalar.
struct ScalarSummary {
  double mean = 0;
  double mcse = 0;  ///< Monte-Carlo standard error of the mean: sd / sqrt(n), as the draws are independent
  double sd = 0;    ///< with n - 1
  double q5 = 0, q50 = 0, q95 = 0;
};

/// Summary of independent draws, at least one. NaN among them makes every number NaN; one draw has no sd (NaN).
ScalarSummary summarise(std::vector<double> draws);

/// Quantile by linear interpolation between order statistics, probability in [0, 1] (R's type 7). `sorted` is not
/// empty.
double quantile(const std::vector<double>& sorted, double probability);

/// Mean, median and standard error of the mean.
struct MeanSummary {
  double mean = 0, median = 0, se = 0;
};
MeanSummary summarise_mean(const std::vector<double>& values);

}  // namespace adavi
