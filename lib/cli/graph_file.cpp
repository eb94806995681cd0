#include "cli/graph_file.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>

#include "cli/output.hpp"
#include "diagnostics/failure.hpp"
#include "io/atomic_file.hpp"

extern char** environ;

namespace adavi {
namespace {

using Stream = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::string extension(const std::string& path) { return std::filesystem::path(path).extension().string(); }

/// A nameless file with a text, from its beginning.
Stream temporary_file(const std::string& text) {
  Stream file(std::tmpfile(), std::fclose);
  if (!file || std::fwrite(text.data(), 1, text.size(), file.get()) != text.size() || std::fflush(file.get()) != 0)
    throw Failure(ExitStatus::failed, std::string("cannot write a temporary file: ") + std::strerror(errno));
  std::rewind(file.get());
  return file;
}

/// Runs Graphviz on a text; its messages go to stderr. Whether it succeeded; Failure(failed) if it is not there.
bool run_graphviz(const std::string& path, std::vector<std::string> arguments, const std::string& text) {
  const Stream input = temporary_file(text);
  std::vector<char*> words;
  for (std::string& argument : arguments) words.push_back(argument.data());
  words.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, fileno(input.get()), STDIN_FILENO);
  pid_t process = 0;
  const int error = posix_spawnp(&process, words[0], &actions, nullptr, words.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0)
    throw Failure(ExitStatus::failed, path + ": an SVG is drawn by Graphviz's 'dot', which cannot be started: " +
                                          std::strerror(error) + "\n  help: install it (Debian: apt install " +
                                          "graphviz), or write " + shell_quoted(with_extension(path, ".dot")));
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) continue;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

void check_graph_output(const std::string& path, const std::vector<std::string>& inputs) {
  const std::string kind = extension(path);
  if (kind != ".svg" && kind != ".dot" && kind != ".gv")
    throw Failure(ExitStatus::usage, "--graph: expected a name that ends in .svg or .dot, found '" + path + "'");
  check_output(path, inputs);
}

void write_graph(const std::string& path, const std::string& dot) {
  AtomicFile file(path);
  if (extension(path) != ".svg") {
    file.write(dot);
  } else if (!run_graphviz(path, {"dot", "-Tsvg", "-o", file.temporary()}, dot)) {
    throw Failure(ExitStatus::failed, path + ": Graphviz's 'dot' failed");
  }
  file.commit();
}

}  // namespace adavi
