#include "inference/regression.hpp"

#include <cmath>

#include "nn/random_weights.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

at::Tensor with_ones(const at::Tensor& x) { return at::cat({x, at::ones({x.size(0), 1}, x.options())}, 1); }

/// Least squares by the normal equations.
at::Tensor least_squares(const at::Tensor& x, const at::Tensor& y) {
  return at::linalg_solve(at::mm(x.t(), x), at::mm(x.t(), y));
}

}  // namespace

TEST_CASE("a context becomes rows in which every part stands for every instance") {
  const auto encoding = normal({1, 2, 3, 4}, 1), upper = normal({5, 2, 1, 2}, 2);
  const auto rows = rows_of({encoding, upper});
  REQUIRE(rows.sizes().vec() == std::vector<std::int64_t>{5 * 2 * 3, 6});
  const auto row = rows[(3 * 2 + 1) * 3 + 2];
  CHECK(row.narrow(0, 0, 4).equal(encoding[0][1][2]));
  CHECK(row.narrow(0, 4, 2).equal(upper[3][1][0]));
}

TEST_CASE("features that change with training stay out of a regression, what follows the encoding stays in") {
  const auto encoding = normal({1, 6, 3}, 1), upper = normal({1, 6, 2}, 2), target = normal({1, 6, 2}, 3);
  const auto regression = regression_of({encoding, upper}, target, {1, 0, 1});
  CHECK(regression.columns == std::vector<std::int64_t>{0, 2, 3, 4});
  const auto kept = at::cat({encoding.select(2, 0).unsqueeze(2), encoding.select(2, 2).unsqueeze(2), upper}, 2);
  CHECK(regression.features.equal(with_ones(kept.squeeze(0))));
  CHECK(regression.targets.equal(target.squeeze(0)));
}

TEST_CASE("many rows are thinned evenly, few are left") {
  const auto rows = at::arange(100000, at::kDouble).unsqueeze(1);
  const auto fewer = thinned(rows);
  CHECK(fewer.size(0) == 20000);
  CHECK(largest(fewer.narrow(0, 1, 19999) - fewer.narrow(0, 0, 19999) - 5) == 0);
  CHECK(thinned(rows.narrow(0, 0, 20000)).size(0) == 20000);
}

TEST_CASE("where no row is far out, the robust fit is least squares but for a slight ridge") {
  auto generator = seeded(4);
  const auto x = with_ones(normal({400, 3}, 5));
  const auto noise = at::rand({400, 2}, generator, at::kDouble) - 0.5;  // no tails
  const auto y = at::mm(x, normal({4, 2}, 6)) + noise;
  const auto fit = fit_robustly(x, y);
  const auto expected = least_squares(x, y);
  CHECK(largest(fit.coefficients - expected) < 1e-3);
  CHECK(largest(fit.residuals - (y - at::mm(x, fit.coefficients))) < 1e-12);
  CHECK(fit.weights.min().item<double>() == 1);
}

TEST_CASE("rows far out do not govern the fit") {
  const auto x = with_ones(normal({400, 1}, 7));
  const auto coefficients = matrix(2, {2, -1});
  auto y = at::mm(x, coefficients) + 0.1 * normal({400, 1}, 8);
  const auto clean = least_squares(x, y);
  y.narrow(0, 0, 20).add_(1000);
  const auto fit = fit_robustly(x, y);
  CHECK(largest(fit.coefficients - clean) < 0.01);
  CHECK(largest(least_squares(x, y) - clean) > 10);  // what they would have done
  CHECK(largest(fit.weights.narrow(0, 0, 20)) < 1e-6);
  CHECK(fit.weights.narrow(0, 20, 380).min().item<double>() > 0.5);
}

TEST_CASE("weighted regression, each column by its own weights") {
  const auto x = with_ones(normal({200, 2}, 9)), y = normal({200, 2}, 10);
  const auto weights = normal({200, 2}, 11).exp();
  const auto fit = fit_weighted(x, y, weights);
  for (std::int64_t d = 0; d < 2; ++d) {
    const auto w = weights.narrow(1, d, 1);
    const auto expected = at::linalg_solve(at::mm(x.t(), w * x), at::mm(x.t(), w * y.narrow(1, d, 1)));
    CHECK(largest(fit.narrow(1, d, 1) - expected) < 1e-3);
  }
}

TEST_CASE("a scale that grows with a feature is found") {
  const auto x = with_ones(normal({20000, 1}, 12));
  const auto residuals = normal({20000, 1}, 13) * at::exp(0.8 * x.narrow(1, 0, 1) - 2);
  const auto fit = fit_log_scale(x, residuals);
  CHECK(fit[0][0].item<double>() == doctest::Approx(0.8).epsilon(0.06));  // shrunk by 3 %
  CHECK(fit[1][0].item<double>() == doctest::Approx(-2).epsilon(0.02));
}

TEST_CASE("the robust scale is the standard deviation of a normal law, whatever a few rows do, and never zero") {
  auto sample = 3 * normal({20000, 1}, 14);
  sample.narrow(0, 0, 200).fill_(1e9);
  CHECK(robust_scale(sample).item<double>() == doctest::Approx(3).epsilon(0.04));
  CHECK(robust_scale(at::zeros({10, 2}, at::kDouble)).min().item<double>() > 0);
}

TEST_CASE("scores are Gaussian log densities without their constant, rows far out cut") {
  const auto residuals = matrix(2, {1, -2}), log_scale = matrix(2, {0, std::log(2.0)});
  CHECK(scores(residuals, log_scale).mean().item<double>() == doctest::Approx(0.5 * (-0.5 - std::log(2.0) - 0.5)));
  CHECK(scores(matrix(1, {1e9}), matrix(1, {0})).item<double>() == doctest::Approx(-25));
}

TEST_CASE("held-out scores tell features that predict from noise, and varying scales from constant ones") {
  const auto x = normal({1, 4000, 1}, 15), noise = normal({1, 4000, 1}, 16), other = normal({1, 4000, 5}, 17);
  const auto y = 2 * x + noise;
  const double informed = held_out_score(regression_of({x}, y, {}));
  const double nothing = held_out_score(regression_of({other}, y, {}));
  CHECK(informed == doctest::Approx(-0.5).epsilon(0.1));
  CHECK(nothing == doctest::Approx(-0.5 - 0.5 * std::log(5.0)).epsilon(0.1));
  // Beside noise alone the score is worse, if slightly; where the noise grows with the feature, better.
  CHECK(held_out_score(regression_of({x, other}, y, {})) < informed + 1e-3);
  const auto uneven = 2 * x + noise * at::exp(x);
  const double constant = -0.5 - 0.7;  // the scale's median is 1, its squares' mean e^2
  CHECK(held_out_score(regression_of({x}, uneven, {})) > constant);
  CHECK(held_out_score(regression_of({x}, uneven, {})) == doctest::Approx(-0.5).epsilon(0.15));
}

TEST_CASE("a gain counts as one where chance would not have it") {
  const auto none = at::zeros({100}, at::kDouble);
  CHECK(clearly_higher(none + 0.01, none));
  CHECK_FALSE(clearly_higher(none, none));
  auto one_far_off = none.clone();
  one_far_off[7] = 20.0;  // a mean of 0.2 that one row has
  CHECK_FALSE(clearly_higher(one_far_off, none));
  CHECK(clearly_higher(normal({100}, 31) + 0.5, none));
  CHECK_FALSE(clearly_higher(normal({100}, 31) + 0.02, none));
}
