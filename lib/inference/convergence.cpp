#include "inference/convergence.hpp"

#include <cmath>

namespace adavi {
namespace {

constexpr double decay = 0.35;
constexpr double negligible = 0.002;  // nats a data set: not worth further steps at this rate

/// Mean and standard error of the paired differences.
std::pair<double, double> paired(const std::vector<double>& now, const std::vector<double>& before) {
  const auto n = static_cast<double>(now.size());
  double sum = 0, squares = 0;
  for (std::size_t i = 0; i < now.size(); ++i) {
    const double difference = now[i] - before[i];
    sum += difference;
    squares += difference * difference;
  }
  const double mean = sum / n;
  return {mean, std::sqrt(std::max(0.0, squares / n - mean * mean) / n)};
}

}  // namespace

double Convergence::rate() const { return std::pow(decay, static_cast<double>(decays_)); }

void Convergence::observe(const std::vector<double>& elbo) {
  if (reference.empty()) {
    reference = elbo;
    return;
  }
  const auto [gain, error] = paired(elbo, reference);
  const bool better = gain > std::max(negligible, error);
  if (gain > 0) reference = elbo;
  if (better) {
    waited = 0;
  } else if (++waited >= patience) {
    waited = 0;
    ++decays_;
  }
}

}  // namespace adavi
