#pragma once
#include <vector>

#include "inference/data_patterns.hpp"
#include "inference/dual_family.hpp"

namespace adavi {

/// How usual data sets are among those that a model simulates. Summaries are the top's encodings E_0, what the
/// posterior is made from; what is far is told by Mahalanobis' distance with a shrunk covariance.
class Typicality {
 public:
  /// Simulates data sets `like` the given ones: of their cardinalities, with the missing observations of one of them
  /// after another. The same for the same seed. Models of very large data sets get none: too much to simulate.
  Typicality(const DualFamily& family, const Observation& like, std::uint64_t seed);

  /// Whether data have the cardinalities that were simulated.
  bool fits(const DualFamily& family, const Observation& observation) const;

  /// For each data set the share, from 1/256 to 1, of simulated data sets that are at least as far from the usual ones,
  /// itself counted along (a conformal p-value: uniform for data of the model, whatever the distance); NaN where
  /// nothing was simulated.
  std::vector<double> operator()(const DualFamily& family, const Observation& observation) const;

 private:
  at::Tensor squared_distance(const at::Tensor& summaries) const;

  Cardinalities cardinalities_;
  at::Tensor mean_, factor_;  ///< of the usual summaries: [features], and the covariance's Cholesky factor
  at::Tensor others_;         ///< squared distances of simulations that data are compared with; undefined: none
};

}  // namespace adavi
