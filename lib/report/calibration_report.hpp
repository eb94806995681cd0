#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "evaluation/calibration.hpp"

namespace adavi {

/// What `calibrate` found.
struct CalibrationReport {
  struct Row {
    std::string name;            ///< "mu_g[*,1]": a star where instances or elements are pooled
    std::int64_t instances = 1;  ///< pooled in each data set
    LatentScores scores;
  };

  std::string model;       ///< the artifact's path
  std::int64_t n = 0;      ///< data sets
  std::int64_t draws = 0;  ///< of each posterior
  std::uint64_t seed = 0;
  double missing = 0;   ///< share of the data sets that get gaps, as in the training
  double level = 0.99;  ///< probability that all rows of exact posteriors pass
  double seconds = 0;
  std::vector<Row> rows;

  /// A row fails at this p-value or below (Bonferroni).
  double threshold() const;
  Misfit misfit(const Row& row) const;
  bool calibrated() const;
};

/// A table with a line for each row and the verdict in words.
std::string to_text(const CalibrationReport& report);
/// All numbers, ranks, distribution functions and their band.
std::string to_json(const CalibrationReport& report);

}  // namespace adavi
