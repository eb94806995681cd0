#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "codegen/architecture.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi {

/// How a known variable (data or covariate) becomes numbers for the encoder, element by element.
enum class InputTransform {
  identity,
  inverse_link,  ///< as the paper has it: data on a constrained set enters through the inverse of its link
  log1p,         ///< counts
  one_hot,       ///< categories
};

/// One block of encoder features from one known variable.
struct EncoderInput {
  int variable = -1;
  InputTransform transform = InputTransform::identity;
  std::int64_t size = 0;
};

/// What contracts one plate: E_h -> E_(h+1) (eq. 1).
struct EncoderLevel {
  int plate = -1;                    ///< position in HbmModel::plates
  std::vector<EncoderInput> inputs;  ///< known variables that join here, in the plates up to and including this one
  std::int64_t input = 0;            ///< features of one element of the plate, joined ones included
  bool contracts = true;             ///< false for a plate of cardinality 1: features pass through
  Attention attention = Attention::none;
  std::int64_t embedding = 0, heads = 0, inducing = 0, blocks = 0;
  bool moments = false;
  std::int64_t output = 0;  ///< embedding + (2 * input + 1 with moments), or input if nothing contracts
  std::int64_t weights = 0;
};

/// Conditional density estimator of one template latent (eq. 2): u -> flow -> affine -> link.
struct EstimatorPlan {
  int variable = -1;
  std::int64_t size = 0;  ///< unconstrained dimension
  int depth = 0;
  std::vector<int> upper;  ///< latents whose unconstrained values join the context
  /// Newton steps on the latent's own log joint, which its upper latents and the data determine where all its children
  /// are observed and no later latent is their parent too; 0 for the others.
  std::int64_t scoring_steps = 0;
  std::int64_t context =
      0;  ///< encoding (with known variables of the same depth) + upper latents + 2 size with scoring
  std::vector<std::int64_t> trunk;
  AffineScale affine = AffineScale::diagonal;
  FlowKind flow = FlowKind::none;
  std::vector<std::int64_t> flow_hidden;
  std::int64_t spline_bins = 0;  ///< 0 where the flow is no spline
  Link link;
  std::int64_t weights = 0;
};

/// The paper's "derive the dual" as data: every layer and its sizes.
struct DualPlan {
  Family family = Family::structured;
  std::vector<EncoderLevel> encoder;      ///< innermost plate first
  std::vector<EncoderInput> top_inputs;   ///< known variables outside every plate
  std::vector<EstimatorPlan> estimators;  ///< in sampling order
  std::int64_t weights = 0;               ///< trainable numbers; does not depend on cardinalities
};

/// Features of E_h at a depth, with the known variables of that depth: the first part of a context.
std::int64_t encoding_size(const HbmModel& model, const DualPlan& plan, int depth);
/// Transformed numbers that a masked network gives for each dimension of a flow.
std::int64_t flow_parameters(const EstimatorPlan& plan);

/// HbmModel + options -> plan. A cardinality enters only by being one or more than one.
DualPlan derive(const HbmModel& model, const ArchitectureOptions& options);

}  // namespace adavi
