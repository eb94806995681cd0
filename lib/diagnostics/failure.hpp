#pragma once
#include <stdexcept>
#include <string>

namespace adavi {

/// Exit statuses of the binary (README, "Exit status").
enum class ExitStatus {
  done = 0,
  failed = 1,          ///< the work failed: training diverged, disk full
  usage = 2,           ///< wrong command line
  model_errors = 3,    ///< the model has errors
  mismatch = 4,        ///< the data or the artifact does not fit
  not_calibrated = 5,  ///< `calibrate` found posteriors that are not
  internal = 70,       ///< a bug of ours
  interrupted = 130,   ///< stopped by the user, state saved
};

/// Work that ends with a message for the user and an exit status. Thrown anywhere, caught once, in main.
class Failure : public std::runtime_error {
 public:
  Failure(ExitStatus status, const std::string& message) : std::runtime_error(message), status_(status) {}
  ExitStatus status() const { return status_; }

 private:
  ExitStatus status_;
};

}  // namespace adavi
