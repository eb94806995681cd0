#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "io/ndarray.hpp"

namespace adavi {

/// A trained model or a checkpoint: everything that rebuilds it. Texts are UTF-8.
struct Artifact {
  std::string kind = "model";  ///< "model" or "checkpoint"
  std::string model_name;      ///< name of the model's file, for messages
  std::string model;           ///< its text
  std::string constants;       ///< JSON: the overrides in force
  std::string configuration;   ///< JSON: `configuration_json`
  std::string history;         ///< JSON: TrainingResult::history
  std::string environment;     ///< JSON: TrainingResult::environment
  std::string fitted;          ///< JSON: FittedData of a non-amortized training; empty for an amortized one
  std::string state;           ///< JSON: the rest of a checkpoint's state; empty for a model
  std::uint64_t seed = 0;
  std::string version;  ///< of the adavi that wrote it; filled in when written
  FloatArrays tensors;  ///< empty until read
};

/// Writes a safetensors file (length, JSON header, raw little-endian float32): whole or not at all. Its
/// `__metadata__` holds the fields above, the format's version, a hash of each tensor and one of the header's content.
/// Errors of the disk are Failure(failed).
void write_artifact(const std::string& path, const Artifact& artifact);

/// Opens an artifact in two steps, so that a file from a stranger takes no more memory than its length: the metadata
/// first, from which the caller derives names and shapes, then the tensors. Nothing of the file is ever run. Throws
/// Failure(mismatch): no safetensors file, truncated, damaged, of another program or of a newer format.
class ArtifactReader {
 public:
  explicit ArtifactReader(const std::string& path);
  ArtifactReader(ArtifactReader&&) noexcept;
  ArtifactReader& operator=(ArtifactReader&&) noexcept;
  ~ArtifactReader();

  /// All fields but the tensors.
  const Artifact& metadata() const;
  /// Names and shapes as the file declares them, already held against its length.
  std::map<std::string, Shape> shapes() const;
  /// The tensors, which must be exactly the expected ones.
  FloatArrays read_tensors(const std::map<std::string, Shape>& expected) const;
  /// The tensors as declared: for checkpoints, whose optimizer state the model's text alone does not name.
  FloatArrays read_tensors() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adavi
