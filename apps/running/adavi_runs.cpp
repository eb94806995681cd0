#include "running/adavi_runs.hpp"

#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "diagnostics/failure.hpp"

namespace adavi {
namespace {

/// `adavi SUBCOMMAND ...`, on the processor, without progress.
CommandResult run(const AdaviProgram& adavi, std::vector<std::string> words, std::uint64_t seed) {
  words.insert(words.begin(), adavi.path);
  for (const std::string& word : {std::string("--seed"), std::to_string(seed), std::string("--device"),
                                  std::string("cpu"), std::string("--quiet")})
    words.push_back(word);
  if (adavi.threads > 0) words.insert(words.end(), {"--threads", std::to_string(adavi.threads)});
  return run_command(words);
}

void add_settings(std::vector<std::string>& words, const ModelChoice& model) {
  for (const std::string& setting : model.settings) words.insert(words.end(), {"--set", setting});
}

/// The whole number that stands before `unit` in "..., 350 steps, ...".
std::int64_t number_before(const std::string& text, const std::string& unit) {
  const std::size_t end = text.find(" " + unit);
  if (end == std::string::npos || end == 0)
    throw Failure(ExitStatus::failed, "'adavi train' did not say its " + unit + ": " + text);
  const std::size_t begin = text.find_last_not_of("0123456789", end - 1) + 1;
  return std::stoll(text.substr(begin, end - begin));
}

/// JSON has no NaN and no infinity.
double number_or_nan(const nlohmann::json& value) {
  return value.is_number() ? value.get<double>() : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace

std::string model_path(const std::string& name) {
  if (std::filesystem::exists(name)) return name;
  const std::string known = ADAVI_MODELS "/" + name + ".hbm";
  if (std::filesystem::exists(known)) return known;
  throw Failure(ExitStatus::usage, "no model '" + name + "', here or in " ADAVI_MODELS);
}

std::string model_name(const std::string& path) { return std::filesystem::path(path).stem().string(); }

void simulate(const AdaviProgram& adavi, const ModelChoice& model, std::int64_t n, std::uint64_t seed,
              const std::string& file) {
  std::vector<std::string> words = {"simulate", model.path, "-n", std::to_string(n), "-o", file};
  add_settings(words, model);
  run(adavi, std::move(words), seed);
}

namespace {

Training train_with(const AdaviProgram& adavi, const ModelChoice& model, const std::string& config, std::uint64_t seed,
                    const std::string& artifact, const std::vector<std::string>& more) {
  std::vector<std::string> words = {"train", model.path, "-o", artifact};
  words.insert(words.end(), more.begin(), more.end());
  if (!config.empty()) words.insert(words.end(), {"--config", config});
  add_settings(words, model);
  Training training;
  training.command = run(adavi, std::move(words), seed);
  training.steps = number_before(training.command.out, "steps");
  training.weights = number_before(training.command.out, "weights");
  if (training.command.out.find("non-finite") != std::string::npos)
    training.skipped = number_before(training.command.out, "non-finite");
  return training;
}

}  // namespace

Training train(const AdaviProgram& adavi, const ModelChoice& model, const std::string& config, std::uint64_t seed,
               const std::string& artifact, const std::string& time) {
  std::vector<std::string> more;
  if (!time.empty()) more = {"--time", time};
  return train_with(adavi, model, config, seed, artifact, more);
}

Training fit(const AdaviProgram& adavi, const ModelChoice& model, const std::string& config, std::uint64_t seed,
             const std::string& artifact, const std::string& data) {
  return train_with(adavi, model, config, seed, artifact, {"--fit", data});
}

std::vector<DataSetScore> evaluate(const AdaviProgram& adavi, const std::string& artifact, const std::string& file,
                                   std::int64_t draws, std::uint64_t seed) {
  const CommandResult result =
      run(adavi, {"evaluate", artifact, file, "--draws", std::to_string(draws), "--json"}, seed);
  const nlohmann::json document = nlohmann::json::parse(result.out);
  std::vector<DataSetScore> scores;
  for (const auto& set : document.at("datasets"))
    scores.push_back({number_or_nan(set.at("elbo")), number_or_nan(set.at("log_evidence_is")),
                      number_or_nan(set.at("log_evidence_is_se")), number_or_nan(set.at("k_hat"))});
  return scores;
}

CommandResult infer(const AdaviProgram& adavi, const std::string& artifact, const std::string& file, std::int64_t draws,
                    std::uint64_t seed, bool resample, const std::string& posterior) {
  return run(adavi,
             {"infer", artifact, file, "--draws", std::to_string(draws), resample ? "--resample" : "--no-resample",
              "-o", posterior},
             seed);
}

}  // namespace adavi
