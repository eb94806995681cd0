#include "cli/progress_display.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli/terminal.hpp"

namespace adavi {
namespace {

constexpr double redraw_seconds = 0.1;
constexpr double line_seconds = 5;

std::string fixed(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

std::string duration(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  if (whole < 120) return std::to_string(whole) + " s";
  if (whole < 7200) return std::to_string(whole / 60) + " min";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole % 3600 / 60) + " min";
}

std::string bar(const Progress& progress) {
  constexpr std::int64_t width = 20;
  if (progress.steps <= 0) return "";
  const auto filled =
      static_cast<std::size_t>(std::clamp<std::int64_t>(width * progress.step / progress.steps, 0, width));
  return "[" + std::string(filled, '#') + std::string(width - filled, '.') + "] ";
}

/// Columns of the terminal, so that the line is not wrapped; a generous guess where it does not say.
std::size_t terminal_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 160;
}

}  // namespace

std::string progress_line(const Progress& progress) {
  std::string text = progress.phase;
  if (progress.step > 0) {
    text += "  " + bar(progress) + "step " + std::to_string(progress.step);
    if (progress.steps > 0) text += "/" + std::to_string(progress.steps);
  }
  if (std::isfinite(progress.loss) && progress.step > 0) text += "  loss " + fixed(progress.loss, 3);
  if (std::isfinite(progress.elbo))
    text += (progress.log_q ? "  log q " : "  ELBO ") + fixed(progress.elbo, 3) + " +- " + fixed(progress.elbo_se, 3);
  if (std::isfinite(progress.gap) && std::isfinite(progress.elbo) && !progress.log_q)
    text += "  gap " + fixed(std::abs(progress.gap), 4);
  if (progress.steps_per_second > 0)
    text += "  " + fixed(progress.steps_per_second, progress.steps_per_second < 10 ? 1 : 0) + " steps/s";
  if (std::isfinite(progress.seconds_left) && progress.seconds_left > 0)
    text += "  " + duration(progress.seconds_left) + " left";
  if (progress.skipped > 0) text += "  " + std::to_string(progress.skipped) + " skipped";
  return text;
}

ProgressDisplay::ProgressDisplay(bool quiet) : quiet_(quiet), redraws_(interactive_stderr()) {}

ProgressDisplay::~ProgressDisplay() {
  if (drawn_) note("\n");
}

/// Whether enough time has passed, or something new is known.
bool ProgressDisplay::due(const Progress& progress) const {
  const double seconds = std::chrono::duration<double>(Clock::now() - last_).count();
  if (progress.phase != phase_) return true;
  return seconds >= (redraws_ ? redraw_seconds : line_seconds);
}

void ProgressDisplay::update(const Progress& progress) {
  if (quiet_ || !due(progress)) return;
  last_ = Clock::now();
  phase_ = progress.phase;
  const std::string line = progress_line(progress);
  if (!redraws_) return note(line + "\n");
  note("\r\033[K" + line.substr(0, terminal_columns() - 1));
  drawn_ = true;
}

}  // namespace adavi
