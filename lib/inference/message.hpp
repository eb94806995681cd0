#pragma once
#include <ATen/ATen.h>

#include <memory>
#include <vector>

#include "codegen/dual_plan.hpp"
#include "inference/generative_model.hpp"
#include "inference/linear_guess.hpp"
#include "nn/layers.hpp"

namespace adavi {

/// What the data below say of each of S numbers: a Gaussian likelihood's location and variance, of the mean of the
/// number's copies below. [1, B, plates..., S] each; undefined where there are no messages.
struct Message {
  at::Tensor location, variance;
  at::Tensor repeats;  ///< one over the effective number of copies; 1 where messages begin
  bool defined() const { return location.defined(); }
};

/// Pools the messages of the innermost plate left, [..., n, S] -> [..., S], by precision: `spread` [S] is the usual
/// variance of copies within the plate. Instances that `present` [..., n] says are not there have no weight; where none
/// is, the result means nothing.
Message pool(const Message& message, const at::Tensor& spread, const at::Tensor& present = {});

/// The data of every instance of a plate, by themselves, on all latents that they depend on directly (MessagePlan).
class LikelihoodMessage {
 public:
  LikelihoodMessage() = default;
  /// `features` of an instance's encoding, from which the Newton steps start. All constants: set by `fit`.
  LikelihoodMessage(Parameters& parameters, const HbmModel& model, const MessagePlan& plan, std::int64_t features);

  /// Messages of instances with the given features [1, B, plates..., F]; undefined while switched off.
  Message operator()(const at::Tensor& features, const Observation& observation) const;

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
  Message climb_from(const at::Tensor& start, const Observation& observation) const;

  MessagePlan plan_;
  std::shared_ptr<const HbmModel> lifted_;
  std::shared_ptr<const GenerativeModel> model_;
  at::Tensor center_, spread_;  ///< [S] the vague prior
  LinearGuess guess_;           ///< of S numbers
  at::Tensor enabled_;          ///< [1], 0 or 1
};

}  // namespace adavi
