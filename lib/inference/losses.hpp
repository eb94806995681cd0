#pragma once
#include <memory>

#include "inference/dual_family.hpp"
#include "inference/training_options.hpp"

namespace adavi {

/// A batch of simulated data sets: everything drawn, and what of it is known.
struct Batch {
  VariableValues values;  ///< [1, B, ...]
  Observation observation;
  /// Found when it is encoded first, for as long as the constants of the warm start stay.
  std::shared_ptr<FoundPeaks> peaks = std::make_shared<FoundPeaks>();
  /// What was drawn, with components whose order means nothing in the order found in the data.
  VariableValues labelled(const DualFamily& family, const Encodings& encodings) const {
    return family.encoder().relabelled(family.model(), encodings, values);
  }
  Encodings encoded(const DualFamily& family) const { return family.encode(observation, peaks.get()); }
};

/// One loss to differentiate, averaged over data sets and draws.
///
/// - reverse KL (eq. 5, C.7): log q(theta | X) - log p(X, theta), theta ~ q. With `path_gradient` the gradient of log q
///   through its parameters at fixed theta, whose mean is zero, is left out ("sticking the landing", Roeder et al.
///   2017).
/// - forward KL (C.6): -log q(theta | X), (theta, X) ~ p.
/// - unregularized ELBO (C.8): -log p(X, theta), theta ~ q.
/// - MAP (E.4): -log p(X, theta) at the shift of the affine block.
at::Tensor loss_of(Loss loss, const DualFamily& family, const Batch& batch, std::int64_t draws, bool path_gradient,
                   at::Generator& generator);

/// The reverse KL of each data set [B], for encodings of the caller's.
at::Tensor reverse_kl_by_set(const DualFamily& family, const Encodings& encodings, const Observation& observation,
                             std::int64_t draws, bool path_gradient, at::Generator& generator);

/// log q(theta | X) [K, B], links included, of given values of the family's latents, such as simulated ones: its mean
/// over simulations is, up to a constant of the model, minus the forward KL.
at::Tensor log_q_at(const DualFamily& family, const Encodings& encodings, const Observation& observation,
                    const VariableValues& values);

/// log p(X, theta) - log q(theta | X) [K, B] of fresh draws: their mean over K is the ELBO, exp their importance
/// weight.
struct LogWeights {
  FamilyDraw draw;
  at::Tensor log_prior, log_likelihood;  ///< [K, B]
  at::Tensor log_weight() const { return log_prior + log_likelihood - draw.log_q; }
};
/// With leaves integrated they are those of all other latents alone.
LogWeights log_weights(const DualFamily& family, const Encodings& encodings, const Observation& observation,
                       std::int64_t draws, at::Generator& generator, Leaves leaves = Leaves::drawn,
                       const Widening& widening = {});

/// Mean over data sets with those far below the others pulled in: a hopeless data set must not hide progress on the
/// rest. Not finite counts as far below.
double robust_mean(const at::Tensor& elbo);

/// The name of a loss for people: "reverse KL".
const char* to_string(Loss loss);

}  // namespace adavi
