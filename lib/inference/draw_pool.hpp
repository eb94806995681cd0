#pragma once
#include <map>
#include <string>
#include <vector>

#include "inference/dual_family.hpp"
#include "inference/engine.hpp"
#include "inference/losses.hpp"

namespace adavi {

/// Whether draws have the variable: latents and derived quantities.
inline bool is_drawn(const Variable& variable) {
  return variable.role == ast::Role::latent || variable.role == ast::Role::derived;
}

/// A column of [K, B], float64.
std::vector<double> column(const at::Tensor& matrix, std::int64_t b);

/// Which draws of a pool each data set keeps.
struct Choice {
  at::Tensor positions;       ///< in the pool, ascending: [draw, data set]
  at::Tensor log_weight;      ///< that they still need, normalised: [draw, data set]
  std::vector<double> k_hat;  ///< of the whole pool, by data set
  std::vector<double> resampled;
};

/// The first `draws` of every data set.
at::Tensor first_positions(std::int64_t draws, std::int64_t data_sets);

/// Log importance weights of a pool of draws [pool, data set].
struct PoolWeights {
  at::Tensor mixed;  ///< about the density that the whole pool was drawn from
  at::Tensor plain;  ///< about q, from which its first draws are
};

/// Keeps the first `draws` of a pool or, where `offsets` [data set] on [0, 1) are given and k-hat allows, resamples
/// systematically by the Pareto-smoothed weights.
Choice choose(const PoolWeights& weights, std::int64_t draws, const at::Tensor& offsets = {});

/// Log densities of a pool of draws, joined from pieces: [draw, data set], float64.
class PoolDensities {
 public:
  void add(const LogWeights& piece);
  PoolWeights weights() const;
  /// The chosen draws, given their variables.
  PosteriorDraws kept(const Choice& choice, FloatArrays variables) const;

 private:
  std::vector<at::Tensor> log_prior_, log_likelihood_, log_q_, log_widened_;
};

/// Gathers latents and derived quantities at given positions from the pieces of a pool.
class DrawGatherer {
 public:
  DrawGatherer(const DualFamily& family, at::Tensor positions);
  /// The piece whose first draw has the position `first`; derived quantities are computed here.
  void add(std::int64_t first, FamilyDraw piece);
  FloatArrays arrays() const;

 private:
  const DualFamily& family_;
  at::Tensor positions_;
  std::map<std::string, at::Tensor> gathered_;
};

}  // namespace adavi
