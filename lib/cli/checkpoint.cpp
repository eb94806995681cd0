#include "cli/checkpoint.hpp"

#include <filesystem>
#include <utility>

#include "cli/terminal.hpp"
#include "diagnostics/failure.hpp"
#include "io/configuration.hpp"

namespace adavi {
namespace {

/// A configuration without what may change between the parts of one training.
std::string comparable(const std::string& configuration, const std::string& origin) {
  Configuration parsed = parse_configuration(configuration, origin);
  parsed.training.time_limit = 0;
  return configuration_json(parsed);
}

}  // namespace

Checkpoint::Checkpoint(const std::string& target, Artifact origin)
    : path_(target + ".ckpt"), origin_(std::move(origin)) {
  origin_.kind = "checkpoint";
}

bool Checkpoint::exists() const { return std::filesystem::exists(path_); }

Artifact Checkpoint::resume() const {
  if (!exists()) throw Failure(ExitStatus::usage, "there is nothing to resume: " + path_ + " does not exist");
  const ArtifactReader reader(path_);
  Artifact found = reader.metadata();
  const auto refuse = [&](const std::string& what) {
    return Failure(ExitStatus::mismatch,
                   path_ + ": is the checkpoint of " + what + "\n  help: train without --resume to start anew");
  };
  if (found.kind != "checkpoint") throw Failure(ExitStatus::mismatch, path_ + ": is no checkpoint");
  if (found.model != origin_.model) throw refuse("another model");
  if (found.constants != origin_.constants) throw refuse("other constants: " + found.constants);
  if (comparable(found.configuration, path_) != comparable(origin_.configuration, path_))
    throw refuse("another configuration");
  if (found.fitted != origin_.fitted) throw refuse("a training for other data");
  if (found.seed != origin_.seed) throw refuse("another seed: " + std::to_string(found.seed));
  found.tensors = reader.read_tensors();
  return found;
}

void Checkpoint::save(const FloatArrays& tensors, const std::string& state) {
  origin_.tensors = tensors;
  origin_.state = state;
  try {
    write_artifact(path_, origin_);
    saved_ = true;
    failed_ = false;
  } catch (const Failure& failure) {
    // Training is worth more than its checkpoint.
    if (!failed_) warn(std::string("no checkpoint: ") + failure.what());
    failed_ = true;
  }
}

void Checkpoint::remove() const {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace adavi
