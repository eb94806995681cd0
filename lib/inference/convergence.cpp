#include "inference/convergence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace adavi {
namespace {

constexpr double nothing = 0.005, next_to_nothing = 0.01, little = 0.03, some = 0.1;  // nats a data set
constexpr double least_rise = 0.005;  // of the ELBO in the second half of the validations

/// What the second half has to take off the gap; where little is left, a third of what it was.
double least_gain(double gap) { return std::max(0.01, std::abs(gap) < little ? 0.5 * std::abs(gap) : 0); }

/// Where little is left to gain, the gap of the usual data set says how much; else it is a guess, and the ELBO says
/// whether more comes.
bool gap_is_known(double gap) { return std::abs(gap) < some; }

/// Validations before a plateau counts: with much to gain it may be one on the way.
std::size_t patience(double gap) { return std::abs(gap) < next_to_nothing ? 3 : std::abs(gap) < little ? 6 : 20; }

}  // namespace

void Convergence::observe(const Validation& validation) {
  validations_.push_back(validation);
  const auto size = validations_.size();
  converged_ = std::abs(validation.gap) < nothing;
  if (size < patience(validation.gap)) return;
  const bool by_gap = gap_is_known(validation.gap);
  const auto best = [&](std::size_t begin, std::size_t end) {
    double result = -std::numeric_limits<double>::infinity();
    for (auto i = begin; i < end; ++i) {
      result = std::max(result, by_gap ? -std::abs(validations_[i].gap) : validations_[i].elbo);
    }
    return result;
  };
  const double gain = best((size + 1) / 2, size) - best(0, (size + 1) / 2);
  converged_ = converged_ || !(gain > (by_gap ? least_gain(validation.gap) : least_rise));
}

std::size_t Convergence::earliest() const {
  const double gap = validations_.empty() ? 0 : validations_.back().gap;
  return std::max(validations_.size(), patience(gap));
}

}  // namespace adavi
