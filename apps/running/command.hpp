#pragma once
#include <string>
#include <vector>

namespace adavi {

/// What a finished command wrote and took, measured from outside.
struct CommandResult {
  std::string out;  ///< its stdout
  double wall_seconds = 0;
  double cpu_seconds = 0;  ///< user and system, all threads, from start to end
  double peak_mib = 0;     ///< largest resident memory
};

/// Runs a command to its end; stderr is ours. Failure(failed) with the command if it cannot start or does not succeed.
CommandResult run_command(const std::vector<std::string>& words);

/// The `adavi` of this build: beside this program, else the one in PATH.
std::string default_adavi();

/// A folder that is gone when the program ends.
class WorkFolder {
 public:
  WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  ~WorkFolder();
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

}  // namespace adavi
