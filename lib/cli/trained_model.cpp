#include "cli/trained_model.hpp"

#include "cli/engine_library.hpp"
#include "cli/pipeline.hpp"
#include "cli/terminal.hpp"
#include "codegen/subset.hpp"
#include "diagnostics/failure.hpp"
#include "diagnostics/render.hpp"
#include "io/constants_file.hpp"

namespace adavi {
namespace {

HbmModel rebuild(const std::string& path, const Artifact& artifact) {
  if (artifact.kind != "model")
    throw Failure(ExitStatus::mismatch, path +
                                            ": is the checkpoint of an unfinished training, not a trained model\n"
                                            "  help: continue it with 'adavi train ... --resume'");
  const SourceFile source(artifact.model_name, artifact.model);
  Diagnostics diagnostics;
  auto model = compile(source, parse_constants(artifact.constants, path + " (constants)"), diagnostics);
  if (!model)
    throw Failure(ExitStatus::mismatch,
                  path + ": holds a model that adavi " ADAVI_VERSION " does not accept (written by adavi " +
                      artifact.version + ")\n" + render(source, diagnostics));
  return std::move(*model);
}

DualPlan replan(const std::string& path, const Artifact& artifact, const HbmModel& model) {
  try {
    const auto architecture = parse_configuration(artifact.configuration, path + " (configuration)").architecture;
    const std::string wrong_latents = unsuited_latents(model, architecture.latents);
    if (!wrong_latents.empty())
      throw Failure(ExitStatus::mismatch, path + " (configuration): latents: " + wrong_latents);
    return derive(model, architecture);
  } catch (const Failure& failure) {
    // In a file of the user's this would be wrong usage; here the artifact does not fit.
    throw Failure(ExitStatus::mismatch, failure.what());
  }
}

}  // namespace

TrainedModel::TrainedModel(const std::string& path)
    : path_(path), reader_(path), model_(rebuild(path, metadata())), plan_(replan(path, metadata(), model_)) {}

Configuration TrainedModel::configuration() const {
  return parse_configuration(metadata().configuration, path_ + " (configuration)");
}

std::optional<FittedData> TrainedModel::fitted() const {
  if (metadata().fitted.empty()) return std::nullopt;
  return parse_fitted(metadata().fitted, path_ + " (fitted)");
}

std::unique_ptr<Posterior> TrainedModel::load(const EngineOptions& options) const {
  const FloatArrays tensors = reader_.read_tensors(engine().expected_tensors(model_, plan_));
  return engine().load(model_, plan_, tensors, options);
}

void require_all_latents(const TrainedModel& trained, const std::string& what) {
  if (trained.left_out().empty()) return;
  std::string kept;
  for (const std::string& name : trained.configuration().architecture.latents)
    kept += (kept.empty() ? "" : ", ") + name;
  throw Failure(ExitStatus::usage, what + " needs all latents, and " + trained.path() + " infers " + kept + " alone");
}

void warn_of_untrained(const TrainedModel& trained, const DataSets& data) {
  if (trained.fitted()) return;
  if (data.has_missing() && trained.configuration().training.missing == 0) {
    warn(data.path() + " has missing values, and " + trained.path() +
         " was trained without: its posteriors may be less exact (train with {\"training\": {\"missing\": 0.5}} in "
         "--config)");
  }
  for (std::size_t i = 0; i < trained.model().plates.size(); ++i) {
    const Plate& plate = trained.model().plates[i];
    const std::int64_t size = data.cardinalities()[i];
    if (size >= plate.lower && size <= plate.upper) continue;
    warn(data.path() + ": plate " + plate.name + " has " + std::to_string(size) + " elements; " + trained.path() +
         " was trained for " + std::to_string(plate.lower) + " to " + std::to_string(plate.upper));
  }
}

}  // namespace adavi
