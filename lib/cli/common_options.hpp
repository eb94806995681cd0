#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "inference/engine.hpp"
#include "io/configuration.hpp"
#include "semantics/constants.hpp"

namespace CLI {
class App;
}

namespace adavi {

/// What every subcommand understands.
struct CommonOptions {
  EngineOptions engine;  ///< --seed, --threads, --device
  bool quiet = false;
  bool json = false;  ///< where the subcommand prints a table
};

/// `common` must outlive the program.
void add_common_options(CLI::App& command, CommonOptions& common);
/// `MODEL`, for subcommands that read one model's text.
void add_model_option(CLI::App& command, std::string& model);
/// `--json`, for subcommands that print a table.
void add_json_option(CLI::App& command, CommonOptions& common);

/// `--resample,--no-resample`, for subcommands that draw from posteriors; nothing where neither is given.
void add_resample_option(CLI::App& command, std::optional<bool>& resample);

/// `--refine N`, for subcommands that draw from posteriors or score them.
void add_refine_option(CLI::App& command, std::int64_t& steps);

/// Constants of the `data` block from outside the text.
struct ConstantOptions {
  std::vector<std::string> settings;  ///< --set NAME=VALUE
  std::string file;                   ///< --data: JSON or HDF5
};

void add_constant_options(CLI::App& command, ConstantOptions& constants);
/// The values of the file, then those of `--set`. Failure(usage) for a malformed or repeated `--set`.
ConstantOverrides constant_overrides(const ConstantOptions& constants);

/// What a user says of the network and its training.
struct NetworkOptions {
  std::string config;                  ///< --config: a JSON file (io/configuration.hpp)
  std::optional<std::string> latents;  ///< --latents: names separated by commas; goes before the file's
};

void add_network_options(CLI::App& command, NetworkOptions& network);
/// What they say, and all defaults else.
Configuration configuration_from(const NetworkOptions& network);
/// Failure(usage) where the network does not suit a model.
void check_suited(const HbmModel& model, const ArchitectureOptions& architecture, const NetworkOptions& network);

/// Text under a subcommand's help.
void add_example(CLI::App& command, const std::string& example);

}  // namespace adavi
