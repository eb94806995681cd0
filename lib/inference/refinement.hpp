#pragma once
#include "inference/dual_family.hpp"

namespace adavi {

/// How encodings are refined.
struct Refinement {
  std::int64_t steps = 0;
  std::int64_t draws = 8;          ///< of each data set in a step
  std::int64_t judge_draws = 256;  ///< that a refined and an amortized ELBO are compared with
  double learning_rate = 0.02;     ///< of Adam on the features, which falls to zero along a cosine
};

/// Semi-amortized inference: encodings whose features took `steps` gradient steps on the reverse KL (eq. 5) of their
/// own data set, with the network's weights, messages and starts as they are. The gradient is the path gradient. Data
/// sets share random numbers and nothing else. A data set whose ELBO is not better by more than its standard error, on
/// the same fresh random numbers before and after, keeps the encodings that it had.
Encodings refine(const DualFamily& family, const Observation& observation, const Encodings& encodings,
                 const Refinement& options, at::Generator& generator);

}  // namespace adavi
