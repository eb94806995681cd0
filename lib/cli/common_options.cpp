#include "cli/common_options.hpp"

#include <CLI/CLI.hpp>

#include "cli/terminal.hpp"

namespace adavi {
namespace {

constexpr int most_threads = 1024;

}  // namespace

void add_common_options(CLI::App& command, CommonOptions& common) {
  command.add_option("--seed", common.engine.seed, "Seed of every random number (0)")
      ->check(CLI::NonNegativeNumber.description(""))
      ->type_name("N");
  command.add_option("--threads", common.engine.threads, "Threads (all cores)")
      ->check(CLI::Range(1, most_threads).description(""))
      ->type_name("N");
  command.add_option("--device", common.engine.device, "auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}).description(""))
      ->type_name("NAME");
  command.add_flag("--quiet", common.quiet, "No progress and no warnings");
  command
      .add_option_function<std::string>("--color", set_color,
                                        "auto, always or never (auto: a terminal, and no NO_COLOR)")
      ->check(CLI::IsMember({"auto", "always", "never"}).description(""))
      ->trigger_on_parse()
      ->type_name("WHEN");
}

void add_json_option(CLI::App& command, CommonOptions& common) {
  command.add_flag("--json", common.json, "One JSON document instead of tables");
}

void add_config_option(CLI::App& command, std::string& config) {
  command.add_option("--config", config, "Network and training, as JSON (good defaults)")->type_name("FILE");
}

Configuration configuration_from(const std::string& config) {
  return config.empty() ? Configuration() : read_configuration(config);
}

void add_example(CLI::App& command, const std::string& example) { command.footer("Example:\n  " + example); }

}  // namespace adavi
