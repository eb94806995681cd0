#include "cli/terminal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "diagnostics/failure.hpp"

namespace adavi {
namespace {

bool color = false;

void label(const char* text, const char* code) {
  if (color)
    std::fprintf(stderr, "\033[%sm%s:\033[0m ", code, text);
  else
    std::fprintf(stderr, "%s: ", text);
}

}  // namespace

void prepare_streams() {
  // A closed stream would be given to the first file that is opened, and messages would be written into it.
  for (int fd = 0; fd <= 2; ++fd)
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF) (void)!open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  set_color("auto");
}

void set_color(const std::string& when) {
  const char* no_color = std::getenv("NO_COLOR");
  const bool wanted = (no_color == nullptr || *no_color == '\0') && isatty(STDERR_FILENO) != 0;
  color = when == "always" || (when == "auto" && wanted);
}

bool color_on_stderr() { return color; }

bool interactive_stderr() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) != 0 && (terminal == nullptr || std::strcmp(terminal, "dumb") != 0);
}

void print(const std::string& text) {
  errno = 0;
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
  if (errno == EPIPE) throw Failure(ExitStatus::failed, "");
  throw Failure(ExitStatus::failed, std::string("cannot write to the standard output: ") + std::strerror(errno));
}

void warn(const std::string& message) {
  label("warning", "1;35");
  note(message + "\n");
}

void print_error(const std::string& message) {
  label("error", "1;31");
  note(message + "\n");
}

void note(const std::string& text) { std::fputs(text.c_str(), stderr); }

}  // namespace adavi
