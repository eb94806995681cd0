#include "inference/convergence.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace adavi {
namespace {

constexpr double nothing = 0.001, little = 0.05, some = 0.1;  // nats a data set

/// What the second half of the validations has to bring for more to be worth their time.
double least_gain(double gap) { return std::abs(gap) < little ? 0.01 : 0.005; }

/// Validations before a plateau counts: with much to gain it may be one on the way.
std::size_t patience(double gap) { return std::abs(gap) < some ? 6 : 20; }

}  // namespace

void Convergence::observe(const Validation& validation) {
  validations_.push_back(validation);
  const auto size = validations_.size();
  converged_ = std::abs(validation.gap) < nothing;
  if (size < patience(validation.gap)) return;
  const auto best = [this](std::size_t begin, std::size_t end) {
    double result = -std::numeric_limits<double>::infinity();
    for (auto i = begin; i < end; ++i) result = std::max(result, validations_[i].elbo);
    return result;
  };
  const double gain = best((size + 1) / 2, size) - best(0, (size + 1) / 2);
  converged_ = converged_ || !(gain > least_gain(validation.gap));
}

std::size_t Convergence::earliest() const {
  const double gap = validations_.empty() ? 0 : validations_.back().gap;
  return std::max(validations_.size(), patience(gap));
}

}  // namespace adavi
