#include "cli/common_options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>

#include "cli/terminal.hpp"
#include "codegen/dual_plan.hpp"
#include "codegen/subset.hpp"
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

std::vector<std::string> split_at_commas(const std::string& text) {
  std::vector<std::string> parts = {""};
  for (const char c : text) {
    if (c == ',')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
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

void add_resample_option(CLI::App& command, std::optional<bool>& resample) {
  // The default where it can be, so that scripts can say it.
  command.add_flag_callback("--resample", [&resample] { resample = true; })->group("");
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

void add_network_options(CLI::App& command, NetworkOptions& network) {
  command.add_option("--config", network.config, "Network and training, as JSON (good defaults)")->type_name("FILE");
  const auto set_latents = [&network](const std::string& names) { network.latents = names; };
  command.add_option_function<std::string>("--latents", set_latents, "Infer these alone: mu,tau (all)")
      ->type_name("NAMES");
}

Configuration configuration_from(const NetworkOptions& network) {
  Configuration configuration = network.config.empty() ? Configuration() : read_configuration(network.config);
  if (network.latents) configuration.architecture.latents = split_at_commas(*network.latents);
  return configuration;
}

void check_suited(const HbmModel& model, const ArchitectureOptions& architecture, const NetworkOptions& network) {
  const std::string wrong_latents = unsuited_latents(model, architecture.latents);
  if (!wrong_latents.empty())
    throw Failure(ExitStatus::usage,
                  (network.latents ? std::string("--latents") : network.config + ": latents") + ": " + wrong_latents);
  const std::string why = unsuited(model, architecture);
  if (!why.empty()) throw Failure(ExitStatus::usage, network.config + ": " + why);
}

void add_example(CLI::App& command, const std::string& example) { command.footer("Example:\n  " + example); }

}  // namespace adavi
