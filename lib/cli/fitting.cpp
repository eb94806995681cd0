#include "cli/fitting.hpp"

#include <algorithm>

#include "cli/terminal.hpp"
#include "diagnostics/failure.hpp"

namespace adavi {
namespace {

/// "'a', 'b', 'c', ..."
std::string quoted(const std::vector<std::string>& names) {
  constexpr std::size_t most_listed = 8;
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most_listed); ++i) text += (i == 0 ? "'" : ", '") + names[i] + "'";
  return names.size() > most_listed ? text + ", ..." : text;
}

std::string only_knows(const TrainedModel& trained, const FittedData& fitted) {
  return trained.path() + " was fitted to data set '" + fitted.name + "' of " + fitted.file + " alone";
}

}  // namespace

FitTarget read_fit_target(const std::string& file, const std::string& name, const HbmModel& model) {
  const DataSets data(file, model);
  const auto& names = data.names();
  if (name.empty() && names.size() > 1)
    throw Failure(ExitStatus::usage, "--fit " + file + ": fits one data set, and the file holds " +
                                         std::to_string(names.size()) + "\n  help: choose by --data-set one of " +
                                         quoted(names));
  const auto found = name.empty() ? names.begin() : std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw Failure(ExitStatus::usage, "--data-set " + name + ": " + file + " holds " + quoted(names));
  FitTarget target;
  target.data = data.read(found - names.begin(), 1);
  target.identity = {file, *found, content_of(target.data)};
  return target;
}

void check_fitted(const TrainedModel& trained, const DataSets& data, bool quiet) {
  const auto fitted = trained.fitted();
  if (!fitted) return;
  std::vector<std::string> others;
  for (std::int64_t i = 0; i < data.size(); ++i) {
    if (content_of(data.read(i, 1)) != fitted->content) others.push_back(data.names()[static_cast<std::size_t>(i)]);
  }
  if (others.empty()) return;
  const std::string which = data.path() + " has " + (others.size() == 1 ? "another: " : "others: ") + quoted(others);
  if (trained.configuration().architecture.free)
    throw Failure(ExitStatus::mismatch, only_knows(trained, *fitted) + ", without an encoder; " + which);
  if (!quiet) warn(only_knows(trained, *fitted) + "; " + which + ", whose posteriors may be far off");
}

void require_amortized(const TrainedModel& trained, const std::string& what) {
  const auto fitted = trained.fitted();
  if (fitted) throw Failure(ExitStatus::mismatch, only_knows(trained, *fitted) + ": " + what);
}

}  // namespace adavi
