#pragma once
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace adavi {

/// A true value among posterior draws of it.
struct Placement {
  std::int64_t rank = 0;  ///< how many draws are smaller; among equal ones its place is random
  double mean = 0, sd = 0;
};
/// Nothing if one of the numbers is not finite. At least two draws.
std::optional<Placement> place(double truth, const std::vector<double>& draws, std::mt19937_64& engine);

/// How often central posterior intervals hold the true value.
struct Coverage {
  double nominal = 0;  ///< probability of the interval: the nearest to 50, 80, 90, 95 % that the draws can express
  double share = 0;    ///< of all instances and data sets
  double se = 0;       ///< from the differences between data sets: instances of one depend on each other
};

/// How the posterior of one latent errs, by its ranks.
enum class Misfit {
  none,
  too_low,  ///< draws lie below the true values more often than above
  too_high,
  too_narrow,  ///< over-confident
  too_wide,    ///< under-confident
  misshapen,   ///< none of these, yet not uniform
  not_finite,  ///< some draws or true values are not finite
};

/// What simulated data sets say of one latent.
struct LatentScores {
  std::int64_t data_sets = 0;       ///< that the numbers below are of
  std::int64_t not_finite = 0;      ///< data sets left out because a number is not finite
  std::vector<std::int64_t> ranks;  ///< of one random instance a data set, so that they are independent
  double p_value = 0;               ///< that these ranks are uniform
  std::vector<Coverage> coverage;
  double z_mean = 0, z_sd = 0;  ///< of (posterior mean - truth) / posterior sd; 0 and near 1 where calibrated
  double contraction = 0;       ///< median of 1 - posterior variance / prior variance (Betancourt 2018)
  double correlation = 0;       ///< of posterior means with true values
  double rmse = 0;              ///< of posterior means
};

/// What is wrong where the ranks are less probable than `threshold`.
Misfit misfit(const LatentScores& scores, std::int64_t draws, double threshold);

/// Collects simulated data sets for one latent (simulation-based calibration): of scalars that count as the same, such
/// as its instances over the plates.
class LatentCalibration {
 public:
  /// `draws` of each posterior, at least two; `elements` of an instance, whose prior variances differ; `seed` of the
  /// choice of instances and the order of equal values.
  LatentCalibration(std::int64_t draws, std::int64_t elements, std::uint64_t seed);

  /// One data set's true values [instance, element] and posterior draws of each, in the same order.
  void add(const std::vector<double>& truths, const std::vector<std::vector<double>>& draws);
  LatentScores scores() const;

 private:
  /// Sums over instances and data sets for one element.
  struct Moments {
    double n = 0, truth = 0, mean = 0;                 ///< running means
    double truth_truth = 0, mean_mean = 0, cross = 0;  ///< sums of products about them
    double squared_error = 0;
    void add(double true_value, double posterior_mean);
  };

  void count_covered(const std::vector<Placement>& placements);
  double contraction() const;

  std::int64_t draws_;
  std::mt19937_64 engine_;
  std::int64_t not_finite_ = 0;
  std::vector<std::int64_t> ranks_;
  std::vector<std::vector<double>> covered_;  ///< for each interval, the share of instances in each data set
  std::vector<Moments> moments_;              ///< of each element
  std::vector<double> variances_;             ///< posterior's, [data set, element], mean over instances
  double z_n_ = 0, z_mean_ = 0, z_squares_ = 0;
};

}  // namespace adavi
