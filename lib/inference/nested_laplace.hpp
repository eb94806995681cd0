#pragma once
#include <ATen/ATen.h>

#include <vector>

#include "inference/linear_guess.hpp"
#include "inference/newton.hpp"
#include "inference/start.hpp"
#include "nn/layers.hpp"

namespace adavi {

/// Log posterior density, up to a constant, of P numbers z [K, B, P] of the top of the pyramid, with all other latents
/// integrated out approximately: [K, B].
struct LogMarginal {
  ObjectiveAround around;
  std::int64_t at_once = 1;  ///< how many K to ask for together
};

/// What data sets say of P numbers at the top of the pyramid.
struct TopPeak {
  Warp warp;            ///< of the numbers [1, B, P], each of which is about N(0, 1) before
  at::Tensor relation;  ///< [1, B, P, P], float64: their correlations there
  at::Tensor bends;     ///< [1, B, 2 P] skewness and kurtosis of each, standardised
  TriangularMap map;    ///< how the density differs from that Gaussian copula, of its independent numbers
  bool defined() const { return relation.defined(); }
  /// The copula alone.
  TopPeak without_map() const;
};

/// The distribution of `count` numbers from `first`, given those before in `known` whose values are `z` [K, B, known].
/// Differentiable in z.
Start conditional(const TopPeak& peak, std::int64_t first, std::int64_t count, const std::vector<std::int64_t>& known,
                  const at::Tensor& z);

/// An approximation of a data set's marginal posterior at the top, in which all other latents are integrated out by
/// Laplace approximations of their own (Rue, Martino & Chopin 2009): Newton steps to its peak, a Gaussian copula with
/// the correlations of the curvature there, each number's density on a grid through it, and a triangular map
/// for what is left, above all how the conditionals of later numbers widen and bow with earlier ones.
class NestedLaplace {
 public:
  NestedLaplace() = default;
  /// `features` of the top's encoding, from which Newton steps start. All constants: set by `fit_guess` and `fit`.
  NestedLaplace(Parameters& parameters, std::int64_t numbers, std::int64_t features, std::int64_t steps);

  /// `encoding` [1, B, F]. Undefined while switched off.
  TopPeak operator()(const at::Tensor& encoding, const LogMarginal& log_marginal) const;
  /// Sets where climbs begin from simulations with true numbers [1, B, P]; `fixed` flags those features of the encoding
  /// that do not change with training. Switches off until `fit`.
  void fit_guess(const at::Tensor& encoding, const at::Tensor& truth, const std::vector<char>& fixed);
  /// Sets the other constants from climbs, and switches on.
  TopPeak fit(const at::Tensor& encoding, const LogMarginal& log_marginal);
  /// From now on peaks have no map.
  void leave_map() { mapped_.fill_(0); }

 private:
  TopPeak find(const at::Tensor& encoding, const LogMarginal& log_marginal) const;

  std::int64_t steps_ = 0;
  LinearGuess guess_;            ///< of P numbers
  at::Tensor enabled_, mapped_;  ///< [1], 0 or 1
  Standardizer standardizer_;
  TriangularRegression regression_;
};

}  // namespace adavi
