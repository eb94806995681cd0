#include "inference/typicality.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <limits>

#include "inference/random_streams.hpp"

namespace adavi {
namespace {

constexpr std::int64_t shaping = 256;    // simulations that say what is usual, and in which directions
constexpr std::int64_t compared = 255;   // others, that data sets are compared with
constexpr double shrinkage = 0.2;        // of correlations, towards none
constexpr double least_variance = 1e-4;  // of standardised features

constexpr std::int64_t most_numbers = std::int64_t{1} << 24;     // in all simulations
constexpr std::int64_t numbers_at_once = std::int64_t{1} << 20;  // in those encoded together

Cardinalities cardinalities_of(const DualFamily& family, const Observation& observation) {
  Cardinalities cardinalities;
  for (int d = 0; d < family.model().model().depth(); ++d)
    cardinalities.push_back(family.cardinality(d, observation.values));
  return cardinalities;
}

/// Numbers of what is known in one data set.
std::int64_t size_of_one(const Observation& observation) {
  std::int64_t size = 1;
  for (const auto& value : observation.values)
    if (value.defined()) size += value.numel() / value.size(1);
  return size;
}

/// Observations that are missing in one data set after another are missing in simulations, of which this is number
/// `first` and the following.
void leave_gaps_of(const Observation& observation, std::int64_t first, VariableValues& values) {
  for (std::size_t i = 0; i < observation.present.size(); ++i) {
    auto present = observation.present[i];
    if (!present.defined()) continue;
    auto& value = values[i];
    const auto data_set = at::arange(first, first + value.size(1), at::kLong).remainder(present.size(1));
    present = present.index_select(1, data_set.to(present.device()));
    while (present.dim() < value.dim()) present = present.unsqueeze(-1);
    value = value.masked_fill(present.logical_not(), std::numeric_limits<double>::quiet_NaN());
  }
}

/// E_0 [B, features], finite: what the encoder says, without the climbs at the top that follow it.
at::Tensor summaries(const DualFamily& family, const Observation& observation) {
  const auto encodings = family.encoder()(family.model(), observation);
  return at::nan_to_num(encodings.features.front().squeeze(0).to(at::kDouble), 0, 1e6, -1e6);
}

}  // namespace

Typicality::Typicality(const DualFamily& family, const Observation& like, std::uint64_t seed)
    : cardinalities_(cardinalities_of(family, like)) {
  const auto size = size_of_one(like), all = shaping + compared;
  if (size * all > most_numbers || family.plan().free) return;
  at::NoGradGuard no_grad;
  auto generator = at::detail::createCPUGenerator(stream_seed(seed, Stream::typicality));
  const auto piece = std::max<std::int64_t>(1, numbers_at_once / size);
  std::vector<at::Tensor> pieces;
  for (std::int64_t first = 0; first < all; first += piece) {
    auto values = family.model().simulate(std::min(piece, all - first), generator, cardinalities_);
    leave_gaps_of(like, first, values);
    pieces.push_back(summaries(family, family.model().observe(values)));
  }
  const auto simulated = at::cat(pieces, 0);
  const auto usual = simulated.narrow(0, 0, shaping);
  mean_ = usual.mean(0);
  const auto centred = usual - mean_;
  const auto covariance = at::mm(centred.t(), centred) / static_cast<double>(shaping - 1);
  const auto variances = covariance.diagonal() + least_variance;
  factor_ = at::linalg_cholesky((1 - shrinkage) * covariance + shrinkage * at::diag(variances) +
                                at::diag(at::full_like(variances, least_variance)));
  others_ = squared_distance(simulated.narrow(0, shaping, compared));
}

bool Typicality::fits(const DualFamily& family, const Observation& observation) const {
  return cardinalities_of(family, observation) == cardinalities_;
}

at::Tensor Typicality::squared_distance(const at::Tensor& summaries) const {
  return at::linalg_solve_triangular(factor_, (summaries - mean_).t(), /*upper=*/false).square().sum(0);
}

std::vector<double> Typicality::operator()(const DualFamily& family, const Observation& observation) const {
  at::NoGradGuard no_grad;
  if (!others_.defined()) {
    const auto known = std::find_if(observation.values.begin(), observation.values.end(),
                                    [](const at::Tensor& value) { return value.defined(); });
    return std::vector<double>(static_cast<std::size_t>(known->size(1)), std::numeric_limits<double>::quiet_NaN());
  }
  const auto own = squared_distance(summaries(family, observation));
  const auto farther = (others_.unsqueeze(1) >= own).sum(0).to(at::kDouble);
  const auto p = ((farther + 1) / static_cast<double>(compared + 1)).to(at::kCPU).contiguous();
  return {p.data_ptr<double>(), p.data_ptr<double>() + p.numel()};
}

}  // namespace adavi
