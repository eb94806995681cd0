#pragma once
#include <ATen/ATen.h>

#include <vector>

#include "inference/density_estimator.hpp"
#include "inference/hierarchical_encoder.hpp"
#include "inference/scoring.hpp"

namespace adavi {

/// Draws of all latents for K draws of B data sets.
struct FamilyDraw {
  VariableValues values;      ///< latents (and derived quantities, once asked for)
  std::vector<at::Tensor> z;  ///< unconstrained, one an estimator: [K, B, plates..., D]
  std::vector<Start> starts;  ///< likelihood-informed starts, one an estimator; undefined where there is none
  at::Tensor log_q;           ///< log q(theta | X) [K, B], links included
};

/// The dual variational family: q(theta | X) = prod_i q_i(theta_i; E_hi, upper latents) (eq. 4 in the mean field).
class DualFamily {
 public:
  /// Fresh weights, drawn with `seed`. Neither model nor plan need outlive it.
  DualFamily(const GenerativeModel& model, const DualPlan& plan, std::uint64_t seed);

  const GenerativeModel& model() const { return model_; }
  const DualPlan& plan() const { return plan_; }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  HierarchicalEncoder& encoder() { return encoder_; }
  std::vector<DensityEstimator>& estimators() { return estimators_; }
  std::vector<Scoring>& scoring() { return scoring_; }

  /// Encodings by depth of what is known.
  std::vector<at::Tensor> encode(const VariableValues& known) const { return encoder_(model_, known); }

  /// Draws, one pass from the top of the pyramid down; differentiable in the weights.
  FamilyDraw draw(const std::vector<at::Tensor>& encodings, const Observation& observation, std::int64_t draws,
                  at::Generator& generator, EstimatorParts parts = EstimatorParts::all) const;

  /// The values at which every estimator's affine shift stands, each given those above it (E.4, step 1): one "draw".
  VariableValues modes(const std::vector<at::Tensor>& encodings, const Observation& observation) const;

  /// Likelihood-informed starts for given values of all latents.
  std::vector<Start> starts(const std::vector<at::Tensor>& encodings, const Observation& observation,
                            const VariableValues& values, const std::vector<at::Tensor>& z) const;
  /// Log density [K, B] of unconstrained values, one an estimator, in unconstrained space, given their starts. With
  /// `cheap_only`, of those estimators alone whose density takes few passes.
  at::Tensor log_q(const std::vector<at::Tensor>& encodings, const std::vector<Start>& starts,
                   const std::vector<at::Tensor>& z, bool cheap_only = false) const;

  /// Cardinality of plate `d` in what is known.
  std::int64_t cardinality(int d, const VariableValues& known) const;

  /// What estimator `i` is conditioned on, without its likelihood-informed start.
  Context context(std::size_t i, const std::vector<at::Tensor>& encodings, const std::vector<at::Tensor>& z) const;
  /// The start of estimator `i` for given upper latents.
  Start start(std::size_t i, const Context& context, const Observation& observation,
              const VariableValues& values) const;
  /// The whole context: with the start's features where the plan has them.
  Context with_start(std::size_t i, Context context, const Start& start) const;

 private:
  GenerativeModel model_;
  DualPlan plan_;
  Parameters parameters_;
  at::Generator generator_;
  HierarchicalEncoder encoder_;
  std::vector<DensityEstimator> estimators_;
  std::vector<Scoring> scoring_;  ///< one an estimator; those without steps stay empty
};

}  // namespace adavi
