#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/engine_library.hpp"
#include "cli/fit_quality.hpp"
#include "cli/fitting.hpp"
#include "cli/interrupt.hpp"
#include "cli/output.hpp"
#include "cli/pieces.hpp"
#include "cli/seeds.hpp"
#include "cli/terminal.hpp"
#include "cli/trained_model.hpp"
#include "codegen/text_table.hpp"
#include "io/data_sets.hpp"
#include "report/summary_statistics.hpp"

namespace adavi {
namespace {

constexpr std::size_t longest_table = 32;

struct EvaluateOptions {
  CommonOptions common;
  std::string artifact;
  std::string data;
  std::int64_t n = 256;
  std::int64_t draws = 256;
  std::int64_t refine = 0;
};

/// Scores of all data sets.
struct Evaluation {
  std::vector<std::string> names;
  std::vector<Score> scores;
  double seconds = 0;  ///< wall time of the scoring, without loading
};

/// Feeds `score` with the data sets of the file.
template <class ScorePiece>
void score_file(const EvaluateOptions& options, const TrainedModel& trained, Evaluation& evaluation, ScorePiece score) {
  const DataSets data(options.data, trained.model());
  check_fitted(trained, data, options.common.quiet);
  if (!options.common.quiet) warn_of_untrained(trained, data);
  evaluation.names = data.names();
  const std::int64_t piece = piece_size(trained.model(), data.cardinalities(), options.draws, data.size());
  for (std::int64_t first = 0; first < data.size(); first += piece)
    score(data.read(first, std::min(piece, data.size() - first)));
}

/// Feeds `score` with fresh data sets of the model and their latents, held out by a stream of random numbers of their
/// own.
template <class ScorePiece>
void score_simulated(const EvaluateOptions& options, const TrainedModel& trained, std::vector<std::string>& names,
                     ScorePiece score) {
  const HbmModel& model = trained.model();
  const std::int64_t piece = piece_size(model, largest_cardinalities(model), options.draws, options.n);
  EngineOptions settings = options.common.engine;
  for (std::int64_t first = 0, stream = 0; first < options.n; first += piece, ++stream) {
    settings.seed = stream_seed(options.common.engine.seed, held_out_stream + static_cast<std::uint64_t>(stream));
    score(engine().simulate(model, std::min(piece, options.n - first), settings));
  }
  for (std::int64_t i = 0; i < options.n; ++i) names.push_back(std::to_string(i));
}

Evaluation evaluate(const EvaluateOptions& options, const TrainedModel& trained) {
  using Clock = std::chrono::steady_clock;
  const InterruptGuard interrupt("interrupted");
  const auto posterior = trained.load(options.common.engine);
  posterior->set_refinement(options.refine);
  Evaluation evaluation;
  const auto score = [&](const DoubleArrays& data) {
    const auto start = Clock::now();
    std::vector<Score> scores = posterior->score(data, options.draws);
    evaluation.seconds += std::chrono::duration<double>(Clock::now() - start).count();
    const auto usual =
        options.data.empty() ? std::vector<double>(scores.size(), std::nan("")) : posterior->prior_predictive_p(data);
    for (std::size_t i = 0; i < scores.size(); ++i) scores[i].prior_predictive_p = usual[i];
    evaluation.scores.insert(evaluation.scores.end(), scores.begin(), scores.end());
    interrupt.stop_if_requested();
  };
  if (options.data.empty())
    score_simulated(options, trained, evaluation.names,
                    [&](const DoubleArrays& simulated) { score(known_variables(trained.model(), simulated)); });
  else
    score_file(options, trained, evaluation, score);
  return evaluation;
}

std::vector<double> column(const Evaluation& evaluation, double Score::*field) {
  std::vector<double> values;
  for (const Score& score : evaluation.scores) values.push_back(score.*field);
  return values;
}

std::int64_t count_poor(const Evaluation& evaluation) {
  return std::count_if(evaluation.scores.begin(), evaluation.scores.end(),
                       [](const Score& score) { return !(score.k_hat <= largest_k_hat); });
}

std::string fixed(double number, int digits = 3) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

std::string to_text(const EvaluateOptions& options, const Evaluation& evaluation) {
  TextTable overall({"nats per data set", "mean", "median", "se"}, {1, 2, 3});
  const auto row = [&](const std::string& name, double Score::*field) {
    const MeanSummary summary = summarise_mean(column(evaluation, field));
    overall.add({name, fixed(summary.mean), fixed(summary.median), fixed(summary.se)});
  };
  row("ELBO", &Score::elbo);
  row("log evidence (importance sampled)", &Score::log_evidence);
  const auto total = static_cast<std::int64_t>(evaluation.scores.size());
  const MeanSummary k_hat = summarise_mean(column(evaluation, &Score::k_hat));
  const std::string source = options.data.empty() ? " simulated from the model" : " of " + options.data;
  std::string text = counted(total, "data set") + source + ", " + counted(options.draws, "draw") + " each, " +
                     fixed(evaluation.seconds, 2) + " s\n\n" + overall.to_string() + "\nk-hat: median " +
                     fixed(k_hat.median, 2) + ", above 0.7 for " + std::to_string(count_poor(evaluation)) + " of " +
                     counted(total, "data set") + "\n";
  if (evaluation.scores.size() > longest_table) return text + "(--json lists every data set)\n";
  TextTable table({"data set", "ELBO", "log evidence", "se", "k-hat"}, {1, 2, 3, 4});
  for (std::size_t i = 0; i < evaluation.scores.size(); ++i) {
    const Score& score = evaluation.scores[i];
    table.add({evaluation.names[i], fixed(score.elbo), fixed(score.log_evidence), fixed(score.log_evidence_se),
               fixed(score.k_hat, 2)});
  }
  return text + "\n" + table.to_string();
}

nlohmann::ordered_json to_json(const MeanSummary& summary) {
  return {{"mean", summary.mean}, {"median", summary.median}, {"se", summary.se}};
}

std::string to_json(const EvaluateOptions& options, const Evaluation& evaluation) {
  nlohmann::ordered_json document = {
      {"model", options.artifact},
      {"data", options.data.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(options.data)},
      {"n", evaluation.scores.size()},
      {"draws", options.draws},
      {"seed", options.common.engine.seed},
      {"elbo", to_json(summarise_mean(column(evaluation, &Score::elbo)))},
      {"log_evidence_is", to_json(summarise_mean(column(evaluation, &Score::log_evidence)))},
      {"k_hat_above_0.7", count_poor(evaluation)},
      {"datasets", nlohmann::ordered_json::array()}};
  for (std::size_t i = 0; i < evaluation.scores.size(); ++i) {
    const Score& score = evaluation.scores[i];
    document["datasets"].push_back({{"name", evaluation.names[i]},
                                    {"elbo", score.elbo},
                                    {"log_evidence_is", score.log_evidence},
                                    {"log_evidence_is_se", score.log_evidence_se},
                                    {"k_hat", score.k_hat}});
    if (!options.data.empty()) document["datasets"].back()["prior_predictive_p"] = score.prior_predictive_p;
  }
  document["seconds"] = evaluation.seconds;
  return document.dump(2) + "\n";
}

/// A subset of the latents has no log joint, and so neither ELBO nor importance weights: log q of the true latents.
void evaluate_subset(const EvaluateOptions& options, const TrainedModel& trained) {
  if (!options.data.empty()) require_all_latents(trained, "DATA: the ELBO of data without true latents");
  if (options.refine > 0) require_all_latents(trained, "--refine");
  const InterruptGuard interrupt("interrupted");
  const auto posterior = trained.load(options.common.engine);
  std::vector<std::string> names;
  std::vector<double> log_q;
  score_simulated(options, trained, names, [&](const DoubleArrays& simulated) {
    const std::vector<double> found = posterior->log_q_at_truth(simulated);
    log_q.insert(log_q.end(), found.begin(), found.end());
    interrupt.stop_if_requested();
  });
  const MeanSummary overall = summarise_mean(log_q);
  if (options.common.json) {
    nlohmann::ordered_json document = {{"model", options.artifact},
                                       {"n", log_q.size()},
                                       {"seed", options.common.engine.seed},
                                       {"log_q_at_truth", to_json(overall)},
                                       {"datasets", nlohmann::ordered_json::array()}};
    for (std::size_t i = 0; i < log_q.size(); ++i)
      document["datasets"].push_back({{"name", names[i]}, {"log_q_at_truth", log_q[i]}});
    return print(document.dump(2) + "\n");
  }
  TextTable table({"nats per data set", "mean", "median", "se"}, {1, 2, 3});
  table.add({"log q of the true latents", fixed(overall.mean), fixed(overall.median), fixed(overall.se)});
  print(counted(static_cast<std::int64_t>(log_q.size()), "data set") + " simulated from the model\n\n" +
        table.to_string());
}

void run_evaluate(const EvaluateOptions& options) {
  const TrainedModel trained(options.artifact);
  if (!trained.left_out().empty()) return evaluate_subset(options, trained);
  if (options.data.empty()) require_amortized(trained, "give its file as DATA");
  const Evaluation evaluation = evaluate(options, trained);
  if (!options.data.empty() && !options.common.quiet) {
    const auto usual = column(evaluation, &Score::prior_predictive_p);
    for (const std::string& warning : unusual_data_warnings(evaluation.names, usual)) warn(warning);
  }
  print(options.common.json ? to_json(options, evaluation) : to_text(options, evaluation));
}

}  // namespace

void setup_evaluate(CLI::App& program) {
  auto options = std::make_shared<EvaluateOptions>();
  CLI::App* command = program.add_subcommand("evaluate", "How close the posteriors are: ELBO, evidence, k-hat");
  command->add_option("MODEL", options->artifact, "Trained model (.adavi)")->required()->type_name("");
  auto* data = command->add_option("DATA", options->data, "Data file (HDF5); without it, fresh simulated data sets");
  data->type_name("");
  command->add_option("-n", options->n, "Number of simulated data sets (256)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}).description(""))
      ->excludes(data)
      ->type_name("N");
  command->add_option("--draws", options->draws, "Draws for each data set (256)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{10'000'000}).description(""))
      ->type_name("N");
  add_refine_option(*command, options->refine);
  add_json_option(*command, options->common);
  add_common_options(*command, options->common);
  add_example(*command, "adavi evaluate gre.adavi -n 256 --json");
  command->callback([options] { run_evaluate(*options); });
}

}  // namespace adavi
