#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "inference/engine.hpp"
#include "running/command.hpp"

namespace adavi {

/// The binary under measurement, and what all its commands get.
struct AdaviProgram {
  std::string path = default_adavi();
  int threads = 0;  ///< 0: as many as there are cores
};

/// A model's file and the constants set on top of it.
struct ModelChoice {
  std::string path;
  std::vector<std::string> settings;  ///< NAME=VALUE
};

/// A path to a model as given, or the model of that name in `models/`.
std::string model_path(const std::string& name);
/// The name of a model's file.
std::string model_name(const std::string& path);

/// What `adavi train` took and said.
struct Training {
  CommandResult command;
  std::int64_t steps = 0;
  std::int64_t weights = 0;
  std::int64_t skipped = 0;  ///< non-finite steps
};

/// What `adavi evaluate` said of one data set, in nats.
struct DataSetScore {
  double elbo = 0;
  double log_evidence = 0;  ///< importance sampled
  double log_evidence_se = 0;
  double k_hat = 0;
  /// Its draws are not to be trusted: k-hat is above 0.7 or not a number.
  bool poor() const { return !(k_hat <= largest_k_hat); }
};

/// Seed of held-out data sets: the same whatever the training's seed, and never that of a training.
inline constexpr std::uint64_t held_out_seed = 20220131;

/// Each runs one command as a user would. Failure(failed) if it does not succeed.
void simulate(const AdaviProgram& adavi, const ModelChoice& model, std::int64_t n, std::uint64_t seed,
              const std::string& file);
/// `config` may be empty: the defaults; so may `time`: until it has converged.
Training train(const AdaviProgram& adavi, const ModelChoice& model, const std::string& config, std::uint64_t seed,
               const std::string& artifact, const std::string& time = "");
/// The same for one data set alone, that of `data`: non-amortized.
Training fit(const AdaviProgram& adavi, const ModelChoice& model, const std::string& config, std::uint64_t seed,
             const std::string& artifact, const std::string& data);
std::vector<DataSetScore> evaluate(const AdaviProgram& adavi, const std::string& artifact, const std::string& file,
                                   std::int64_t draws, std::uint64_t seed);
CommandResult infer(const AdaviProgram& adavi, const std::string& artifact, const std::string& file, std::int64_t draws,
                    std::uint64_t seed, bool resample, const std::string& posterior);

}  // namespace adavi
