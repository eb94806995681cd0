#include "inference/typicality.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include <limits>

#include "inference/data_patterns.hpp"
#include "inference/random_streams.hpp"

namespace adavi {
namespace {

constexpr std::int64_t shaping = 256;    // simulations that say what is usual, and in which directions
constexpr std::int64_t compared = 255;   // others, that data sets are compared with
constexpr double shrinkage = 0.2;        // of correlations, towards none
constexpr double least_variance = 1e-4;  // of standardised features

/// Observations that are missing in one data set after another are missing in the simulations.
void leave_gaps_of(const Observation& observation, VariableValues& values) {
  for (std::size_t i = 0; i < observation.present.size(); ++i) {
    auto present = observation.present[i];
    if (!present.defined()) continue;
    auto& value = values[i];
    const auto data_set = at::arange(value.size(1), at::kLong).remainder(present.size(1)).to(present.device());
    present = present.index_select(1, data_set);
    while (present.dim() < value.dim()) present = present.unsqueeze(-1);
    value = value.masked_fill(present.logical_not(), std::numeric_limits<double>::quiet_NaN());
  }
}

/// E_0 [B, features], finite.
at::Tensor summaries(const DualFamily& family, const Observation& observation) {
  return at::nan_to_num(family.encode(observation).features.front().squeeze(0).to(at::kDouble), 0, 1e6, -1e6);
}

at::Tensor simulated_summaries(const DualFamily& family, const Observation& observation, std::uint64_t seed) {
  Cardinalities cardinalities;
  for (int d = 0; d < family.model().model().depth(); ++d)
    cardinalities.push_back(family.cardinality(d, observation.values));
  auto generator = at::detail::createCPUGenerator(stream_seed(seed, Stream::typicality));
  auto values = family.model().simulate(shaping + compared, generator, cardinalities);
  leave_gaps_of(observation, values);
  return summaries(family, family.model().observe(values));
}

}  // namespace

std::vector<double> prior_predictive_p(const DualFamily& family, const Observation& observation, std::uint64_t seed) {
  at::NoGradGuard no_grad;
  const auto simulated = simulated_summaries(family, observation, seed);
  const auto usual = simulated.narrow(0, 0, shaping);
  const auto mean = usual.mean(0);
  const auto centred = usual - mean;
  const auto covariance = at::mm(centred.t(), centred) / static_cast<double>(shaping - 1);
  const auto variances = covariance.diagonal() + least_variance;
  const auto factor = at::linalg_cholesky((1 - shrinkage) * covariance + shrinkage * at::diag(variances) +
                                          at::diag(at::full_like(variances, least_variance)));
  const auto squared_distance = [&](const at::Tensor& x) {
    return at::linalg_solve_triangular(factor, (x - mean).t(), /*upper=*/false).square().sum(0);
  };
  const auto others = squared_distance(simulated.narrow(0, shaping, compared));
  const auto own = squared_distance(summaries(family, observation));
  const auto farther = (others.unsqueeze(1) >= own).sum(0).to(at::kDouble);
  const auto p = ((farther + 1) / static_cast<double>(compared + 1)).to(at::kCPU).contiguous();
  return {p.data_ptr<double>(), p.data_ptr<double>() + p.numel()};
}

}  // namespace adavi
