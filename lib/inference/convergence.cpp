#include "inference/convergence.hpp"

#include <algorithm>
#include <cmath>

namespace adavi {
namespace {

constexpr double negligible_gap = 0.003;  // nats a data set: better than this no user can tell

/// How long a plateau has to be before it counts.
struct Patience {
  std::size_t validations;  ///< at least
  double gain;              ///< nats, of the last third of the validations over those before
};
constexpr double small_gap = 0.05;  // nats: above, much may still be gained
constexpr Patience usual = {4, 0.01}, long_patience = {20, 0.005};

constexpr std::int64_t shortest_decay = 100;
constexpr double lowest_rate = 0.003;

}  // namespace

std::int64_t Convergence::decay_steps() const { return std::max(shortest_decay, decay_begin); }

double Convergence::rate(std::int64_t step) const {
  if (decay_begin == 0) return 1;
  const double done = static_cast<double>(step - decay_begin) / static_cast<double>(decay_steps());
  return std::max(lowest_rate, 0.5 * (1 + std::cos(M_PI * std::clamp(done, 0.0, 1.0))));
}

bool Convergence::converged(std::int64_t step) const {
  return nothing_to_gain || (decay_begin > 0 && step >= decay_begin + decay_steps());
}

std::int64_t Convergence::expected_end(std::int64_t step, std::int64_t steps_a_validation) const {
  if (decay_begin > 0) return decay_begin + decay_steps();
  return 2 * std::max(step, static_cast<std::int64_t>(usual.validations) * steps_a_validation);
}

void Convergence::observe(const Validation& validation) {
  elbos.push_back(validation.elbo);
  if (std::abs(validation.gap) < negligible_gap) nothing_to_gain = true;
  if (decay_begin > 0) return;
  const bool last_chance = 2 * validation.step >= most_steps;
  const auto& patience = std::abs(validation.gap) < small_gap ? usual : long_patience;
  if (last_chance) decay_begin = validation.step;
  if (last_chance || elbos.size() < patience.validations) return;
  const auto third = elbos.end() - static_cast<std::ptrdiff_t>(elbos.size() / 3);
  const double before = *std::max_element(elbos.begin(), third);
  const double lately = *std::max_element(third, elbos.end());
  const bool settled = !(lately - before > patience.gain);
  if (settled) decay_begin = validation.step;
}

}  // namespace adavi
