#pragma once
#include <ATen/ATen.h>

#include <functional>
#include <string>
#include <vector>

#include "nn/layers.hpp"

namespace adavi {

/// Log posterior density, up to a constant, of P numbers z [K, B, P] of the top of the pyramid, with all other latents
/// integrated out approximately: [K, B].
using LogMarginal = std::function<at::Tensor(const at::Tensor& z)>;

/// What a data set says of the scales at the top of the pyramid: mean, log standard deviation and skewness of each
/// one's posterior on a grid, the others held at their means (a nested Laplace approximation).
class Profile {
 public:
  Profile() = default;
  /// `features` of the top's encoding, from which the grids are placed. All constants: set by `fit`.
  Profile(Parameters& parameters, std::int64_t numbers, std::int64_t features);

  /// [1, B, 3 P], standardised; zeros while switched off. `encoding` [1, B, F].
  at::Tensor operator()(const at::Tensor& encoding, const LogMarginal& log_marginal) const;
  /// Sets the constants from simulations with true numbers [1, B, P]; `fixed` flags those features of the encoding that
  /// do not change with training. Stays off where the grids tell no more than those features do.
  at::Tensor fit(const at::Tensor& encoding, const at::Tensor& truth, const std::vector<char>& fixed,
                 const LogMarginal& log_marginal);

 private:
  at::Tensor on_grids(const at::Tensor& encoding, const LogMarginal& log_marginal) const;

  at::Tensor weight_, intercept_;  ///< [P, F], [P]: where the grids are placed first
  at::Tensor reach_;               ///< [P] how far from the truth that usually is
  at::Tensor enabled_;             ///< [1], 0 or 1
  Standardizer standardizer_;
};

}  // namespace adavi
