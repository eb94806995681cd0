#include "options/comparison.hpp"

#include <cmath>

#include "report/summary_statistics.hpp"

namespace adavi {
namespace {

const Run* best_of(const std::vector<std::vector<Run>>& runs) {
  const Run* best = nullptr;
  for (const auto& of_choice : runs) {
    for (const Run& run : of_choice) {
      if (std::isfinite(run.elbo()) && (best == nullptr || run.elbo() > best->elbo())) best = &run;
    }
  }
  return best;
}

}  // namespace

double Run::elbo() const {
  std::vector<double> finite;
  for (const DataSetScore& score : scores)
    if (std::isfinite(score.elbo)) finite.push_back(score.elbo);
  return finite.empty() ? -INFINITY : summarise_mean(finite).mean;
}

std::vector<Gap> gaps_to_best(const std::vector<std::vector<Run>>& runs) {
  const Run* best = best_of(runs);
  std::vector<Gap> gaps;
  for (const auto& of_choice : runs) {
    Gap gap;
    std::vector<double> differences;
    for (const Run& run : of_choice) {
      if (!run.failure.empty()) ++gap.failed;
      for (std::size_t i = 0; i < run.scores.size(); ++i) {
        const double difference = best == nullptr ? NAN : best->scores[i].log_evidence - run.scores[i].elbo;
        if (std::isfinite(difference))
          differences.push_back(difference);
        else
          ++gap.not_finite;
      }
    }
    gap.mean = gap.se = std::nan("");
    if (!differences.empty()) {
      const MeanSummary summary = summarise_mean(differences);
      gap.mean = summary.mean;
      gap.se = summary.se;
    }
    gaps.push_back(gap);
  }
  return gaps;
}

}  // namespace adavi
