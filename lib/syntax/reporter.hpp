#pragma once
#include <cstddef>

#include "diagnostics/diagnostics.hpp"

namespace adavi::syntax {

/// Thrown where reading on makes no sense: a limit is passed, or there are too many errors. Its cause is reported.
struct Stopped {};

/// Passes the errors of one text on, each once.
class Reporter {
 public:
  explicit Reporter(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  /// Drops an error at the place of the last one. Throws `Stopped` when there are too many.
  void report(Diagnostic diagnostic);
  bool failed() const { return count_ > 0; }

 private:
  Diagnostics& diagnostics_;
  std::size_t count_ = 0;
  std::uint32_t last_ = 0;
};

}  // namespace adavi::syntax
