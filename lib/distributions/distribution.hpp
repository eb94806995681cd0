#pragma once
#include <ATen/ATen.h>

#include <string_view>
#include <vector>

namespace adavi {

using Arguments = std::vector<at::Tensor>;

/// What one plate of draws says: most of it sums over the axis `dim`, which disappears.
using SufficientStatistics = std::vector<at::Tensor>;

/// Density, sampler and the rest of one catalogue row, on tensors. Arguments come in the catalogue's order and
/// broadcast from the right against the variate; for multivariate rows their last axes are the event's. Works in
/// float32 and float64, differentiable in the variate (if continuous) and in every real argument.
struct DistributionImplementation {
  std::string_view name;
  /// Normalised log density of `x` [batch..., event...] -> [batch...]; -inf outside the support, never NaN inside it.
  at::Tensor (*log_density)(const at::Tensor& x, const Arguments& arguments);
  /// Draws of shape [batch..., event...] to which the arguments broadcast. Reparameterised where `reparameterised` says
  /// so.
  at::Tensor (*sample)(at::IntArrayRef shape, const Arguments& arguments, at::Generator& generator);
  bool reparameterised = false;
  /// Distribution function and its inverse, elementwise; null where there is no closed form (then no truncation).
  at::Tensor (*cdf)(const at::Tensor& x, const Arguments& arguments) = nullptr;
  at::Tensor (*quantile)(const at::Tensor& p, const Arguments& arguments) = nullptr;
  /// Statistics of x over `dim`, from which the summed log density over that axis follows for arguments constant along
  /// it, with less work: log_density_of(summarise(x, dim), a) = log_density(x, a).sum(dim). Of exponential families
  /// they are sufficient; null where nothing is saved.
  SufficientStatistics (*summarise)(const at::Tensor& x, std::int64_t dim) = nullptr;
  at::Tensor (*log_density_of)(const SufficientStatistics& statistics, const Arguments& arguments) = nullptr;
  /// Logarithms of the distribution function and of its complement, accurate far out in either tail, and the inverse of
  /// the complement. Present exactly where `cdf` and `quantile` are.
  at::Tensor (*log_cdf)(const at::Tensor& x, const Arguments& arguments) = nullptr;
  at::Tensor (*log_survival)(const at::Tensor& x, const Arguments& arguments) = nullptr;
  at::Tensor (*survival_quantile)(const at::Tensor& q, const Arguments& arguments) = nullptr;
};

/// The implementation of a catalogue row; null if there is none of that name.
const DistributionImplementation* find_implementation(std::string_view name);
/// All of them, for tests.
const std::vector<DistributionImplementation>& implementations();

}  // namespace adavi
