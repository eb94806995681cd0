#pragma once
#include <ATen/ATen.h>

#include <optional>
#include <vector>

#include "inference/density_estimator.hpp"
#include "inference/hierarchical_encoder.hpp"
#include "inference/nested_laplace.hpp"
#include "inference/scoring.hpp"
#include "inference/total_flow.hpp"

namespace adavi {

/// Draws of all latents for K draws of B data sets.
struct FamilyDraw {
  VariableValues values;      ///< latents (and derived quantities, once asked for)
  std::vector<at::Tensor> z;  ///< unconstrained, one an estimator: [K, B, plates..., D]
  std::vector<Start> starts;  ///< likelihood-informed starts, one an estimator; undefined where there is none
  at::Tensor log_q;           ///< log q(theta | X) [K, B], links included
  at::Tensor log_widened;     ///< log density of the mixture that Widening describes, over q [K, B]; undefined: 0
};

/// Draws whose noise at the top of the pyramid is wider, so that importance weights of the whole pool that they are in
/// stay bounded where q's tails are too light (a defensive mixture, Hesterberg 1995).
struct Widening {
  double share = 0;       ///< of the whole pool
  std::int64_t wide = 0;  ///< the last so many of the draws asked for
};

/// What a draw is for. Where only log p(X, theta) - log q(theta | X) matters, latents with a tabulated conditional that
/// no other depends on need no draw of their own: it is the same for all, and its gradient that of the integral.
enum class Leaves { drawn, integrated };

/// The dual variational family: q(theta | X) = prod_i q_i(theta_i; E_hi, upper latents) (eq. 4 in the mean field), or
/// one flow over all latents (Family::total).
class DualFamily {
 public:
  /// Fresh weights, drawn with `seed`. Neither model nor plan need outlive it.
  DualFamily(const GenerativeModel& model, const DualPlan& plan, std::uint64_t seed);

  const GenerativeModel& model() const { return model_; }
  const DualPlan& plan() const { return plan_; }
  Parameters& parameters() { return parameters_; }
  const Parameters& parameters() const { return parameters_; }
  HierarchicalEncoder& encoder() { return encoder_; }
  const HierarchicalEncoder& encoder() const { return encoder_; }
  /// One a latent, as all vectors here; none in Family::total, which has `total` instead.
  std::vector<DensityEstimator>& estimators() { return estimators_; }
  std::vector<Scoring>& scoring() { return scoring_; }
  std::optional<TotalFlow>& total() { return total_; }
  /// Smallest unconstrained numbers [D] of a latent that reach the model where its link is exp: far below what the
  /// prior draws. A scale that vanishes next to the numbers it scales cannot be told from zero, and in float32 not be
  /// computed with; below, the log joint goes on as the link's log |det| does.
  std::vector<at::Tensor>& floors() { return floors_; }

  /// Encodings by depth of what is known. `found`, if given, is used where it is known and filled in where not.
  Encodings encode(const Observation& observation, FoundPeaks* found = nullptr) const;

  /// Once all other starts are set: where climbs at the top begin, from simulations. There are none until `fit_top`.
  void fit_top_guess(const Encodings& encodings, const VariableValues& values);
  /// Climbs, and fits to where these end what estimators see of them.
  Encodings fit_top(const Observation& observation, FoundPeaks& found);
  /// Takes the maps of top peaks out of what was found, and out of all that will be.
  void leave_map(Encodings& encodings, FoundPeaks& found);

  /// Draws, one pass from the top of the pyramid down; differentiable in the weights. Latents of instances without data
  /// are drawn from their prior given those above them, where the family has all of these.
  FamilyDraw draw(const Encodings& encodings, const Observation& observation, std::int64_t draws,
                  at::Generator& generator, Leaves leaves = Leaves::drawn, const Widening& widening = {}) const;

  /// The values at which every estimator's affine shift stands, each given those above it (E.4, step 1): one "draw".
  VariableValues modes(const Encodings& encodings, const Observation& observation) const;

  /// Likelihood-informed starts for given values of all latents.
  std::vector<Start> starts(const Encodings& encodings, const Observation& observation, const VariableValues& values,
                            const std::vector<at::Tensor>& z) const;
  /// Log density [K, B] of unconstrained values, one an estimator, in unconstrained space, given their starts. With
  /// `cheap_only`, of those estimators alone whose density takes few passes. Instances that are drawn from their prior
  /// are left out.
  at::Tensor log_q(const Encodings& encodings, const std::vector<Start>& starts, const std::vector<at::Tensor>& z,
                   bool cheap_only = false) const;

  /// Instances [1, B, plates...] that estimator `i` speaks of in `log_q`; undefined: all.
  at::Tensor counted(std::size_t i, const Encodings& encodings) const;

  /// Cardinality of plate `d` in what is known.
  std::int64_t cardinality(int d, const VariableValues& known) const;

  /// What estimator `i` is conditioned on, without its likelihood-informed start.
  Context context(std::size_t i, const Encodings& encodings, const std::vector<at::Tensor>& z) const;
  /// Flags those features of the encodings in that context that do not change with training.
  std::vector<char> fixed(std::size_t i) const;
  /// What the start of an estimator is found from: upper latents as the estimator's context and by themselves.
  struct Given {
    const Context& context;
    const Encodings& encodings;
    const Observation& observation;
    const VariableValues& values;
    const std::vector<at::Tensor>& z;            ///< of the estimators before this one
    const std::vector<Start>* starts = nullptr;  ///< theirs, if known
  };
  /// The start of estimator `i`; undefined where it has none.
  Start start(std::size_t i, const Given& given) const;
  /// The whole context: with the start's features where the plan has them, and what is known of the top's bends.
  Context with_start(std::size_t i, Context context, const Encodings& encodings, const Start& start) const;

  /// Value and log |det| of estimator `i`'s latent, kept above its floor.
  GenerativeModel::Constrained constrain(std::size_t i, const at::Tensor& z, const VariableValues& values) const;

 private:
  /// `draw` and `modes` of Family::total.
  FamilyDraw draw_total(const Encodings& encodings, const Observation& observation, std::int64_t draws,
                        at::Generator& generator) const;
  VariableValues modes_of_total(const Encodings& encodings, const Observation& observation) const;
  /// Latents from all unconstrained numbers [K, B, size], put into `draw` with their links' log |det|.
  void place(const std::vector<at::Tensor>& z, FamilyDraw& draw) const;
  void add_estimator(const EstimatorPlan& plan);
  at::Tensor log_marginal_at(const at::Tensor& top, const Encodings& encodings, const Observation& observation,
                             std::vector<Affine>& nears) const;
  /// About the conditionals given numbers [1, B, P] at the top, by estimator.
  std::vector<Affine> conditionals_at(const at::Tensor& top, const Encodings& encodings,
                                      const Observation& observation) const;
  void set_top(Encodings& encodings, const Observation& observation, const TopPeak& top) const;
  LogMarginal log_marginal(const Encodings& encodings, const Observation& observation) const;
  Scoring::Given scoring_given(std::size_t i, const Given& given) const;
  void place(std::size_t i, const at::Tensor& climbed, std::vector<at::Tensor>& z) const;
  /// About where the conditional of estimator `i` is, known from the top's peak.
  Affine near(std::size_t i, const Given& given) const;
  bool is_leaf(std::size_t i) const;
  bool eliminates_for_good(std::size_t i) const;
  bool starts_near(std::size_t i) const;
  bool widens(std::size_t i) const;
  std::int64_t wide_numbers() const;
  /// The start of a latent climbed along with an earlier one whose joint Gaussian is known; undefined for others.
  Start start_along(std::size_t i, const Given& given) const;
  Start marginal_start(std::size_t i, const TopPeak& top, const std::vector<at::Tensor>& z) const;

  GenerativeModel model_;
  DualPlan plan_;
  Parameters parameters_;
  at::Generator generator_;
  HierarchicalEncoder encoder_;
  std::vector<DensityEstimator> estimators_;
  std::optional<TotalFlow> total_;
  std::vector<at::Tensor> floors_;  ///< one a latent
  NestedLaplace top_;
  std::vector<Scoring> scoring_;  ///< one an estimator; those without steps stay empty
};

}  // namespace adavi
