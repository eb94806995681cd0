#pragma once
#include <cstdint>
#include <string>

#include "benchmark/cases.hpp"
#include "report/summary_statistics.hpp"

namespace adavi {

/// What holds for every case of one run.
struct BenchmarkSettings {
  AdaviProgram adavi;
  std::int64_t data_sets = 256;
  std::int64_t draws = 256;
  std::string config;  ///< of the training; empty: the defaults
};

/// What was reached with one seed. Summaries are over the held-out data sets, in nats.
struct Measurement {
  Training training;
  MeanSummary exact;  ///< exact log evidence
  MeanSummary elbo;
  MeanSummary gap;           ///< exact log evidence - ELBO
  double is_error = 0;       ///< mean of importance-sampled - exact log evidence
  double is_error_se = 0;    ///< its Monte-Carlo standard error, as `evaluate` gives it
  std::int64_t outside = 0;  ///< data sets where that difference is above 3 of their own standard errors
  std::int64_t poor = 0;     ///< data sets with a k-hat above 0.7
};

/// Simulates held-out data sets, trains, evaluates, and computes the exact evidence. The training's seed is `seed`.
Measurement measure(const BenchmarkCase& benchmark, const BenchmarkSettings& settings, std::uint64_t seed);

}  // namespace adavi
