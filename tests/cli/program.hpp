#pragma once
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

extern char** environ;

namespace adavi::testing {

/// A folder that is gone when the test is.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "adavi-cli-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  /// Number of files in it, hidden ones too.
  std::size_t files() const {
    const std::filesystem::directory_iterator begin(path_);
    return static_cast<std::size_t>(std::distance(begin, std::filesystem::directory_iterator()));
  }

 private:
  std::string path_;
};

inline std::string read_file(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

inline void write_file(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

/// `text` with every occurrence of `from` replaced.
inline std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// How a program ended and what it said.
struct Outcome {
  int status = -1;  ///< as a shell has it: 128 + signal where one ended it
  std::string out, err;
};

/// A running program whose streams go to files.
class Running {
 public:
  explicit Running(std::vector<std::string> words) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 1, (folder_ / "out").c_str(), O_WRONLY | O_CREAT, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, (folder_ / "err").c_str(), O_WRONLY | O_CREAT, 0600);
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int failed = posix_spawnp(&process_, arguments[0], &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) throw std::runtime_error("cannot start " + words[0]);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  /// A test that fails leaves nothing running.
  ~Running() {
    if (process_ < 0) return;
    kill(process_, SIGKILL);
    waitpid(process_, nullptr, 0);
  }
  std::string err() const { return read_file(folder_ / "err"); }
  void send(int signal) const { kill(process_, signal); }
  /// Waits for the end.
  Outcome wait() {
    int status = 0;
    waitpid(process_, &status, 0);
    process_ = -1;
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return {code, read_file(folder_ / "out"), err()};
  }

 private:
  Folder folder_;
  pid_t process_ = -1;
};

inline Running start_adavi(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), ADAVI_PROGRAM);
  return Running(std::move(arguments));
}

/// Runs the built binary to its end.
inline Outcome run(std::vector<std::string> arguments) { return start_adavi(std::move(arguments)).wait(); }

/// Runs a shell line in which `$ADAVI` is the built binary, for redirections and limits.
inline Outcome shell(const std::string& line) {
  return Running({"sh", "-c", "export ADAVI='" ADAVI_PROGRAM "'; " + line}).wait();
}

/// A file of the repository.
inline std::string source_file(const std::string& path) { return std::string(ADAVI_SOURCE_DIR) + "/" + path; }

}  // namespace adavi::testing
