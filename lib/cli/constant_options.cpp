#include <CLI/CLI.hpp>

#include "cli/common_options.hpp"
#include "io/constants_file.hpp"

namespace adavi {

void add_constant_options(CLI::App& command, ConstantOptions& constants) {
  command.add_option("--set", constants.settings, "A constant of the 'data' block; lists as JSON: --set 'w=[1, 2]'")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--data", constants.file, "Constants from a JSON or HDF5 file; --set goes before it")
      ->type_name("FILE");
}

ConstantOverrides constant_overrides(const ConstantOptions& constants) {
  ConstantOverrides overrides;
  if (!constants.file.empty()) overrides = read_constants(constants.file);
  for (const std::string& setting : constants.settings) set_constant(overrides, setting);
  return overrides;
}

}  // namespace adavi
