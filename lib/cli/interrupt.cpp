#include "cli/interrupt.hpp"

#include <unistd.h>

#include <csignal>
#include <cstring>

#include "diagnostics/failure.hpp"

namespace adavi {
namespace {

std::atomic<bool> interrupted{false};
const char* announcement = "";
static_assert(std::atomic<bool>::is_always_lock_free, "set in a signal handler");

/// Only what is allowed in a signal handler.
void on_signal(int) {
  if (interrupted.exchange(true)) _exit(static_cast<int>(ExitStatus::interrupted));
  (void)!write(STDERR_FILENO, "\n", 1);
  (void)!write(STDERR_FILENO, announcement, std::strlen(announcement));
  (void)!write(STDERR_FILENO, "\n", 1);
}

}  // namespace

InterruptGuard::InterruptGuard(const char* message) {
  interrupted = false;
  announcement = message;
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;  // reads and writes go on
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

InterruptGuard::~InterruptGuard() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

const std::atomic<bool>& InterruptGuard::flag() const { return interrupted; }

void InterruptGuard::stop_if_requested() const {
  if (interrupted) throw Failure(ExitStatus::interrupted, "nothing was written");
}

}  // namespace adavi
