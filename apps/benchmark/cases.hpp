#pragma once
#include <string>
#include <vector>

#include "running/adavi_runs.hpp"

namespace adavi {

/// A model with the figures it has to reach.
struct BenchmarkCase {
  std::string name;
  ModelChoice model;
  double gap = 0;          ///< log evidence - ELBO, nats per data set
  double cpu_seconds = 0;  ///< of the whole training command
  std::string paper;       ///< the paper's configuration, where it has one
  std::string reported;    ///< what the paper reports with it
};

/// All cases, in the order in which they run.
std::vector<BenchmarkCase> benchmark_cases();

}  // namespace adavi
