#pragma once
#include <memory>
#include <optional>
#include <string>

#include "codegen/dual_plan.hpp"
#include "inference/engine.hpp"
#include "io/artifact.hpp"
#include "io/configuration.hpp"
#include "io/data_sets.hpp"
#include "io/fitted_data.hpp"

namespace adavi {

/// A trained model's file, opened and understood; its tensors are still in the file.
class TrainedModel {
 public:
  /// Rebuilds model and plan from the artifact's text. Failure(mismatch) if it is a checkpoint, or holds what this
  /// version does not accept.
  explicit TrainedModel(const std::string& path);

  const Artifact& metadata() const { return reader_.metadata(); }
  const HbmModel& model() const { return model_; }
  /// Latents that it does not infer (B.4).
  const std::vector<int>& left_out() const { return plan_.left_out; }
  /// How it was trained.
  Configuration configuration() const;
  /// The one data set that it was fitted to; nothing for an amortized model.
  std::optional<FittedData> fitted() const;
  const std::string& path() const { return path_; }
  /// Loads the engine and the tensors, which must be those of the plan.
  std::unique_ptr<Posterior> load(const EngineOptions& options) const;

 private:
  std::string path_;
  ArtifactReader reader_;
  HbmModel model_;
  DualPlan plan_;
};

/// Failure(usage) for a model of a subset of the latents: `what` needs the log joint of all of them.
void require_all_latents(const TrainedModel& trained, const std::string& what);

/// Warns of data that an amortized model's training has not seen the like of: missing values, plates outside of their
/// range.
void warn_of_untrained(const TrainedModel& trained, const DataSets& data);

}  // namespace adavi
