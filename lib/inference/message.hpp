#pragma once
#include <ATen/ATen.h>

#include <memory>
#include <vector>

#include "codegen/dual_plan.hpp"
#include "inference/component_search.hpp"
#include "inference/generative_model.hpp"
#include "inference/linear_guess.hpp"
#include "inference/newton.hpp"
#include "nn/layers.hpp"

namespace adavi {

/// A log likelihood to second order: constant + gradient (z - place) - (z - place) curvature (z - place) / 2.
struct Expansion {
  at::Tensor place, gradient;  ///< [1, B, plates..., S]
  at::Tensor curvature;        ///< [1, B, plates..., S, S]
  /// Without the constant, [K, B, plates...] of z [K, B, plates..., S].
  at::Tensor operator()(const at::Tensor& z) const;
};

/// What the data below say of each of S numbers: a Gaussian likelihood's location and variance, of the mean of the
/// number's copies below. [1, B, plates..., S] each; undefined where there are no messages.
struct Message {
  at::Tensor location, variance;
  at::Tensor repeats;        ///< one over the effective number of copies; 1 where messages begin
  Expansion expansion = {};  ///< of what was climbed, where messages of a mixture begin
  bool defined() const { return location.defined(); }
};

/// Pools the messages of the innermost plate left, [..., n, S] -> [..., S], by precision: `spread` [S] is the usual
/// variance of copies within the plate. Instances that `present` [..., n] says are not there have no weight; where none
/// is, the result means nothing.
Message pool(const Message& message, const at::Tensor& spread, const at::Tensor& present = {});

/// Unconstrained numbers of a plan's latents, a copy an instance, whose sizes are [K, B, plates..., any]: those of a
/// `block` from `z` [K, B, plates..., block], where they are side by side, the others from `values`. [K, B, plates...,
/// S]
at::Tensor copies(const GenerativeModel& model, const MessagePlan& plan, const VariableValues& values,
                  at::IntArrayRef instances, const std::vector<int>& block = {}, const at::Tensor& z = {});

/// The data of every instance of a plate, by themselves, on all latents that they depend on directly (MessagePlan).
class LikelihoodMessage {
 public:
  LikelihoodMessage() = default;
  /// `features` of an instance's encoding, from which the Newton steps start. All constants: set by `fit`.
  LikelihoodMessage(Parameters& parameters, const HbmModel& model, const MessagePlan& plan, std::int64_t features);

  /// Messages of instances with the given features [1, B, plates..., F]; undefined while switched off.
  Message operator()(const at::Tensor& features, const Observation& observation) const;

  /// Where a mixture has to be searched for its components: fits the search to simulations of `model`, and puts what
  /// is drawn in `values` in the order of the components found.
  /// `instances` are the sizes of a message.
  void fit_labels(const GenerativeModel& model, const Observation& observation, at::IntArrayRef instances,
                  VariableValues& values);
  /// `values` with components in the order of those that a message was found with; as they are where
  /// there is no message, or not all of its latents are known.
  VariableValues relabelled(const GenerativeModel& model, const Message& message, VariableValues values) const;

  /// Sets the constants from simulations whose true numbers, a copy an instance, are `truth` [1, B, plates..., S];
  /// `fixed` flags the features that do not change with training. Switches the messages off where they tell no more
  /// than those features do.
  Message fit(const at::Tensor& features, const Observation& observation, const at::Tensor& truth,
              const std::vector<char>& fixed);

  /// `message` with no information, the vague prior's, where nothing is `present` [1, B, plates...].
  Message informed(const Message& message, const at::Tensor& present) const;

  /// Location and log standard deviation of messages next to a vague prior: finite whatever they say. [..., 2 S]
  at::Tensor features(const Message& message) const;

 private:
  bool searches() const { return plan_.mixture >= 0; }
  /// A Gaussian prior to be taken out again.
  struct Vague {
    at::Tensor center, variance;  ///< [S], or center [1, B, 1..., S]
    at::Tensor log_density(const at::Tensor& z) const;
  };
  Vague vague_around(const at::Tensor& start) const;
  static Expansion expansion_of(const Peak& peak, const Vague& vague, const at::Tensor& present);
  /// Where an instance's numbers are before the steps.
  at::Tensor start(const at::Tensor& features, const Observation& observation) const;
  Message climb_from(const at::Tensor& start, const Observation& observation) const;
  Peak climb_components(const at::Tensor& start, const Vague& vague, const Observation& observation) const;

  MessagePlan plan_;
  std::shared_ptr<const HbmModel> lifted_;
  std::shared_ptr<const GenerativeModel> model_;
  at::Tensor center_, spread_;  ///< [S] the vague prior
  at::Tensor found_within_;     ///< [S] how far from the truth a search usually ends
  ComponentSearch search_;
  LinearGuess guess_;   ///< of S numbers, where nothing is searched
  at::Tensor enabled_;  ///< [1], 0 or 1
};

}  // namespace adavi
