#include "running/command.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "cli/output.hpp"
#include "diagnostics/failure.hpp"

extern char** environ;

namespace adavi {
namespace {

std::string as_text(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + shell_quoted(word);
  return text;
}

/// Starts the command with its stdout on `output`.
pid_t start(std::vector<std::string> words, int output) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, output);
  pid_t process = -1;
  const int failed = posix_spawnp(&process, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? process : -1;
}

std::string read_to_end(int input) {
  std::string text;
  std::array<char, 65536> buffer{};
  for (ssize_t count; (count = read(input, buffer.data(), buffer.size())) > 0;)
    text.append(buffer.data(), static_cast<std::size_t>(count));
  return text;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

CommandResult run_command(const std::vector<std::string>& words) {
  using Clock = std::chrono::steady_clock;
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw Failure(ExitStatus::failed, "cannot make a pipe");
  const auto begin = Clock::now();
  const pid_t process = start(words, ends[1]);
  close(ends[1]);
  CommandResult result;
  if (process >= 0) result.out = read_to_end(ends[0]);
  close(ends[0]);
  int status = -1;
  rusage usage{};
  if (process < 0 || wait4(process, &status, 0, &usage) != process || status != 0)
    throw Failure(ExitStatus::failed, "this command failed: " + as_text(words));
  result.wall_seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  result.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  result.peak_mib = static_cast<double>(usage.ru_maxrss) / 1024;
  return result;
}

std::string default_adavi() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  const auto beside = self.parent_path() / "adavi";
  return !error && std::filesystem::exists(beside) ? beside.string() : "adavi";
}

WorkFolder::WorkFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "adavi-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw Failure(ExitStatus::failed, "cannot make a temporary folder");
  path_ = pattern;
}

WorkFolder::~WorkFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace adavi
