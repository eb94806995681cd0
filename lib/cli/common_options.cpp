#include "cli/common_options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>

#include "cli/terminal.hpp"
#include "codegen/dual_plan.hpp"
#include "diagnostics/failure.hpp"

namespace adavi {
namespace {

constexpr int most_threads = 1024;

/// What is wrong with a seed; CLI11 alone would take the nearest number for one that is too large.
std::string wrong_seed(const std::string& text) {
  std::uint64_t seed = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seed);
  return error == std::errc() && stop == end ? "" : "expected a whole number below 2^64, found '" + text + "'";
}

}  // namespace

void add_common_options(CLI::App& command, CommonOptions& common) {
  command.add_option("--seed", common.engine.seed, "Seed of every random number (0)")
      ->check(CLI::Validator(wrong_seed, ""))
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

void add_model_option(CLI::App& command, std::string& model) {
  command.add_option("MODEL", model, "Model file (.hbm); - is the standard input")->required()->type_name("");
}

void add_resample_option(CLI::App& command, bool& resample) {
  command.add_flag("--resample", resample)->group("");  // the default, so that scripts can say it
  command.add_flag_callback(
      "--no-resample", [&resample] { resample = false; },
      "Plain draws; else chosen from four times as many by importance weights");
}

void add_refine_option(CLI::App& command, std::int64_t& steps) {
  command.add_option("--refine", steps, "Gradient steps on each data set's own encodings (0)")
      ->check(CLI::Range(std::int64_t{0}, std::int64_t{100'000}).description(""))
      ->type_name("N");
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

void check_suited(const HbmModel& model, const ArchitectureOptions& architecture, const std::string& config) {
  const std::string why = unsuited(model, architecture);
  if (!why.empty()) throw Failure(ExitStatus::usage, config + ": " + why);
}

void add_example(CLI::App& command, const std::string& example) { command.footer("Example:\n  " + example); }

}  // namespace adavi
