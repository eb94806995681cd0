#pragma once
#include <ATen/ATen.h>

#include <cstdint>
#include <map>
#include <vector>

#include "codegen/dual_plan.hpp"
#include "inference/data_patterns.hpp"
#include "inference/losses.hpp"
#include "inference/training_options.hpp"
#include "io/ndarray.hpp"

namespace adavi {

/// Options with what they leave to the model decided by it. A training for one data set takes as many draws of it as
/// others take of their batch; one of a subset of the latents takes more data sets, also to be validated with, where
/// these are small.
TrainingOptions settled(TrainingOptions options, const HbmModel& model, const DualPlan& plan,
                        bool one_data_set = false);

/// The data sets of a training: batches simulated on the fly or from a fixed set of simulations, and those that it is
/// validated with. The same seed gives the same data sets. Or the one data set that is fitted, for both.
class TrainingData {
 public:
  /// `options` are settled ones; `fit` is TrainingRequest::fit.
  TrainingData(const GenerativeModel& model, const TrainingOptions& options, std::uint64_t seed,
               const DoubleArrays* fit = nullptr);

  /// So many batches, side by side, for what is to be found in them before training: the first ones, but with plate
  /// ranges, or where one data set is fitted, others.
  Batch before_steps(std::int64_t batches);
  /// The first steps go round the first ones, with what was found `before` in them, side by side.
  void begin_with(const Batch& before, std::int64_t batches);

  /// The batch of step `step`, counted over all phases.
  Batch batch(std::int64_t step);
  /// One batch, or several where data sets are large; with plate ranges for each of three sizes.
  const std::vector<Batch>& validation() const { return validation_; }

 private:
  bool begins_with_first() const { return !fits_ && !has_ranges(model_.model()); }
  Batch batch_of(VariableValues values, at::Generator& generator) const;
  void simulate_validation();
  Batch fresh(std::int64_t index);

  const GenerativeModel& model_;
  const TrainingOptions options_;
  const std::uint64_t seed_;
  const bool fits_;
  std::vector<Batch> validation_;
  VariableValues pool_;  ///< a fixed training set, if asked for
  at::Tensor order_;     ///< of the pool in epoch_
  std::int64_t epoch_ = -1;
  std::int64_t begun_with_ = 0;           ///< batches
  std::map<std::int64_t, Batch> recent_;  ///< those that may be used again, by index
};

}  // namespace adavi
