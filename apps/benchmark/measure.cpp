#include "benchmark/measure.hpp"

#include <cmath>

#include "diagnostics/failure.hpp"
#include "reference/reference_model.hpp"
#include "running/simulated_file.hpp"

namespace adavi {
namespace {

std::vector<double> exact_evidence(const std::string& path) {
  const SimulatedFile file = open_simulated(path);
  const auto posterior_of = reference::reference_method(file.model);
  std::vector<double> values;
  for (std::int64_t i = 0; i < file.data.size(); ++i) values.push_back(posterior_of(file.data.read(i, 1)).log_evidence);
  return values;
}

}  // namespace

Measurement measure(const BenchmarkCase& benchmark, const BenchmarkSettings& settings, std::uint64_t seed) {
  const WorkFolder work;
  const std::string file = work / "data.h5", artifact = work / "model.adavi";
  simulate(settings.adavi, benchmark.model, settings.data_sets, held_out_seed, file);
  Measurement result;
  result.training = train(settings.adavi, benchmark.model, settings.config, seed, artifact);
  const std::vector<DataSetScore> scores = evaluate(settings.adavi, artifact, file, settings.draws, seed);
  const std::vector<double> exact = exact_evidence(file);
  if (scores.size() != exact.size()) throw Failure(ExitStatus::failed, "'adavi evaluate' left data sets out");

  std::vector<double> elbo, gap;
  double error = 0, variance = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    elbo.push_back(scores[i].elbo);
    gap.push_back(exact[i] - scores[i].elbo);
    const double difference = scores[i].log_evidence - exact[i];
    error += difference;
    if (!(std::abs(difference) <= 3 * scores[i].log_evidence_se)) ++result.outside;
    variance += scores[i].log_evidence_se * scores[i].log_evidence_se;
    if (scores[i].poor()) ++result.poor;
  }
  result.exact = summarise_mean(exact);
  result.elbo = summarise_mean(elbo);
  result.gap = summarise_mean(gap);
  const auto n = static_cast<double>(exact.size());
  result.is_error = error / n;
  result.is_error_se = std::sqrt(variance) / n;
  return result;
}

}  // namespace adavi
