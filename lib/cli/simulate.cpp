#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <memory>

#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/engine_library.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/pieces.hpp"
#include "cli/pipeline.hpp"
#include "cli/seeds.hpp"
#include "cli/terminal.hpp"
#include "diagnostics/failure.hpp"
#include "io/constants_file.hpp"
#include "io/simulation_file.hpp"

namespace adavi {
namespace {

struct SimulateOptions {
  CommonOptions common;
  ConstantOptions constants;
  std::string model;
  std::string output;
  std::vector<std::string> cardinalities;
  std::int64_t n = 1;
};

/// The largest cardinalities, but for those given as PLATE=SIZE.
Shape chosen_cardinalities(const HbmModel& model, const std::vector<std::string>& settings) {
  Shape result = largest_cardinalities(model);
  for (const std::string& setting : settings) {
    const auto refuse = [&](const std::string& why) {
      throw Failure(ExitStatus::usage, "--cardinality " + setting + ": " + why);
    };
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) refuse("expected PLATE=SIZE");
    const std::string name = setting.substr(0, equals), size = setting.substr(equals + 1);
    const auto is_named = [&](const Plate& plate) { return plate.name == name; };
    const auto plate = std::find_if(model.plates.begin(), model.plates.end(), is_named);
    if (plate == model.plates.end()) refuse("the model has no plate '" + name + "'");
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), value);
    const bool whole = error == std::errc() && end == size.data() + size.size();
    if (!whole || value < plate->lower || value > plate->upper) {
      refuse("expected an integer from " + std::to_string(plate->lower) + " to " + std::to_string(plate->upper));
    }
    result[static_cast<std::size_t>(plate - model.plates.begin())] = value;
  }
  return result;
}

void run_simulate(const SimulateOptions& options) {
  const SourceFile source = read_model_text(options.model);
  const ConstantOverrides overrides = constant_overrides(options.constants);
  const HbmModel model = compile_or_fail(source, overrides, options.common.quiet);
  const Shape cardinalities = chosen_cardinalities(model, options.cardinalities);
  check_output(options.output, {options.model, options.constants.file});

  const InterruptGuard interrupt("interrupted");
  SimulationFile file(options.output, model, options.n,
                      {source.text(), constants_json(overrides), options.common.engine.seed});
  const std::int64_t piece = piece_size(model, cardinalities, 1, options.n);
  EngineOptions settings = options.common.engine;
  for (std::int64_t done = 0, stream = 0; done < options.n; done += piece, ++stream) {
    settings.seed = stream_seed(options.common.engine.seed, static_cast<std::uint64_t>(stream));
    file.append(engine().simulate(model, std::min(piece, options.n - done), settings, cardinalities));
    interrupt.stop_if_requested();
  }
  file.finish();
  print("wrote " + options.output + ": " + counted(options.n, "data set") + " with the true latents in /truth\n");
}

}  // namespace

void setup_simulate(CLI::App& program) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* command = program.add_subcommand("simulate", "Draw data sets and their latents from the model");
  add_model_option(*command, options->model);
  command->add_option("-o,--output", options->output, "HDF5 file to write")->required()->type_name("FILE");
  command->add_option("-n", options->n, "Number of data sets (1)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 40).description(""))
      ->type_name("N");
  command->add_option("--cardinality", options->cardinalities, "Size of a plate with a range; the largest without")
      ->type_name("PLATE=SIZE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_constant_options(*command, options->constants);
  add_common_options(*command, options->common);
  add_example(*command, "adavi simulate models/gre.hbm -o gre.h5 -n 10 --seed 1");
  command->callback([options] { run_simulate(*options); });
}

}  // namespace adavi
