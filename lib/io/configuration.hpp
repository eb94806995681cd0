#pragma once
#include <string>

#include "codegen/architecture.hpp"
#include "inference/training_options.hpp"

namespace adavi {

/// What a user may choose about the network and its training.
struct Configuration {
  ArchitectureOptions architecture;
  TrainingOptions training;
};

/// Reads `--config F.json`: an object with any of
///
///     {"latents": ["mu", "tau"],
///      "family": "structured",
///      "encoder": {"free", "attention", "embedding", "heads", "inducing", "blocks", "moments"},
///      "estimator": {"trunk", "affine", "flow", "flow_hidden", "spline_bins"},
///      "training": {"phases": [{"loss", "steps"}], "batch", "draws", "learning_rate", ...}}
///
/// What is absent keeps its default. "$schema" and "comment" are allowed everywhere; other unknown keys, wrong types
/// and numbers out of range are Failure(usage) with the file and the key's path.
Configuration read_configuration(const std::string& path);
Configuration parse_configuration(const std::string& text, const std::string& origin);

/// The whole configuration, but for lists that are left to their default; `parse_configuration` gives it back
/// unchanged.
std::string configuration_json(const Configuration& configuration);

}  // namespace adavi
