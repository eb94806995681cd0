#pragma once
#include <ATen/ATen.h>

#include <vector>

#include "codegen/dual_plan.hpp"
#include "inference/generative_model.hpp"
#include "nn/parameters.hpp"

namespace adavi {

/// Finds the components of an observed mixture in data sets, so that all instances of a data set label them alike: EM
/// in which the M step is a regression. What the data that a component is responsible for have as mean, spread and
/// share tells, linearly, what its latents are; the regression is fitted to simulations, where responsibilities are
/// known. EM starts from several seeds, and the best end is kept. The result depends on nothing but the data, and its
/// components are in increasing order of one number.
class ComponentSearch {
 public:
  ComponentSearch() = default;
  /// All constants: set by `fit`. `model` outlives it, with the latents of `plan` in its instances (LikelihoodMessage).
  ComponentSearch(Parameters& parameters, const GenerativeModel& lifted, const MessagePlan& plan);

  /// Unconstrained numbers of the plan's latents, a copy an instance: [1, B, plates..., S].
  at::Tensor operator()(const Observation& observation) const;

  /// How far an instance's numbers usually are from their mean over the data set, [S]; with one instance, from zero.
  const at::Tensor& within() const { return within_; }

  /// Sets the constants from simulations with log weights and densities of the true components [1, B, plates...,
  /// components] and true numbers [1, B, plates..., S].
  void fit(const Observation& observation, const at::Tensor& truth_densities, const at::Tensor& truth);

  /// The order [1, B, L] of the true components next to those found: numbers [1, B, plates..., S] both.
  at::Tensor order_of(const at::Tensor& truth, const at::Tensor& found) const;

 private:
  /// A latent of the plan and its numbers.
  struct Part {
    enum class Kind { component, weights, shared } kind = Kind::component;
    int variable = -1;
    std::int64_t first = 0, size = 0;   ///< within S
    std::int64_t row = 0, columns = 0;  ///< of the coefficients: targets of one component
  };
  /// Data with the plates up to the messages' as one axis G, and those within as another, n.
  struct Data {
    at::Tensor y;        ///< [1, B, G, n, F] unconstrained
    at::Tensor present;  ///< [1, B, G, n, 1] ones and zeros
    std::vector<std::int64_t> plates;
  };
  struct Statistics {
    at::Tensor features;  ///< [K, B, G, L, 2 F + 1]: mean, log standard deviation, log share
    at::Tensor shares;    ///< [K, B, G, L]
    at::Tensor count;     ///< [K, B, G, L]
  };

  Data data_of(const Observation& observation) const;
  at::Tensor search(const Observation& observation) const;
  Statistics statistics(const Data& data, const at::Tensor& responsibilities) const;
  at::Tensor seeds(const Data& data) const;
  at::Tensor numbers(const Statistics& statistics, const Data& data) const;
  at::Tensor densities(const at::Tensor& z, const Observation& observation, const Data& data) const;
  at::Tensor score(const at::Tensor& z, const at::Tensor& densities, const Data& data) const;

  const GenerativeModel* model_ = nullptr;
  MessagePlan plan_;
  std::vector<Part> parts_;
  std::int64_t components_ = 0;
  at::Tensor coefficients_;     ///< [targets, 2 F + 2]
  at::Tensor center_, spread_;  ///< [S] of the true numbers
  at::Tensor within_;           ///< [S] usual deviation of an instance's from their mean over the data set
};

}  // namespace adavi
