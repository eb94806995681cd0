#pragma once
#include <cstdint>
#include <vector>

namespace adavi {

/// One validation: mean ELBO over fixed data sets with fixed random numbers, and what may still be gained.
struct Validation {
  double elbo = 0;  ///< nats
  double gap = 0;   ///< usual log mean weight - mean log weight: an estimate of log p(X) - ELBO
};

/// When a phase has converged: the second half of its validations brought next to nothing, or nothing is left to gain.
class Convergence {
 public:
  void observe(const Validation& validation);

  bool converged() const { return converged_; }
  /// Validations after which the phase may have converged, at the next chance.
  std::size_t earliest() const;

  // State, for checkpoints.
  const std::vector<Validation>& validations() const { return validations_; }

 private:
  std::vector<Validation> validations_;  // all of the phase
  bool converged_ = false;
};

}  // namespace adavi
