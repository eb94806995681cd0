#pragma once
#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "distributions/distribution.hpp"
#include "distributions/links.hpp"
#include "inference/data_patterns.hpp"
#include "inference/evaluation_context.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi {

/// What is known of a batch of data sets, ready for many evaluations of the likelihood.
struct Observation {
  VariableValues values;  ///< observed variables and covariates [1, B, plates..., event...]; the others undefined
  /// By observed variable: statistics that stand for all draws of the innermost plate, where the likelihood is an
  /// exponential family whose arguments are constant over it; empty for the others.
  std::vector<SufficientStatistics> statistics;
  /// Where observations are missing: by variable [1, B, plates...] which are there, undefined where all are. Values
  /// that are not there are filled with numbers that mean nothing.
  std::vector<at::Tensor> present;
  /// By depth [1, B, plates...]: which instances have data anywhere below; undefined where all have.
  std::vector<at::Tensor> instances;

  /// Whether any observation is missing.
  bool incomplete() const {
    return std::any_of(present.begin(), present.end(), [](const at::Tensor& flags) { return flags.defined(); });
  }
  at::Tensor instances_at(int depth) const {
    return instances.empty() ? at::Tensor() : instances[static_cast<std::size_t>(depth)];
  }
};

/// The analysed model on tensors: prior predictive draws and the terms of the log joint.
class GenerativeModel {
 public:
  GenerativeModel(const HbmModel& model, at::TensorOptions options);

  const HbmModel& model() const { return model_; }
  at::TensorOptions options() const { return options_; }

  /// `n` data sets with everything that belongs to them, [1, n, plates..., event...], drawn in order of declaration,
  /// for plates of the given cardinalities, or of their largest.
  VariableValues simulate(std::int64_t n, at::Generator& generator) const;
  VariableValues simulate(std::int64_t n, at::Generator& generator, const Cardinalities& cardinalities) const;

  /// Keeps what is known of `values` and collapses it to sufficient statistics where that loses nothing. An
  /// observation with a NaN in it is missing; so may covariates be where nothing is observed.
  Observation observe(const VariableValues& values) const;

  /// log p(theta) [K, B]: every latent's density, summed over its plates, or, by depth, over the instances given.
  /// `left_out`, if there, flags variables that do not count.
  at::Tensor log_prior(const VariableValues& values, const std::vector<at::Tensor>& instances = {},
                       const std::vector<char>& left_out = {}) const;
  /// Log density of one latent given its parents, an instance each: [K, B, plates...].
  at::Tensor conditional_log_prior(int index, const VariableValues& values) const;
  /// Unconstrained draws of one latent given its parents, for `shape` [K, B, plates...]: [K, B, plates..., S].
  at::Tensor draw_conditional_prior(int index, std::vector<std::int64_t> shape, const VariableValues& values,
                                    at::Generator& generator) const;
  /// log p(X | theta) [K, B] of what is there of X.
  at::Tensor log_likelihood(const Observation& observation, const VariableValues& values,
                            const std::vector<char>& left_out = {}) const;

  /// Of a simplex's Dirichlet conditional (see `is_dirichlet`), its prior's and the counts: [K, B, plates..., parts].
  at::Tensor concentration(int simplex, const Observation& observation, const VariableValues& values) const;
  /// Log weights and densities of the components of an observed mixture [K, B, plates..., components], up to what all
  /// components share.
  at::Tensor component_log_densities(int index, const VariableValues& values) const;

  /// Latent `index` from its unconstrained numbers z [K, B, plates..., S] (eq. 2): its value [.., event...], and log
  /// |det| of the link [K, B, plates...]. Bounds may depend on values already there.
  struct Constrained {
    at::Tensor value, log_det;
  };
  Constrained constrain(int index, const at::Tensor& z, const VariableValues& values) const;
  /// The inverse, [.., event...] -> [.., S]. Also for known variables.
  at::Tensor unconstrain(int index, const VariableValues& values) const;

  /// What Newton steps on a block of latents of the same plates climb, summed over everything: the log density of each
  /// given its parents, with its link's log |det|, and of those children that are in `known_latents` or, on request,
  /// observed. `z` holds the block's unconstrained numbers side by side, `values` all other parents.
  at::Tensor local_log_joint(const std::vector<int>& block, const at::Tensor& z, const Observation& observation,
                             const VariableValues& values, const std::vector<int>& known_latents,
                             bool with_likelihood) const;
  /// The same of one latent, all children that are known included, a number each, of the latent and of its children in
  /// the same place: [K, B, plates..., S]. Links and densities work number by number, unless S is 1.
  at::Tensor local_log_density(int index, const at::Tensor& z, const Observation& observation,
                               const VariableValues& values, const std::vector<int>& known_latents) const;
  /// Values of a block of latents from their unconstrained numbers side by side, put into `values`; the links'
  /// log |det|, summed over everything, or undefined.
  at::Tensor constrain_block(const std::vector<int>& block, const at::Tensor& z, VariableValues& values) const;

  /// Fills in the derived quantities of what is there.
  void derive(VariableValues& values) const;

 private:
  at::Tensor log_density(const Variable& variable, const at::Tensor& x, EvaluationContext& context,
                         const at::Tensor& present = {}) const;
  at::Tensor observed_log_density(std::size_t i, const Observation& observation, const VariableValues& values,
                                  EvaluationContext& context) const;
  template <class Add>
  void each_local_term(const std::vector<int>& block, const Observation& observation, const VariableValues& values,
                       const std::vector<int>& known_latents, bool with_likelihood, Add add) const;
  LinkFunction link_of(const Variable& variable, EvaluationContext& context) const;
  bool collapses(const Variable& variable) const;
  std::vector<at::Tensor> instances_of(const Observation& observation) const;

  const HbmModel& model_;
  at::TensorOptions options_;
};

}  // namespace adavi
