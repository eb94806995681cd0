// Trains models with many seeds, as a user would who only has data: how long until the first posterior, how far its
// ELBO is from the importance-sampled evidence, and whether any training broke down.
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/terminal.hpp"
#include "codegen/text_table.hpp"
#include "diagnostics/failure.hpp"
#include "report/summary_statistics.hpp"
#include "running/adavi_runs.hpp"
#include "running/program.hpp"
#include "running/text.hpp"

using namespace adavi;

namespace {

struct Options {
  AdaviProgram adavi;
  std::vector<std::string> models;
  std::string config;
  std::string time;  ///< of each training; empty: until it ends by itself
  std::uint64_t seeds = 1;
  std::int64_t data_sets = 64;
  std::int64_t draws = 256;
  bool json = false;
};

/// One training. Gaps are importance-sampled log evidence minus ELBO, in nats per data set.
struct Run {
  std::uint64_t seed = 0;
  std::string failure;  ///< empty: it ended well
  Training training;
  double first_posterior_seconds = 0;  ///< wall, `train` and `infer` of one data set
  double elbo = 0;
  MeanSummary gap;
  std::int64_t poor = 0;        ///< data sets with a k-hat above 0.7
  std::int64_t not_finite = 0;  ///< data sets whose ELBO is not
};

struct Survey {
  std::string model;
  std::vector<Run> runs;
};

void score(const Options& options, const std::string& artifact, const std::string& file, Run& run) {
  std::vector<double> gaps, elbos;
  for (const DataSetScore& set : evaluate(options.adavi, artifact, file, options.draws, run.seed)) {
    if (set.poor()) ++run.poor;
    if (!std::isfinite(set.elbo)) {
      ++run.not_finite;
      continue;
    }
    elbos.push_back(set.elbo);
    gaps.push_back(set.log_evidence - set.elbo);
  }
  if (gaps.empty()) throw Failure(ExitStatus::failed, "no data set has a finite ELBO");
  run.elbo = summarise_mean(elbos).mean;
  run.gap = summarise_mean(gaps);
}

Run run_once(const Options& options, const std::string& model, std::uint64_t seed) {
  const WorkFolder work;
  const std::string artifact = work / "model.adavi", one = work / "one.h5", many = work / "many.h5";
  Run run;
  run.seed = seed;
  try {
    simulate(options.adavi, {model, {}}, 1, held_out_seed + 1, one);
    simulate(options.adavi, {model, {}}, options.data_sets, held_out_seed, many);
    run.training = train(options.adavi, {model, {}}, options.config, seed, artifact, options.time);
    const CommandResult inference = infer(options.adavi, artifact, one, 1000, seed, true, work / "one.nc");
    run.first_posterior_seconds = run.training.command.wall_seconds + inference.wall_seconds;
    score(options, artifact, many, run);
  } catch (const Failure& failure) {
    run.failure = failure.what();
  }
  return run;
}

std::string in_short(const Run& run) {
  if (!run.failure.empty()) return run.failure;
  return fixed(run.first_posterior_seconds, 1) + " s, " + fixed(run.training.command.cpu_seconds, 1) + " CPU s, " +
         std::to_string(run.training.steps) + " steps, gap " + fixed(run.gap.mean, 4) + ", median " +
         fixed(run.gap.median, 4);
}

void add_row(TextTable& table, const std::string& model, const Run& run) {
  const std::string seed = std::to_string(run.seed);
  if (!run.failure.empty()) {
    table.add({model, seed, "failed", "", "", "", "", "", "", "", "", ""});
    return;
  }
  const Training& training = run.training;
  table.add({model, seed, fixed(run.first_posterior_seconds, 1), fixed(training.command.cpu_seconds, 1),
             std::to_string(training.steps), fixed(training.command.peak_mib, 0), std::to_string(training.weights),
             fixed(run.elbo, 3), fixed(run.gap.mean, 4), fixed(run.gap.median, 4), std::to_string(run.poor),
             std::to_string(training.skipped)});
}

std::string to_text(const std::vector<Survey>& surveys, const Options& options) {
  TextTable table({"model", "seed", "first posterior s", "CPU s", "steps", "peak MiB", "weights", "ELBO", "IS - ELBO",
                   "median", "k-hat > 0.7", "skipped steps"},
                  {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
  std::string failures;
  std::size_t runs = 0, failed = 0, not_finite = 0;
  for (const Survey& survey : surveys) {
    for (const Run& run : survey.runs) {
      ++runs;
      add_row(table, model_name(survey.model), run);
      if (run.not_finite > 0) ++not_finite;
      if (run.failure.empty()) continue;
      ++failed;
      failures += model_name(survey.model) + ", seed " + std::to_string(run.seed) + ": " + run.failure + "\n";
    }
  }
  return table.to_string() + "\n" + failures + std::to_string(runs) + " trainings: " + std::to_string(failed) +
         " failed, " + std::to_string(not_finite) + " with an ELBO that is not finite for some of " +
         std::to_string(options.data_sets) + " data sets. Gaps are in nats per data set.\n";
}

std::string to_json(const std::vector<Survey>& surveys) {
  auto document = nlohmann::ordered_json::array();
  for (const Survey& survey : surveys) {
    for (const Run& run : survey.runs) {
      nlohmann::ordered_json row = {{"model", model_name(survey.model)}, {"seed", run.seed}};
      if (!run.failure.empty()) {
        row["failure"] = run.failure;
      } else {
        row["first_posterior_seconds"] = run.first_posterior_seconds;
        row["cpu_seconds"] = run.training.command.cpu_seconds;
        row["peak_mib"] = run.training.command.peak_mib;
        row["steps"] = run.training.steps;
        row["skipped_steps"] = run.training.skipped;
        row["weights"] = run.training.weights;
        row["elbo"] = run.elbo;
        row["gap"] = {{"mean", run.gap.mean}, {"median", run.gap.median}, {"se", run.gap.se}};
        row["k_hat_above_0.7"] = run.poor;
        row["not_finite"] = run.not_finite;
      }
      document.push_back(row);
    }
  }
  return document.dump(2) + "\n";
}

/// Models of the repository that train in minutes: all but MS-HBM at its full size.
std::vector<std::string> small_models() {
  std::vector<std::string> models;
  for (const auto& entry : std::filesystem::directory_iterator(ADAVI_MODELS)) {
    if (entry.path().extension() == ".hbm" && entry.path().stem() != "mshbm") models.push_back(entry.path().string());
  }
  std::sort(models.begin(), models.end());
  return models;
}

void survey_all(Options& options) {
  if (options.models.empty()) options.models = small_models();
  std::vector<Survey> surveys;
  for (const std::string& name : options.models) {
    Survey survey{model_path(name), {}};
    for (std::uint64_t seed = 0; seed < options.seeds; ++seed) {
      note(model_name(survey.model) + ", seed " + std::to_string(seed) + " ...\n");
      survey.runs.push_back(run_once(options, survey.model, seed));
      note("  " + in_short(survey.runs.back()) + "\n");
    }
    surveys.push_back(std::move(survey));
  }
  print(options.json ? to_json(surveys) : to_text(surveys, options));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Trains models with many seeds: time to the first posterior, gaps, and trainings that broke down.");
  Options options;
  const auto add = [&](const char* flag, auto& field, const char* text, const char* type) {
    return program.add_option(flag, field, text)->type_name(type);
  };
  add("MODELS", options.models, "Names in models/, or files (all of models/ but mshbm)", "");
  add("--seeds", options.seeds, "Trainings of each model (1)", "N")->check(CLI::Range(1, 1000000).description(""));
  add("--time", options.time, "Time of each training (until it ends by itself)", "TIME");
  add("--data-sets", options.data_sets, "Held-out data sets (64)", "N")->check(CLI::Range(2, 1000000).description(""));
  add("--draws", options.draws, "Draws for each (256)", "N");
  add("--threads", options.adavi.threads, "Threads (all cores)", "N");
  add("--adavi", options.adavi.path, "The binary to measure (beside this program)", "PATH");
  add("--config", options.config, "Configuration of the trainings (the defaults)", "FILE");
  program.add_flag("--json", options.json, "One JSON document");
  return run_program(program, argc, argv, [&] { survey_all(options); });
}
