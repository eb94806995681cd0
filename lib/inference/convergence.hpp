#pragma once
#include <cstdint>
#include <vector>

namespace adavi {

/// One validation: mean ELBO over fixed data sets with fixed random numbers, and what may still be gained.
struct Validation {
  std::int64_t step = 0;
  double elbo = 0;  ///< nats
  double gap = 0;   ///< usual log mean weight - mean log weight: an estimate of log p(X) - ELBO
};

/// Learning-rate schedule that validations steer: constant while the ELBO rises, then a decay of as many steps,
/// then the end. Ends at once where nothing is left to gain.
class Convergence {
 public:
  void observe(const Validation& validation);

  bool converged(std::int64_t step) const;
  /// Factor of the initial learning rate at a step of the phase.
  double rate(std::int64_t step) const;
  /// Last step of the decay; before it has begun, what that would be if it began at the next chance.
  std::int64_t expected_end(std::int64_t step, std::int64_t steps_a_validation) const;

  /// The decay begins in time to end by this step.
  std::int64_t most_steps = std::int64_t{1} << 60;

  // State, for checkpoints.
  std::vector<double> elbos;     ///< of all validations of the phase
  std::int64_t decay_begin = 0;  ///< step; 0: not yet
  bool nothing_to_gain = false;

 private:
  std::int64_t decay_steps() const;
};

}  // namespace adavi
