#include "accuracy/comparison.hpp"

#include <algorithm>
#include <cmath>

#include "diagnostics/failure.hpp"
#include "report/summary_statistics.hpp"

namespace adavi {
namespace {

std::vector<Deviation> compare_latent(const NdArray<double>& draws, const std::vector<reference::Moments>& exact,
                                      const std::string& name) {
  const auto n = static_cast<std::size_t>(draws.shape.front());
  if (draws.values.size() != n * exact.size())
    throw Failure(ExitStatus::failed, "the posterior file has another size of '" + name + "' than the exact posterior");
  std::vector<Deviation> deviations;
  for (std::size_t scalar = 0; scalar < exact.size(); ++scalar) {
    std::vector<double> values;
    for (std::size_t draw = 0; draw < n; ++draw) values.push_back(draws.values[draw * exact.size() + scalar]);
    const ScalarSummary summary = summarise(std::move(values));
    deviations.push_back({(summary.mean - exact[scalar].mean) / exact[scalar].sd, summary.sd / exact[scalar].sd});
  }
  return deviations;
}

}  // namespace

Deviations compare(const PosteriorReader& posterior, std::int64_t data_set,
                   const reference::ReferencePosterior& exact) {
  Deviations deviations;
  for (const auto& [name, moments] : exact.latents)
    deviations[name] = compare_latent(posterior.read(name, data_set), moments, name);
  return deviations;
}

DeviationSummary summarise(const std::vector<Deviation>& deviations) {
  DeviationSummary summary;
  if (deviations.empty()) return summary;
  summary.sd_smallest = summary.sd_largest = deviations.front().sd;
  for (const Deviation& deviation : deviations) {
    summary.mean_max = std::max(summary.mean_max, std::abs(deviation.mean));
    summary.mean_rms += deviation.mean * deviation.mean;
    summary.sd_smallest = std::min(summary.sd_smallest, deviation.sd);
    summary.sd_largest = std::max(summary.sd_largest, deviation.sd);
    summary.sd_rms += (deviation.sd - 1) * (deviation.sd - 1);
  }
  const auto n = static_cast<double>(deviations.size());
  summary.mean_rms = std::sqrt(summary.mean_rms / n);
  summary.sd_rms = std::sqrt(summary.sd_rms / n);
  return summary;
}

}  // namespace adavi
