#include <CLI/CLI.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/checkpoint.hpp"
#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/engine_library.hpp"
#include "cli/fitting.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/pipeline.hpp"
#include "cli/progress_display.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "codegen/subset.hpp"
#include "diagnostics/failure.hpp"
#include "io/configuration.hpp"
#include "io/constants_file.hpp"

namespace adavi {
namespace {

struct TrainOptions {
  CommonOptions common;
  ConstantOptions constants;
  std::string model;
  std::string output;
  NetworkOptions network;
  std::string time;
  std::string fit;       ///< file of the one data set to fit
  std::string data_set;  ///< its name there
  bool resume = false;
};

/// The command that continues an interrupted training.
std::string resume_command(const TrainOptions& options) {
  std::string command = "adavi train " + shell_quoted(options.model) + " -o " + shell_quoted(options.output);
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!value.empty()) command += " " + name + " " + shell_quoted(value);
  };
  for (const std::string& setting : options.constants.settings) add("--set", setting);
  add("--data", options.constants.file);
  add("--config", options.network.config);
  add("--latents", options.network.latents.value_or(""));
  add("--time", options.time);
  add("--fit", options.fit);
  add("--data-set", options.data_set);
  const EngineOptions& engine = options.common.engine;
  if (engine.seed != 0) add("--seed", std::to_string(engine.seed));
  if (engine.threads != 0) add("--threads", std::to_string(engine.threads));
  if (engine.device != "auto") add("--device", engine.device);
  return command + " --resume";
}

/// What a configuration must be for a non-amortized training, and for an amortized one.
void check_amortization(const TrainOptions& options, const Configuration& configuration) {
  const auto refuse = [&](const std::string& why) {
    return Failure(ExitStatus::usage, options.network.config + ": " + why);
  };
  if (options.fit.empty()) {
    if (configuration.architecture.free)
      throw refuse("encoder.free: without an encoder only one data set can be fitted (--fit)");
    return;
  }
  for (const Phase& phase : configuration.training.phases) {
    if (phase.loss == Loss::forward_kl)
      throw refuse("training.phases: forward_kl learns from simulated latents, which the data set of --fit lacks");
  }
}

/// A subset of the latents has no log joint: it is learned from simulated latents.
void check_subset(const TrainOptions& options, const HbmModel& model, const Configuration& configuration) {
  if (left_out_latents(model, configuration.architecture.latents).empty()) return;
  const std::string why = "a subset of the latents is learned from simulated ones (forward KL)";
  if (!options.fit.empty()) throw Failure(ExitStatus::usage, "--fit: " + why + ", which the data set of --fit lacks");
  for (const Phase& phase : configuration.training.phases) {
    if (phase.loss == Loss::forward_kl) continue;
    throw Failure(ExitStatus::usage, options.network.config + ": training.phases: " + why +
                                         "; other losses need the density of all: expected forward_kl alone");
  }
}

Configuration configuration_of(const TrainOptions& options) {
  Configuration configuration = configuration_from(options.network);
  check_amortization(options, configuration);
  if (!options.time.empty()) configuration.training.time_limit = parse_duration(options.time, "--time");
  return configuration;
}

/// Without wall times, so that the same seed gives the same file.
std::string timeless(const std::string& history) {
  auto entries = nlohmann::ordered_json::parse(history);
  for (auto& entry : entries) entry.erase("seconds");
  return entries.dump();
}

TrainingResult train(const TrainOptions& options, const HbmModel& model, const Configuration& configuration,
                     const DoubleArrays* fit, Checkpoint& checkpoint) {
  TrainingRequest request;
  request.fit = fit;
  request.options = configuration.training;
  request.engine = options.common.engine;
  Artifact previous;
  if (options.resume) {
    previous = checkpoint.resume();
    request.resume = &previous.tensors;
    request.resume_state = previous.state;
  }
  const InterruptGuard interrupt("stopping after this step, with the state saved; again to stop at once");
  ProgressDisplay display(options.common.quiet);
  request.interrupted = &interrupt.flag();
  request.report = [&](const Progress& progress) { display.update(progress); };
  request.checkpoint = [&](const FloatArrays& tensors, const std::string& state) { checkpoint.save(tensors, state); };
  return engine().train(model, derive(model, configuration.architecture), request);
}

/// Why an interrupted training ends here, and how it goes on.
Failure interrupted(const TrainOptions& options, const Checkpoint& checkpoint) {
  if (checkpoint.failed()) return {ExitStatus::failed, "interrupted, and the state could not be saved"};
  if (!checkpoint.saved()) return {ExitStatus::interrupted, "interrupted before there was a state to save"};
  return {ExitStatus::interrupted,
          "interrupted; the state is in " + checkpoint.path() + "\n  to continue: " + resume_command(options)};
}

std::string summary_line(const TrainOptions& options, const TrainingResult& result, const DualPlan& plan) {
  const bool gap_known = plan.left_out.empty() && std::isfinite(result.gap);
  char gap[64] = "", numbers[256];
  if (gap_known) std::snprintf(gap, sizeof gap, ", gap about %.4f", std::abs(result.gap));
  std::snprintf(
      numbers, sizeof numbers, "validation %s %.3f +- %.3f nats%s, %lld steps, %.1f s (%.1f CPU s), %lld weights",
      plan.left_out.empty() ? "ELBO" : "log q of true latents", result.elbo, result.elbo_se, gap,
      static_cast<long long>(result.steps), result.seconds, result.cpu_seconds, static_cast<long long>(plan.weights));
  std::string line = "wrote " + options.output + ": " + numbers;
  if (result.skipped > 0)
    line += ", " + counted(result.skipped, "non-finite step") + " skipped (" + result.skipped_at + ")";
  return line + "\n";
}

void run_train(TrainOptions options) {
  if (options.output.empty() && options.model == standard_input)
    throw Failure(ExitStatus::usage, "a model from the standard input needs a name for its result: -o FILE");
  const SourceFile source = read_model_text(options.model);
  const ConstantOverrides overrides = constant_overrides(options.constants);
  const HbmModel model = compile_or_fail(source, overrides, options.common.quiet);
  const Configuration configuration = configuration_of(options);
  check_suited(model, configuration.architecture, options.network);
  check_subset(options, model, configuration);
  if (options.output.empty()) options.output = with_extension(options.model, ".adavi");
  check_output(options.output, {options.model, options.network.config, options.constants.file, options.fit});

  Artifact artifact;
  artifact.model_name = source.name();
  artifact.model = source.text();
  artifact.constants = constants_json(overrides);
  artifact.configuration = configuration_json(configuration);
  artifact.seed = options.common.engine.seed;

  FitTarget target;
  if (!options.fit.empty()) {
    target = read_fit_target(options.fit, options.data_set, model);
    artifact.fitted = to_json(target.identity);
  }

  Checkpoint checkpoint(options.output, artifact);
  if (checkpoint.exists() && !options.resume && !options.common.quiet)
    warn(checkpoint.path() + " of an interrupted training will be replaced; --resume would continue it");
  const TrainingResult result =
      train(options, model, configuration, options.fit.empty() ? nullptr : &target.data, checkpoint);
  if (result.interrupted) throw interrupted(options, checkpoint);
  if (!std::isfinite(result.elbo)) throw Failure(ExitStatus::failed, "training diverged: its score is not finite");

  artifact.tensors = result.tensors;
  artifact.history = timeless(result.history);
  artifact.environment = result.environment;
  write_artifact(options.output, artifact);
  checkpoint.remove();
  print(summary_line(options, result, derive(model, configuration.architecture)));
}

}  // namespace

void setup_train(CLI::App& program) {
  auto options = std::make_shared<TrainOptions>();
  CLI::App* command = program.add_subcommand("train", "Train the model's dual network; ends by itself");
  add_model_option(*command, options->model);
  command->add_option("-o,--output", options->output, "Trained model to write (beside MODEL, with .adavi)")
      ->type_name("FILE");
  add_network_options(*command, options->network);
  command->add_option("--time", options->time, "Train for this long: 60s, 2m, 1h (until converged)")->type_name("TIME");
  auto* fit = command->add_option("--fit", options->fit, "Non-amortized: fit the one data set of this HDF5 file alone");
  fit->type_name("FILE");
  command->add_option("--data-set", options->data_set, "Its name, where the file holds several")
      ->type_name("NAME")
      ->needs(fit);
  command->add_flag("--resume", options->resume, "Continue an interrupted training");
  add_constant_options(*command, options->constants);
  add_common_options(*command, options->common);
  add_example(*command, "adavi train models/gre.hbm --set G=30 -o gre30.adavi --time 60s");
  command->callback([options] { run_train(*options); });
}

}  // namespace adavi
