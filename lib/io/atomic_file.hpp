#pragma once
#include <string>
#include <string_view>

namespace adavi {

/// Throws Failure(failed) if `path` could not become an output file: a directory, no regular file, its folder missing
/// or not writable. Commands call it before the work, so that hours are not lost for a typing slip.
void check_writable_target(const std::string& path);

/// An output that appears whole or not at all: written to a temporary beside its target, synced, renamed, and the
/// folder synced. A target that is a symbolic link keeps being one; an existing file keeps its permissions.
class AtomicFile {
 public:
  /// Creates the temporary. Throws as `check_writable_target`.
  explicit AtomicFile(const std::string& path);
  AtomicFile(const AtomicFile&) = delete;
  AtomicFile& operator=(const AtomicFile&) = delete;
  /// Removes the temporary unless `commit` came first.
  ~AtomicFile();

  const std::string& path() const { return path_; }
  /// Where to write, for libraries that open files by name.
  const std::string& temporary() const { return temporary_; }
  /// Appends bytes. Throws Failure(failed) naming the target and the reason (disk full, ...).
  void write(std::string_view bytes);
  /// Makes the target appear. Throws Failure(failed).
  void commit();

 private:
  [[noreturn]] void fail(const std::string& what) const;

  std::string path_;    ///< as the user wrote it, for messages
  std::string target_;  ///< links resolved
  std::string temporary_;
  int descriptor_ = -1;
};

}  // namespace adavi
