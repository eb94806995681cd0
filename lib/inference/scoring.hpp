#pragma once
#include <vector>

#include "codegen/dual_plan.hpp"
#include "inference/gaussian_elimination.hpp"
#include "inference/generative_model.hpp"
#include "inference/linear_guess.hpp"
#include "inference/message.hpp"
#include "inference/start.hpp"
#include "nn/layers.hpp"

namespace adavi {

/// The likelihood-informed start of an estimator: a linear guess from features that do not depend on weights, then
/// Newton steps on what the plan's `Scores` name (Le Cam's one-step estimator, iterated). The result is the Gaussian
/// there, z = shift + T v, and the flow bends what is left; or, for an exact plan, the conditional itself.
class Scoring {
 public:
  Scoring() = default;
  /// All constants: set by the warm start. `encoding` (those around included) and `upper`: numbers in the context;
  /// `message`: the model's messages.
  Scoring(Parameters& parameters, const std::string& name, const GenerativeModel& model, const EstimatorPlan& plan,
          std::int64_t encoding, std::int64_t upper, const MessagePlan& message);

  /// What a start is found from. All parts but `z` of the latents above must be there.
  struct Given {
    const GenerativeModel& model;
    const Context& context;  ///< encoding, then the latents above
    const Observation& observation;
    const VariableValues& values;
    const Message& message;  ///< at the latent's depth
  };

  /// Differentiable in the upper latents when gradients are on. Undefined while switched off.
  /// `near`, if defined, is about where the conditional of everything climbed is.
  Start operator()(const Given& given, const Affine& near = {}) const;
  /// Where a tabulated conditional is, not differentiable: tables do not depend on where their points are.
  Affine moments_of(const Given& given) const;
  /// The same where those given upper latents not far from these are known.
  Affine moments_of(const Given& given, const Affine& near, int looks = 1) const;
  /// A point of a tabulated conditional (`point_of`), its density differentiable in the upper latents.
  FlowDraw point(const Given& given, const Affine& found) const;
  /// The Gaussian start of everything climbed, the latent itself first and those `along` behind it.
  Affine joint(const Given& given, const Affine& near = {}) const { return start_of(given, plan_.scoring_size, near); }
  /// Scores::elimination: the log evidence of all that is eliminated, and what is then accounted for.
  at::Tensor log_evidence(const Given& given) const {
    return elimination_.log_evidence(guess(given.context), given.observation, given.values);
  }
  std::vector<int> eliminated() const { return elimination_.variables(); }
  bool is_enabled() const { return enabled.item<float>() != 0; }
  /// The guess alone, of the latent itself.
  at::Tensor guessed(const Context& context) const { return guess(context, plan_.size); }
  /// What the trunk sees of a start: [..., 2 D]; zeros of as many axes as `like` while switched off.
  at::Tensor features(const Start& start, const at::Tensor& like) const;

  /// Scores::message: fits the likelihood of messages to simulations with the true z [1, B, plates..., D], of
  /// instances that are `present`.
  void fit_message(const Context& context, const Message& message, const at::Tensor& z, const at::Tensor& present = {});

  LinearGuess guess;   ///< of all numbers that are climbed, the latent's first
  at::Tensor enabled;  ///< [1], 0 or 1: the warm start keeps the steps only where they predict better
  Standardizer standardizer;

 private:
  Affine start_of(const Given& given, std::int64_t count, const Affine& near = {}) const;
  /// Whether what is climbed is Gaussian given all else that is known.
  bool is_gaussian() const;
  Affine gaussian(const Given& given, std::int64_t count) const;
  /// Concentration [K, B, plates..., D + 1] of a simplex's Dirichlet conditional.
  at::Tensor concentration(const Given& given) const;
  /// Numbers as instances of one number each.
  LogDensity density_given(const Given& given) const;
  /// Scores::own_data: the message on the latent and a vague prior, by precision.
  Affine by_own_data(const Given& given) const;
  /// The density of the latent's numbers [G, K, B, plates..., D] at z of the same shape.
  at::Tensor log_density(const at::Tensor& z, const Given& given) const;
  /// log N(message; A z + B upper + a, own variance k^2 + repeats (e^2c + e^(2 C upper + 2b))), summed.
  at::Tensor message_log_likelihood(const at::Tensor& z, const Given& given) const;

  /// The log likelihood next to where a mixture's components were found, summed.
  at::Tensor expanded_log_likelihood(const at::Tensor& z, const Given& given) const;

  EstimatorPlan plan_;
  GaussianElimination elimination_;  ///< where it is Gaussian
  MessagePlan message_;
  std::vector<int> block_;
  at::Tensor slope_;           ///< [S, D] A
  at::Tensor upper_slope_;     ///< [S, upper] B
  at::Tensor offset_;          ///< [S] a
  at::Tensor own_;             ///< [S] log k
  at::Tensor floor_;           ///< [S] c
  at::Tensor scatter_;         ///< [S, upper] C
  at::Tensor scatter_offset_;  ///< [S] b
};

}  // namespace adavi
