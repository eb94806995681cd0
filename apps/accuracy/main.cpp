// Trains a model, infers on simulated data sets, and compares every latent's mean and sd with the exact posterior.
#include <cmath>
#include <nlohmann/json.hpp>

#include "accuracy/comparison.hpp"
#include "cli/terminal.hpp"
#include "codegen/text_table.hpp"
#include "diagnostics/failure.hpp"
#include "report/summary_statistics.hpp"
#include "running/adavi_runs.hpp"
#include "running/program.hpp"
#include "running/simulated_file.hpp"
#include "running/text.hpp"

using namespace adavi;

namespace {

constexpr double asked_mean = 0.1;
constexpr double asked_sd = 0.1;

struct Options {
  AdaviProgram adavi;
  ModelChoice model;
  std::string config;
  std::string trained;  ///< an artifact; empty: train one
  std::int64_t data_sets = 10;
  std::int64_t draws = 4000;
  std::uint64_t seed = 0;
  bool resample = true;
  bool json = false;
};

/// One data set.
struct SetResult {
  std::string name;
  double log_evidence = 0;  ///< exact
  DataSetScore score;
  Deviations deviations;
};

struct Result {
  std::string training;  ///< what it took
  std::vector<SetResult> sets;
};

std::string describe(const Training& training) {
  return "training: " + fixed(training.command.cpu_seconds, 1) + " CPU s, " + fixed(training.command.wall_seconds, 1) +
         " s, " + std::to_string(training.steps) + " steps, " + std::to_string(training.weights) + " weights, " +
         fixed(training.command.peak_mib, 0) + " MiB";
}

Result measure(const Options& options) {
  const WorkFolder work;
  const std::string file = work / "data.h5", draws = work / "posterior.nc";
  // The seed of the data is never that of the training, whose simulations they would else repeat.
  simulate(options.adavi, options.model, options.data_sets, options.seed + held_out_seed, file);
  std::string artifact = options.trained;
  Result result;
  if (artifact.empty()) {
    artifact = work / "model.adavi";
    result.training = describe(train(options.adavi, options.model, options.config, options.seed, artifact));
  }
  infer(options.adavi, artifact, file, options.draws, options.seed, options.resample, draws);
  const std::vector<DataSetScore> scores = evaluate(options.adavi, artifact, file, options.draws, options.seed);

  const SimulatedFile simulated = open_simulated(file);
  const auto posterior_of = reference::reference_method(simulated.model);
  const PosteriorReader posterior(draws);
  for (std::int64_t i = 0; i < options.data_sets; ++i) {
    const auto place = static_cast<std::size_t>(i);
    const reference::ReferencePosterior exact = posterior_of(simulated.data.read(i, 1));
    result.sets.push_back(
        {simulated.data.names()[place], exact.log_evidence, scores.at(place), compare(posterior, i, exact)});
  }
  return result;
}

/// Deviations of one latent over all data sets, or of all latents.
std::vector<Deviation> collect(const std::vector<SetResult>& sets, const std::string& latent = "") {
  std::vector<Deviation> collected;
  for (const SetResult& set : sets)
    for (const auto& [name, deviations] : set.deviations)
      if (latent.empty() || latent == name) collected.insert(collected.end(), deviations.begin(), deviations.end());
  return collected;
}

bool within(const DeviationSummary& summary) {
  return summary.mean_max <= asked_mean && summary.sd_smallest >= 1 - asked_sd && summary.sd_largest <= 1 + asked_sd;
}

std::vector<std::string> cells(const std::string& name, const std::vector<Deviation>& deviations) {
  const DeviationSummary s = summarise(deviations);
  return {name,
          std::to_string(deviations.size()),
          fixed(s.mean_rms, 3),
          fixed(s.mean_max, 3),
          fixed(s.sd_rms, 3),
          fixed(s.sd_smallest, 3) + " .. " + fixed(s.sd_largest, 3),
          within(s) ? "yes" : "no"};
}

TextTable set_table(const std::vector<SetResult>& sets) {
  TextTable table({"data set", "log evidence", "gap", "IS - exact", "k-hat", "mean: max", "sd ratio"},
                  {1, 2, 3, 4, 5, 6});
  for (const SetResult& set : sets) {
    const DeviationSummary s = summarise(collect({set}));
    table.add({set.name, fixed(set.log_evidence, 3), fixed(set.log_evidence - set.score.elbo, 3),
               fixed(set.score.log_evidence - set.log_evidence, 3), fixed(set.score.k_hat, 2), fixed(s.mean_max, 3),
               fixed(s.sd_smallest, 3) + " .. " + fixed(s.sd_largest, 3)});
  }
  return table;
}

std::string to_text(const Result& result, const Options& options) {
  TextTable table({"latent", "scalars", "mean: rms", "mean: max", "sd: rms", "sd ratio", "within"}, {1, 2, 3, 4, 5});
  for (const auto& latent : result.sets.front().deviations)
    table.add(cells(latent.first, collect(result.sets, latent.first)));
  table.add(cells("all", collect(result.sets)));
  const double n = static_cast<double>(options.draws);
  return (result.training.empty() ? "" : result.training + "\n\n") + set_table(result.sets).to_string() + "\n" +
         table.to_string() + "\nmean: |difference| in posterior sds, asked: <= " + fixed(asked_mean, 2) +
         "; sd ratio, asked: " + fixed(1 - asked_sd, 2) + " .. " + fixed(1 + asked_sd, 2) + ".\n" + "The " +
         std::to_string(options.draws) + " draws alone give errors of " + fixed(1 / std::sqrt(n), 3) +
         " and, for Gaussian posteriors, " + fixed(1 / std::sqrt(2 * n), 3) + " (one standard error).\n";
}

nlohmann::ordered_json to_json(const DeviationSummary& s) {
  return {{"mean_rms", s.mean_rms},  {"mean_max", s.mean_max}, {"sd_rms", s.sd_rms},
          {"sd_min", s.sd_smallest}, {"sd_max", s.sd_largest}, {"within", within(s)}};
}

std::string to_json(const Result& result, const Options& options) {
  nlohmann::ordered_json document = {
      {"model", options.model.path}, {"draws", options.draws}, {"all", to_json(summarise(collect(result.sets)))}};
  for (const auto& item : result.sets.front().deviations)
    document["latents"][item.first] = to_json(summarise(collect(result.sets, item.first)));
  for (const SetResult& set : result.sets)
    document["datasets"].push_back({{"name", set.name},
                                    {"log_evidence", set.log_evidence},
                                    {"elbo", set.score.elbo},
                                    {"log_evidence_is", set.score.log_evidence},
                                    {"k_hat", set.score.k_hat},
                                    {"deviation", to_json(summarise(collect({set})))}});
  return document.dump(2) + "\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Trains and infers on simulated data sets; compares means and sds with the exact posteriors.");
  Options options;
  const auto add = [&](const char* flag, auto& field, const char* text, const char* type) {
    return program.add_option(flag, field, text)->type_name(type);
  };
  add("MODEL", options.model.path, "gre, nc, eight_schools, logistic, poisson, or such a file", "")->required();
  add("--set", options.model.settings, "A constant of the model", "NAME=VALUE");
  add("--data-sets", options.data_sets, "Data sets (10)", "N")->check(CLI::Range(1, 100000).description(""));
  add("--draws", options.draws, "Draws for each (4000)", "N")->check(CLI::Range(2, 10000000).description(""));
  add("--seed", options.seed, "Seed of the training, and of the data sets (0)", "N");
  add("--threads", options.adavi.threads, "Threads (all cores)", "N");
  add("--adavi", options.adavi.path, "The binary to measure (beside this program)", "PATH");
  auto* trained = add("--trained", options.trained, "A trained model; without it, one is trained", "FILE");
  add("--config", options.config, "Configuration of the training (the defaults)", "FILE")->excludes(trained);
  program.add_flag("--resample,!--no-resample", options.resample, "What 'adavi infer' gets (--resample)");
  program.add_flag("--json", options.json, "One JSON document");
  return run_program(program, argc, argv, [&] {
    options.model.path = model_path(options.model.path);
    const Result result = measure(options);
    print(options.json ? to_json(result, options) : to_text(result, options));
  });
}
