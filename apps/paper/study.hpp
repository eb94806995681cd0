#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "running/adavi_runs.hpp"
#include "running/text.hpp"

namespace adavi {

/// How much is spent on what the paper did with 20 seeds and 20 data sets.
struct Effort {
  AdaviProgram adavi;
  std::uint64_t seeds = 20;      ///< trainings of an amortized method
  std::int64_t data_sets = 20;   ///< held out, the same for all methods; non-amortized methods fit each once
  double share = 1;              ///< of the paper's steps, for amortized methods
  std::int64_t draws = 256;      ///< for the ELBO of a data set
  double cpu_limit = 20000;      ///< methods on which the paper spent more CPU seconds are not run
  bool quick = false;            ///< of the largest examples only the defaults are run, too
  std::string folder = "paper";  ///< of the plots
};

/// One way to a posterior, as a configuration of adavi.
struct Method {
  std::string name;  ///< as the paper calls it
  bool amortized = true;
  std::string config;    ///< file in models/; empty: adavi's defaults, which end by themselves
  nlohmann::json patch;  ///< merged into it
};

/// What came of it, over all trainings and data sets.
struct MethodResult {
  std::vector<double> elbo;  ///< finite ones, nats: one a training and data set
  std::vector<double> gap;   ///< exact log evidence - ELBO, where it is known
  std::int64_t failed = 0;   ///< trainings that broke down or left an ELBO that is not finite
  double weights = 0;
  double cpu_seconds = 0;  ///< of a training: amortization, or inference for one data set
};

/// Median and standard deviation; NaN of nothing.
struct Spread {
  double median = 0, sd = 0;
};
Spread spread_of(std::vector<double> values);

/// An example with held-out data sets of its own, each in a file.
class Study {
 public:
  /// `has_exact`: there is a reference for its evidence.
  Study(const Effort& effort, ModelChoice model, bool has_exact);

  const Effort& effort() const { return effort_; }
  const ModelChoice& model() const { return model_; }
  const std::vector<std::string>& data() const { return data_; }
  std::string operator/(const std::string& name) const { return work_ / name; }

  MethodResult run(const Method& method) const;
  /// Trains once, an amortized method or for one data set; the model's file is `artifact`.
  Training train_once(const Method& method, std::uint64_t seed, const std::string& artifact,
                      std::size_t data_set = 0) const;

 private:
  /// The configuration's file, its steps cut to the share; empty for the defaults.
  std::string configured(const Method& method) const;
  void score(const std::string& artifact, std::size_t first, std::size_t count, std::uint64_t seed,
             MethodResult& result) const;

  const Effort& effort_;
  ModelChoice model_;
  WorkFolder work_;
  std::vector<std::string> data_;
  std::vector<double> exact_;  ///< log evidence of each data set, or nothing
};

/// Two significant digits with thousands apart, as the paper rounds times and weights: "11,000"; "-" for 0.
std::string rounded(double number);
/// Writes a plot to the folder of the plots, which is made, and says so.
void write_plot(const Effort& effort, const std::string& name, const std::string& svg);

}  // namespace adavi
