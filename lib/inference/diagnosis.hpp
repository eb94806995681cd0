#pragma once
#include <map>
#include <string>

#include "inference/losses.hpp"

namespace adavi {

/// The variable that made a training step not finite. Goes through the step again without gradients, `generator` seeded
/// as the step's draws were: a variable whose simulated values overflow; the observed one where its encoding is
/// not; the first latent, in sampling order, whose start, draw, log q or log density is not; the observed one where its
/// likelihood is not; of the gradients that the step left, the last estimator's that is not. Empty where there is none:
/// the encoder alone.
std::string culprit(Loss loss, DualFamily& family, const Batch& batch, std::int64_t draws, at::Generator& generator);

/// Steps that were not finite, and so never applied, by what made them so.
class SkippedSteps {
 public:
  /// Counts one; throws Failure(failed) when too many came in a row.
  void add(const std::string& variable, std::int64_t step);
  /// A step was applied.
  void applied() { in_a_row_ = 0; }

  std::int64_t total() const;
  /// "tau: 2, theta: 1", the most frequent first; empty where there are none.
  std::string text() const;
  const std::map<std::string, std::int64_t>& counts() const { return counts_; }
  void restore(const std::map<std::string, std::int64_t>& counts) { counts_ = counts; }

 private:
  std::map<std::string, std::int64_t> counts_;
  int in_a_row_ = 0;
};

}  // namespace adavi
