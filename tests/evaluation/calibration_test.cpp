// Conjugate models, in which the exact posterior is known and can be spoilt by a known amount.
#include "evaluation/calibration.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace adavi;

namespace {

constexpr std::int64_t draws = 199;
constexpr double threshold = 0.01;

class Normal {
 public:
  explicit Normal(std::uint64_t seed) : engine_(seed) {}
  double operator()() {
    const auto uniform = [&] { return (static_cast<double>(engine_() >> 11U) + 0.5) * 0x1p-53; };
    const double radius = std::sqrt(-2 * std::log(uniform()));
    return radius * std::cos(6.283185307179586 * uniform());
  }

 private:
  std::mt19937_64 engine_;
};

/// How an estimate of the posterior differs from the exact one.
struct Spoilt {
  double scale = 1;  ///< of the sd
  double shift = 0;  ///< of the mean, in exact sds
};

/// `instances` of theta ~ N(0, prior_sd), each seen once with noise of sd 1, in each of n data sets. Instances share an
/// error of the data set where `dependent`: all their true values are the same.
LatentScores calibrate(std::int64_t n, const Spoilt& spoilt, std::uint64_t seed, std::int64_t instances = 1,
                       double prior_sd = 2, bool dependent = false) {
  Normal normal(seed);
  LatentCalibration calibration(draws, 1, seed);
  const double variance = prior_sd * prior_sd / (1 + prior_sd * prior_sd), sd = std::sqrt(variance);
  for (std::int64_t i = 0; i < n; ++i) {
    std::vector<double> truths;
    std::vector<std::vector<double>> all_draws;
    double theta = 0, x = 0;
    for (std::int64_t j = 0; j < instances; ++j) {
      if (j == 0 || !dependent) {
        theta = prior_sd * normal();
        x = theta + normal();
      }
      truths.push_back(theta);
      std::vector<double> posterior;
      for (std::int64_t k = 0; k < draws; ++k)
        posterior.push_back(variance * x + sd * (spoilt.shift + spoilt.scale * normal()));
      all_draws.push_back(posterior);
    }
    calibration.add(truths, all_draws);
  }
  return calibration.scores();
}

/// How many of `repetitions` calibrations end so.
int count(Misfit expected, std::int64_t n, const Spoilt& spoilt, int repetitions, std::int64_t instances = 1) {
  int found = 0;
  for (int i = 0; i < repetitions; ++i) {
    const auto scores = calibrate(n, spoilt, 1000 + static_cast<std::uint64_t>(i), instances, 2, instances > 1);
    found += misfit(scores, draws, threshold) == expected ? 1 : 0;
  }
  return found;
}

}  // namespace

TEST_CASE("a true value is placed among its draws") {
  std::mt19937_64 engine(1);
  const auto placement = place(2.5, {1, 2, 3, 6}, engine);
  REQUIRE(placement);
  CHECK(placement->rank == 2);
  CHECK(placement->mean == doctest::Approx(3));
  CHECK(placement->sd == doctest::Approx(std::sqrt(14 / 3.0)));
  CHECK(place(9, {1, 2}, engine)->rank == 2);
  CHECK(place(0, {1, 2}, engine)->rank == 0);
  CHECK_FALSE(place(0, {1, std::numeric_limits<double>::quiet_NaN()}, engine));
  CHECK_FALSE(place(0, {1, std::numeric_limits<double>::infinity()}, engine));
  CHECK_FALSE(place(std::numeric_limits<double>::infinity(), {1, 2}, engine));
}

TEST_CASE("among equal draws the place is random") {
  std::mt19937_64 engine(1);
  std::vector<int> seen(6, 0);
  for (int i = 0; i < 4000; ++i) ++seen[static_cast<std::size_t>(place(1, {0, 1, 1, 1, 2}, engine)->rank)];
  CHECK(seen[0] == 0);
  CHECK(seen[5] == 0);
  for (std::size_t rank = 1; rank <= 4; ++rank) CHECK(std::abs(seen[rank] - 1000) < 4 * std::sqrt(750));
}

TEST_CASE("exact posteriors are called calibrated at the stated rate") {
  constexpr int repetitions = 400;
  const int passed = count(Misfit::none, 60, {}, repetitions);
  CHECK(passed >= repetitions * (1 - threshold) - 4 * std::sqrt(repetitions * threshold));
  CHECK(passed < repetitions);  // it is a test
}

TEST_CASE("instances that depend on each other do not raise false alarms") {
  constexpr int repetitions = 100;
  CHECK(count(Misfit::none, 40, {}, repetitions, 6) >= repetitions - 5);
}

TEST_CASE("spoilt posteriors are called what they are") {
  CHECK(count(Misfit::too_narrow, 300, {0.7, 0}, 10) == 10);
  CHECK(count(Misfit::too_wide, 300, {1.4, 0}, 10) == 10);
  CHECK(count(Misfit::too_high, 300, {1, 0.5}, 10) == 10);
  CHECK(count(Misfit::too_low, 300, {1, -0.5}, 10) == 10);
  CHECK(count(Misfit::too_low, 300, {1, -3}, 3) == 3);
  CHECK(count(Misfit::too_high, 300, {0.8, 2}, 3) == 3);
}

TEST_CASE("coverage, z-score, contraction and recovery are those of the conjugate model") {
  const LatentScores scores = calibrate(4000, {}, 1);
  CHECK(scores.data_sets == 4000);
  CHECK(scores.ranks.size() == 4000);
  REQUIRE(scores.coverage.size() == 4);
  const double nominal[] = {0.5, 0.8, 0.9, 0.95};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(scores.coverage[i].nominal == doctest::Approx(nominal[i]));
    CHECK(scores.coverage[i].se == doctest::Approx(std::sqrt(nominal[i] * (1 - nominal[i]) / 4000)).epsilon(0.1));
    CHECK(std::abs(scores.coverage[i].share - nominal[i]) < 4 * scores.coverage[i].se);
  }
  CHECK(std::abs(scores.z_mean) < 4 / std::sqrt(4000));
  CHECK(scores.z_sd == doctest::Approx(1).epsilon(0.05));
  CHECK(scores.contraction == doctest::Approx(0.8).epsilon(0.02));  // prior variance 4, posterior's 4/5
  CHECK(scores.correlation == doctest::Approx(std::sqrt(0.8)).epsilon(0.02));
  CHECK(scores.rmse == doctest::Approx(std::sqrt(0.8)).epsilon(0.05));
}

TEST_CASE("a spoilt posterior shows in coverage and z-score by the known amount") {
  const LatentScores scores = calibrate(4000, {0.5, 1}, 2);
  CHECK(scores.z_mean == doctest::Approx(2).epsilon(0.05));
  CHECK(scores.z_sd == doctest::Approx(2).epsilon(0.05));
  // P(|Z + 1| < 0.8224) for the 90 % interval: Phi(-0.1776) - Phi(-1.8224).
  CHECK(std::abs(scores.coverage[2].share - 0.3953) < 4 * scores.coverage[2].se);
}

TEST_CASE("the standard error of coverage knows that instances share their data set") {
  const LatentScores free = calibrate(500, {}, 3, 20), tied = calibrate(500, {}, 3, 20, 2, true);
  CHECK(free.coverage[0].se == doctest::Approx(std::sqrt(0.25 / 10000)).epsilon(0.15));
  CHECK(tied.coverage[0].se > 3 * free.coverage[0].se);
}

TEST_CASE("elements of different size contract each by its own prior") {
  Normal normal(4);
  LatentCalibration calibration(draws, 2, 4);
  for (int i = 0; i < 2000; ++i) {
    std::vector<double> truths;
    std::vector<std::vector<double>> all_draws;
    for (const double size : {1.0, 1000.0}) {
      const double theta = size * normal(), x = theta + size * normal();
      truths.push_back(theta);
      all_draws.emplace_back();
      for (std::int64_t k = 0; k < draws; ++k) all_draws.back().push_back(x / 2 + size * std::sqrt(0.5) * normal());
    }
    calibration.add(truths, all_draws);
  }
  const LatentScores scores = calibration.scores();
  CHECK(misfit(scores, draws, threshold) == Misfit::none);
  CHECK(scores.contraction == doctest::Approx(0.5).epsilon(0.05));
  CHECK(scores.correlation == doctest::Approx(std::sqrt(0.5)).epsilon(0.05));
}

TEST_CASE("data sets with numbers that are not finite are left out, and never pass") {
  LatentCalibration calibration(3, 1, 1);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  calibration.add({0}, {{-1, 1, 2}});
  calibration.add({0}, {{-1, nan, 2}});
  calibration.add({0.5}, {{-1, 1, 2}});
  const LatentScores scores = calibration.scores();
  CHECK(scores.data_sets == 2);
  CHECK(scores.not_finite == 1);
  CHECK(misfit(scores, 3, threshold) == Misfit::not_finite);

  LatentCalibration none(3, 1, 1);
  none.add({nan}, {{-1, 1, 2}});
  CHECK(misfit(none.scores(), 3, threshold) == Misfit::not_finite);
}
