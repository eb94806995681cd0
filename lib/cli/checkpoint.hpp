#pragma once
#include <string>

#include "io/artifact.hpp"

namespace adavi {

/// The state of an unfinished training, in a file beside its result: MODEL.adavi.ckpt.
class Checkpoint {
 public:
  /// `origin` says what is trained: everything of the artifact but its tensors and state.
  Checkpoint(const std::string& target, Artifact origin);

  const std::string& path() const { return path_; }
  bool exists() const;
  /// Reads the state back. Failure(usage) if there is none; Failure(mismatch) if it belongs to another model, other
  /// constants, another configuration (its time limit may differ), other fitted data or another seed.
  Artifact resume() const;
  /// Replaces the file. Disk errors do not stop the training: a warning the first time, and `failed()`.
  void save(const FloatArrays& tensors, const std::string& state);
  /// Whether a state was saved, and whether the last attempt failed.
  bool saved() const { return saved_; }
  bool failed() const { return failed_; }
  /// After the result is written.
  void remove() const;

 private:
  std::string path_;
  Artifact origin_;
  bool saved_ = false, failed_ = false;
};

}  // namespace adavi
