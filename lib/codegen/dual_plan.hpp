#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "codegen/architecture.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi {

/// How a known variable (data or covariate) becomes numbers for the encoder, element by element.
enum class InputTransform {
  identity,
  inverse_link,  ///< as the paper has it: data on a constrained set enters through the inverse of its link
  log1p,         ///< counts, and covariates with the declared bounds 0 and none
  one_hot,       ///< categories
};

/// One block of encoder features from one known variable.
struct EncoderInput {
  int variable = -1;
  InputTransform transform = InputTransform::identity;
  std::int64_t size = 0;
};

/// What the data of each instance of a plate say by themselves of all latents that they depend on directly: a Gaussian
/// approximation of their likelihood, as if every such latent had a copy of its own in each instance.
struct MessagePlan {
  std::vector<int> latents;  ///< in sampling order; empty: no messages
  int depth = 0;             ///< of the deepest of them: where messages begin
  std::int64_t size = 0;     ///< S, unconstrained numbers of all of them
  std::int64_t steps = 0;    ///< Newton steps
  /// The observed mixture whose components, exchangeable ones, are searched for before the steps; -1: none. The latents
  /// of all instances then have one labelling.
  int mixture = -1;
  bool nearly_sufficient = true;  ///< the data are exponential families: messages and moments say almost all
};

/// What contracts one plate: E_h -> E_(h+1) (eq. 1).
struct EncoderLevel {
  int plate = -1;                    ///< position in HbmModel::plates
  std::vector<EncoderInput> inputs;  ///< known variables that join here, in the plates up to and including this one
  std::int64_t message = 0;          ///< S where messages of one element of the plate exist: they are pooled
  std::int64_t input = 0;            ///< features of one element of the plate, joined ones and new messages included
  bool contracts = true;             ///< false for a plate of cardinality 1: features pass through
  Attention attention = Attention::none;
  std::int64_t embedding = 0, heads = 0, inducing = 0, blocks = 0;
  bool moments = false;
  /// embedding + (2 input + 1 with moments) + (3 S with messages), or input if nothing contracts
  std::int64_t output = 0;
  std::int64_t weights = 0;
};

/// What tells an estimator, beside its learned features, where to start: Newton steps on the log prior given the upper
/// latents plus ...
enum class Scores {
  none,
  likelihood,  ///< ... the log likelihood of observed children: the latent's exact conditional
  expansion,   ///< ... the same, to second order around where a mixture's components were found
  message,     ///< ... the Gaussian likelihood of the messages from below, fitted to simulations
  own_data,  ///< the Gaussian likelihood of its own messages alone: where parents are left out, its prior is not known
  elimination,  ///< all data, Gaussian latents below eliminated: the exact conditional of a Gaussian latent at the top
  marginal,     ///< at the top: all data, everything below integrated out by its own start; no prior is left to add
};

/// Conditional density estimator of one template latent (eq. 2): u -> flow -> affine -> link.
struct EstimatorPlan {
  int variable = -1;
  std::int64_t size = 0;  ///< unconstrained dimension
  int depth = 0;
  std::vector<int> upper;   ///< latents whose unconstrained values join the context
  std::vector<int> around;  ///< depths above whose encodings join it: of latents left out that it depends on
  /// Whether instances without data can be drawn from their prior: no latent parent is left out.
  bool parents_known = true;
  Scores scores = Scores::none;
  /// Scores::likelihood, expansion and elimination: later latents of the same plates that share variables below with
  /// this one, climbed along.
  std::vector<int> along;
  std::vector<int> eliminated;     ///< Scores::elimination: the Gaussian latents below, outermost first
  std::int64_t scoring_size = 0;   ///< unconstrained numbers climbed: `size`, and those of `along`
  std::int64_t scoring_steps = 0;  ///< 0 with Scores::likelihood: densities are looked for without climbing
  std::int64_t message_from = 0;   ///< Scores::own_data: where its numbers begin among those of the messages
  bool quadratic = false;          ///< what is climbed is a parabola: its peak is one step away
  /// The start is the latent's exact conditional: a Gaussian, or any density of one number by quadrature, of each
  /// number where there are more and they are independent. Nothing is left to learn.
  bool exact = false;
  bool dirichlet = false;  ///< exact, too, of a simplex: the parts broken off one after another are independent
  bool is_tabulated() const { return exact && !quadratic; }
  /// encoding (with known variables of the same depth) + encodings around + upper latents + 2 size with scoring + 2 a
  /// number of the marginal block with Scores::marginal
  std::int64_t context = 0;
  std::vector<std::int64_t> trunk;
  AffineScale affine = AffineScale::diagonal;
  /// No encoder: the affine block has a bias of each instance's own, for plates of the cardinalities `instances`.
  bool free = false;
  std::vector<std::int64_t> instances;
  FlowKind flow = FlowKind::none;
  std::vector<std::int64_t> flow_hidden;
  std::int64_t spline_bins = 0;  ///< 0 where the flow is no spline
  Link link;
  std::int64_t weights = 0;
};

/// The paper's "derive the dual" as data: every layer and its sizes.
struct DualPlan {
  Family family = Family::structured;
  bool free = false;  ///< no encoder: encodings have no features
  MessagePlan message;
  std::vector<EncoderLevel> encoder;     ///< innermost plate first
  std::vector<EncoderInput> top_inputs;  ///< known variables outside every plate
  /// Latents with Scores::marginal: their peak is found once a data set, all of them together.
  std::vector<int> marginal;
  std::vector<EstimatorPlan> estimators;  ///< in sampling order
  std::vector<int> left_out;              ///< latents that the family is not derived for: marginalised by simulation
  /// Family::total: the one estimator of all latents and their instances side by side, `estimators` in their order and
  /// without weights. No variable of its own; its context has the encodings of all depths with latents, side by side.
  std::optional<EstimatorPlan> total;
  std::int64_t weights = 0;  ///< trainable numbers; cardinalities count for Family::total and `free` alone
};

/// Whether every conditional is computed: there is nothing to learn.
bool is_exact(const DualPlan& plan);
/// Features of E_h at a depth, with the known variables of that depth: the first part of a context.
std::int64_t encoding_size(const HbmModel& model, const DualPlan& plan, int depth);
/// Unconstrained numbers of all latents with Scores::marginal.
std::int64_t marginal_size(const HbmModel& model, const DualPlan& plan);
/// Transformed numbers that a masked network gives for each dimension of a flow.
std::int64_t flow_parameters(const EstimatorPlan& plan);

/// Trainable numbers of an estimator.
std::int64_t estimator_weights(const EstimatorPlan& plan);
/// Ground instances of one template in the first `depth` plates, of their largest cardinalities.
std::int64_t instances_at(const HbmModel& model, int depth);

/// HbmModel + options -> plan. A cardinality enters only by being one or more than one, but for `total` and `free`.
DualPlan derive(const HbmModel& model, const ArchitectureOptions& options);
/// Family::total: the one estimator of all that `plan` has estimators of, and the place of a latent in it.
EstimatorPlan derive_total(const HbmModel& model, const DualPlan& plan, const ArchitectureOptions& options);
EstimatorPlan part_of_total(const HbmModel& model, int index);

/// Why a network of these options would not serve every size of the model's plates, or nothing where it would.
std::string unsuited(const HbmModel& model, const ArchitectureOptions& options);

}  // namespace adavi
