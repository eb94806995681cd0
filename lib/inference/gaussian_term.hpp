#pragma once
#include <ATen/ATen.h>

#include <vector>

#include "inference/generative_model.hpp"
#include "inference/parabola.hpp"

namespace adavi {

/// The log density of one variable with a normal distribution, whose location alone depends, linearly, on latents that
/// are summed out (see `is_quadratic`).
struct GaussianTerm {
  int variable = -1;
  std::vector<int> latents;          ///< that matter, the variable itself among them if it is one
  std::vector<std::int64_t> places;  ///< of their numbers among those of the parabola

  /// Adds it to a parabola around `place` [1, B, plates(depth), size], given the other `values`. `present`, where
  /// defined, says where the variable is there. What only scales vary in is computed once for all draws.
  void add(Parabola& parabola, const at::Tensor& place, int depth, const GenerativeModel& model,
           const VariableValues& values, const at::Tensor& present) const;
};

}  // namespace adavi
