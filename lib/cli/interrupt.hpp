#pragma once
#include <atomic>

namespace adavi {

/// While it lives, the first SIGINT or SIGTERM sets the flag and prints `message` on stderr; the second ends the
/// program at once.
class InterruptGuard {
 public:
  explicit InterruptGuard(const char* message);
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  ~InterruptGuard();

  const std::atomic<bool>& flag() const;
  /// Failure(interrupted) once the flag is set: for work that leaves nothing behind.
  void stop_if_requested() const;
};

}  // namespace adavi
