#pragma once
#include <ATen/ATen.h>

#include <vector>

#include "codegen/dual_plan.hpp"
#include "nn/affine_block.hpp"
#include "nn/autoregressive.hpp"

namespace adavi {

/// Unconstrained draws and their log density.
struct FlowDraw {
  at::Tensor z;      ///< [K, B, plates..., D]
  at::Tensor log_q;  ///< [K, B, plates...]
};

/// Conditional normalizing flow F_i of one template (eq. 2), in unconstrained space: u ~ N(0, I), an autoregressive
/// flow, an affine block. With `maf` the flow follows the affine block, as in the paper; otherwise it precedes it, so
/// that it works at unit scale.
///
/// The affine block is z = A c + L (m(c) + T(c) v): A and L come from the warm start, the trunk's m and T correct them
/// in units of the posterior's scale.
///
/// With an exact plan it is the identity and has no weights: the start says everything.
class DensityEstimator {
 public:
  DensityEstimator(Parameters& parameters, const std::string& name, const EstimatorPlan& plan,
                   at::Generator& generator);

  /// One draw for each u [K, B, plates..., D].
  FlowDraw draw(const Context& context, const at::Tensor& u) const;
  /// log q(z) [K, B, plates...].
  at::Tensor log_q(const Context& context, const at::Tensor& z) const;
  /// The affine block's shift alone (the MAP regression of E.4).
  at::Tensor shift(const Context& context) const;

  /// Standardises the unconstrained values of upper latents before they enter a context; one a name in
  /// `EstimatorPlan::upper`.
  std::vector<Standardizer> upper;
  /// A [2 D or D, context]: shift and log diagonal linear in the context; undefined without a trunk.
  at::Tensor linear;
  at::Tensor bias;  ///< of the affine head, shift first: [rows], or [plates..., rows]; belongs to m, T
  at::Tensor base;  ///< L [D, D], lower triangular, a constant
  std::int64_t size() const { return plan_.size; }

 private:
  at::Tensor features(const Context& context) const;
  Affine affine(const Context& context, const at::Tensor& features) const;
  at::Tensor prepare_flow(const Context& context, const at::Tensor& features) const;

  EstimatorPlan plan_;
  std::vector<Linear> trunk_;
  Linear head_;
  AutoregressiveFlow flow_;
};

}  // namespace adavi
