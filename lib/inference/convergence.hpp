#pragma once
#include <cstdint>
#include <vector>

namespace adavi {

/// Learning-rate schedule that a validation ELBO steers: constant while the ELBO rises, lower by a factor each time it has
/// settled, over after the last. Differences are paired over the same data sets and random numbers, so that their noise is
/// far below that of the ELBO itself.
class Convergence {
 public:
  /// Takes a validation: the ELBO of each data set.
  void observe(const std::vector<double>& elbo);

  bool converged() const { return decays_ >= most_decays; }
  /// Factor of the initial learning rate.
  double rate() const;

  // State, for checkpoints.
  std::vector<double> reference;  ///< the best validation so far
  std::int64_t waited = 0;        ///< validations since then
  std::int64_t decays_ = 0;

 private:
  static constexpr std::int64_t most_decays = 5;
  static constexpr std::int64_t patience = 2;
};

}  // namespace adavi
