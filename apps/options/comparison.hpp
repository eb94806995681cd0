#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "running/adavi_runs.hpp"

namespace adavi {

/// One training of a model and its scores on the model's held-out data sets.
struct Run {
  std::string failure;  ///< empty: it ended well
  Training training;
  std::vector<DataSetScore> scores;  ///< one a data set, the same for all runs of a model; none after a failure

  /// Mean ELBO of those data sets where it is finite; minus infinity where it is for none.
  double elbo() const;
};

/// How far a choice is from the best that is known of a model.
struct Gap {
  double mean = 0, se = 0;      ///< nats a data set; NaN where no run has scores
  std::int64_t failed = 0;      ///< runs that broke down
  std::int64_t not_finite = 0;  ///< scores left out: their ELBO is not finite
  bool whole() const { return failed == 0 && not_finite == 0; }
};

/// Gaps of every choice from the runs of one model, [choice][seed]: the importance-sampled evidence of each data set,
/// of the run with the highest ELBO of all, minus the choice's ELBO.
std::vector<Gap> gaps_to_best(const std::vector<std::vector<Run>>& runs);

}  // namespace adavi
