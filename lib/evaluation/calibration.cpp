#include "evaluation/calibration.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <utility>

#include "evaluation/uniform_ranks.hpp"

namespace adavi {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::array<double, 4> interval_levels = {0.5, 0.8, 0.9, 0.95};

double count(std::size_t n) { return static_cast<double>(n); }

/// A position in [0, n).
std::size_t random_position(std::size_t n, std::mt19937_64& engine) {
  return static_cast<std::size_t>(static_cast<double>(engine() >> 11U) * 0x1p-53 * count(n));
}

/// Ranks of [0, draws] that lie below a central interval, and as many above; what remains comes nearest to `level`.
std::int64_t ranks_outside(double level, std::int64_t draws) {
  return std::lround((1 - level) / 2 * static_cast<double>(draws + 1));
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / count(values.size());
}

double standard_error(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return values.size() < 2 ? nan : std::sqrt(squares / (count(values.size()) * (count(values.size()) - 1)));
}

double median(std::vector<double> values) {
  if (values.empty()) return nan;
  std::sort(values.begin(), values.end());
  return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
}

}  // namespace

std::optional<Placement> place(double truth, const std::vector<double>& draws, std::mt19937_64& engine) {
  if (!std::isfinite(truth)) return std::nullopt;
  Placement placement;
  std::size_t equal = 0;
  for (const double draw : draws) {
    if (!std::isfinite(draw)) return std::nullopt;
    placement.rank += draw < truth ? 1 : 0;
    equal += draw == truth ? 1 : 0;
    placement.mean += draw / count(draws.size());
  }
  if (equal > 0) placement.rank += static_cast<std::int64_t>(random_position(equal + 1, engine));
  double squares = 0;
  for (const double draw : draws) squares += (draw - placement.mean) * (draw - placement.mean);
  placement.sd = std::sqrt(squares / (count(draws.size()) - 1));
  return placement;
}

Misfit misfit(const LatentScores& scores, std::int64_t draws, double threshold) {
  if (scores.not_finite > 0) return Misfit::not_finite;
  if (scores.p_value > threshold) return Misfit::none;
  // Ranks in [0, 1]: their mean is 1/2 and their variance 1/12, with standard errors as below. The variance is about
  // their own mean: a large shift alone would widen that about 1/2.
  double shift = 0, spread = 0;
  for (const std::int64_t rank : scores.ranks) {
    const double centred = (static_cast<double>(rank) + 0.5) / static_cast<double>(draws + 1) - 0.5;
    shift += centred;
    spread += centred * centred - 1.0 / 12;
  }
  spread -= shift * shift / count(scores.ranks.size());
  shift /= std::sqrt(count(scores.ranks.size()) / 12);
  spread /= std::sqrt(count(scores.ranks.size()) / 180);
  constexpr double clear = 2;  // standard errors
  if (std::max(std::abs(shift), std::abs(spread)) < clear) return Misfit::misshapen;
  if (std::abs(shift) > std::abs(spread)) return shift > 0 ? Misfit::too_low : Misfit::too_high;
  return spread > 0 ? Misfit::too_narrow : Misfit::too_wide;
}

LatentCalibration::LatentCalibration(std::int64_t draws, std::int64_t elements, std::uint64_t seed)
    : draws_(draws), engine_(seed), covered_(interval_levels.size()), moments_(static_cast<std::size_t>(elements)) {}

void LatentCalibration::Moments::add(double true_value, double posterior_mean) {
  n += 1;
  const double from_truth = true_value - truth, from_mean = posterior_mean - mean;
  truth += from_truth / n;
  mean += from_mean / n;
  truth_truth += from_truth * (true_value - truth);
  mean_mean += from_mean * (posterior_mean - mean);
  cross += from_truth * (posterior_mean - mean);
  squared_error += (posterior_mean - true_value) * (posterior_mean - true_value);
}

void LatentCalibration::add(const std::vector<double>& truths, const std::vector<std::vector<double>>& draws) {
  std::vector<Placement> placements;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    const std::optional<Placement> placement = place(truths[i], draws[i], engine_);
    if (!placement) {
      ++not_finite_;
      return;
    }
    placements.push_back(*placement);
  }
  ranks_.push_back(placements[random_position(placements.size(), engine_)].rank);
  count_covered(placements);
  std::vector<double> variances(moments_.size(), 0.0);
  for (std::size_t i = 0; i < truths.size(); ++i) {
    const auto& [rank, mean, sd] = placements[i];
    moments_[i % moments_.size()].add(truths[i], mean);
    variances[i % moments_.size()] += sd * sd * count(moments_.size()) / count(truths.size());
    const double z = (mean - truths[i]) / sd, from_mean = z - z_mean_;
    z_mean_ += from_mean / ++z_n_;
    z_squares_ += from_mean * (z - z_mean_);
  }
  variances_.insert(variances_.end(), variances.begin(), variances.end());
}

void LatentCalibration::count_covered(const std::vector<Placement>& placements) {
  for (std::size_t i = 0; i < interval_levels.size(); ++i) {
    const std::int64_t outside = ranks_outside(interval_levels[i], draws_);
    const auto inside = std::count_if(placements.begin(), placements.end(), [&](const Placement& placement) {
      return placement.rank >= outside && placement.rank <= draws_ - outside;
    });
    covered_[i].push_back(static_cast<double>(inside) / count(placements.size()));
  }
}

double LatentCalibration::contraction() const {
  std::vector<double> contractions;
  for (std::size_t i = 0; i < variances_.size(); ++i) {
    const Moments& moments = moments_[i % moments_.size()];
    contractions.push_back(1 - variances_[i] * (moments.n - 1) / moments.truth_truth);
  }
  return median(std::move(contractions));
}

LatentScores LatentCalibration::scores() const {
  LatentScores scores;
  scores.data_sets = static_cast<std::int64_t>(ranks_.size());
  scores.not_finite = not_finite_;
  scores.ranks = ranks_;
  scores.p_value = ranks_.empty() ? nan : UniformRanks(scores.data_sets, draws_).p_value(ranks_);
  for (std::size_t i = 0; i < interval_levels.size(); ++i) {
    const auto outside = static_cast<double>(ranks_outside(interval_levels[i], draws_));
    scores.coverage.push_back(
        {1 - 2 * outside / static_cast<double>(draws_ + 1), mean_of(covered_[i]), standard_error(covered_[i])});
  }
  scores.z_mean = z_n_ > 0 ? z_mean_ : nan;
  scores.z_sd = z_n_ > 1 ? std::sqrt(z_squares_ / (z_n_ - 1)) : nan;
  scores.contraction = contraction();
  double squared_error = 0, n = 0;
  for (const Moments& moments : moments_) {
    scores.correlation += moments.cross / std::sqrt(moments.truth_truth * moments.mean_mean) / count(moments_.size());
    squared_error += moments.squared_error;
    n += moments.n;
  }
  scores.rmse = std::sqrt(squared_error / n);
  return scores;
}

}  // namespace adavi
