#pragma once
#include <ATen/ATen.h>

#include <vector>

#include "codegen/dual_plan.hpp"
#include "inference/generative_model.hpp"
#include "inference/message.hpp"
#include "inference/nested_laplace.hpp"
#include "nn/set_transformer.hpp"

namespace adavi {

/// What data become for the estimators, by depth: entry 0 for the top, entry d for latents of depth d.
struct Encodings {
  std::vector<at::Tensor> features;  ///< E_h [1, B, Card(plate 1)..Card(plate depth), features]
  std::vector<Message> messages;     ///< undefined below the depth where messages begin
  std::vector<at::Tensor> present;   ///< by depth: Observation::instances
  TopPeak top;                       ///< of the latents with Scores::marginal; undefined where there are none
  std::vector<Affine> nears;         ///< by estimator: about the conditionals at that peak; undefined where exact
};

/// Where climbs in the data ended: what of the encodings does not depend on trainable weights, and takes longest to
/// find.
struct FoundPeaks {
  Message message;  ///< where messages begin
  TopPeak top;
  std::vector<Affine> nears;  ///< as in Encodings
  bool known = false;
  /// Those of some of the data sets.
  FoundPeaks of(std::int64_t first, std::int64_t count) const;
};

/// HE of eq. 1: data and covariates -> encodings E_h for every depth.
class HierarchicalEncoder {
 public:
  HierarchicalEncoder(Parameters& parameters, const HbmModel& model, const DualPlan& plan, at::Generator& generator);

  /// `found`, if given, is used where it is known and filled in where not.
  Encodings operator()(const GenerativeModel& model, const Observation& observation, FoundPeaks* found = nullptr) const;

  /// Fits every constant to simulated data and its latents, from the data upwards, and encodes it. Components whose
  /// order means nothing are put in the order found in the data.
  Encodings fit(const GenerativeModel& model, const Observation& observation, VariableValues& values);

  /// `values` of simulations with such components in the order found in their data.
  VariableValues relabelled(const GenerativeModel& model, const Encodings& encodings,
                            const VariableValues& values) const;

  /// Which features at a depth do not depend on trainable weights, as 0/1 flags.
  const std::vector<char>& fixed(int depth) const { return fixed_[static_cast<std::size_t>(depth)]; }

 private:
  struct Level {
    EncoderLevel plan;
    Standardizer inputs, moments, pooled;
    at::Tensor spread;  ///< [S] usual variance, within the plate, of what messages estimate
    SetTransformer transformer;
  };
  /// Features of one depth: as networks see them, with heavy tails compressed, and as moments are taken of them,
  /// without: the logarithm of a variance needs no compression, and would lose the scale to it.
  struct Features {
    at::Tensor compressed, linear;
    at::Tensor present;  ///< which are there, a flag each; zeros stand for the others. Undefined: all are
  };
  /// Standardised numbers join the features; `present` is as in `Features`, or has one flag for all of them.
  static void append(Features& features, const at::Tensor& standardized, const at::Tensor& present);
  /// What is known of one depth, on the way up.
  struct Rung {
    Features features;
    at::Tensor present;  ///< instances with data [1, B, plates...]; undefined: all
    Message message;
    at::Tensor truth;  ///< what messages estimate, while fitting
  };
  bool begins_at(int depth) const { return plan_.message.size > 0 && plan_.message.depth == depth; }
  /// `truth`: simulations with their latents to fit to; null: encode alone.
  Encodings encode(const GenerativeModel& model, const Observation& observation, VariableValues* truth,
                   FoundPeaks* found) const;
  void join(const GenerativeModel& model, const Observation& observation, const std::vector<EncoderInput>& inputs,
            Standardizer standardizer, bool fit, Rung& rung) const;
  void begin_messages(const GenerativeModel& model, const Observation& observation, VariableValues* truth,
                      FoundPeaks* found, Rung& rung) const;
  /// `above`: the instances with data that the contracted sets belong to.
  void contract(const Level& level, bool fit, const at::Tensor& above, Rung& rung) const;
  at::Tensor pooled(const Level& level, bool fit, const at::Tensor& above, Rung& rung) const;

  DualPlan plan_;
  std::vector<Level> levels_;  ///< innermost plate first
  Standardizer top_inputs_, message_features_;
  LikelihoodMessage message_;
  std::vector<std::vector<char>> fixed_;
};

}  // namespace adavi
