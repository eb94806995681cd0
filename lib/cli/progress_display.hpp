#pragma once
#include <chrono>
#include <string>

#include "inference/engine.hpp"

namespace adavi {

/// Training progress as one line without its end:
/// `reverse KL  [#####.....] step 1200/3000  loss -238.114  ELBO -239.021 +- 0.083  85 steps/s  21 s left`
std::string progress_line(const Progress& progress);

/// Shows progress on stderr: one line that is redrawn on a terminal, otherwise a line now and then.
class ProgressDisplay {
 public:
  explicit ProgressDisplay(bool quiet);
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;
  /// Ends the redrawn line.
  ~ProgressDisplay();

  void update(const Progress& progress);

 private:
  using Clock = std::chrono::steady_clock;

  bool due(const Progress& progress) const;

  bool quiet_, redraws_;
  bool drawn_ = false;
  Clock::time_point last_;
  std::string phase_;
};

}  // namespace adavi
