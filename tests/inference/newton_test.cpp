#include "inference/newton.hpp"

#include <cmath>

#include "nn/random_weights.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

at::Tensor reach_of(std::int64_t size, double value) { return at::full({size}, value, at::kDouble); }

/// Symmetric positive definite [size, size], nothing special about it.
at::Tensor some_precision(std::int64_t size, std::uint64_t seed) {
  const auto root = normal({size, size}, seed);
  return at::mm(root, root.t()) + 0.5 * at::eye(size, at::kDouble);
}

/// -(z - m)^T P (z - m) / 2, a row an instance.
Objective quadratic(const at::Tensor& mean, const at::Tensor& precision) {
  return [=](const at::Tensor& z) {
    const auto d = z - mean;
    return -0.5 * (at::matmul(d, precision) * d).sum();
  };
}

/// T of a Gaussian shift + T v, [..., D, D], column by column.
at::Tensor factor_of(const Affine& affine) {
  std::vector<at::Tensor> columns;
  const auto size = affine.shift.size(-1);
  for (std::int64_t d = 0; d < size; ++d) {
    auto unit = at::zeros_like(affine.shift);
    unit.select(-1, d).fill_(1);
    columns.push_back(onto(affine, unit) - affine.shift);
  }
  return at::stack(columns, -1);
}

/// A generalised linear model with a normal prior of standard deviation 2 on its coefficients z [B, D], covariates x
/// [n, D] and outcomes y [B, n].
struct Regression {
  at::Tensor x = normal({30, 2}, 5), y;
  bool counts;
  explicit Regression(bool of_counts) : counts(of_counts) {
    const auto eta = at::matmul(0.5 * normal({3, 2}, 6), x.t());
    auto generator = seeded(7);
    y = counts ? at::poisson(eta.exp(), generator) : at::bernoulli(eta.sigmoid(), generator);
  }
  at::Tensor operator()(const at::Tensor& z) const {
    const auto eta = at::matmul(z, x.t());
    const auto normaliser = counts ? eta.exp() : at::softplus(eta);
    return (y * eta - normaliser).sum() - z.square().sum() / 8;
  }
  /// Newton by hand: derivatives of the exponential family, written out.
  Peak by_hand() const {
    auto z = at::zeros({3, 2}, at::kDouble);
    at::Tensor precision;
    for (int step = 0; step < 50; ++step) {
      const auto eta = at::matmul(z, x.t());
      const auto mean = counts ? eta.exp() : eta.sigmoid();
      const auto variance = counts ? mean : mean * (1 - mean);
      precision = at::einsum("bi,id,ie->bde", {variance, x, x}) + 0.25 * at::eye(2, at::kDouble);
      const auto gradient = at::matmul(y - mean, x) - 0.25 * z;
      z = z + at::linalg_solve(precision, gradient.unsqueeze(-1)).squeeze(-1);
    }
    return {z, precision};
  }
};

/// Twenty counts of log rate z under z ~ normal(a, s), parameters [a, log s].
Objective counts_under(const at::Tensor& parameters) {
  return [=](const at::Tensor& z) {
    const auto sums = vector({3, 60, 15}).unsqueeze(1);
    const auto a = parameters[0], s = parameters[1].exp();
    return (sums * z - 20 * z.exp() - 0.5 * ((z - a) / s).square()).sum();
  };
}

/// The same with two numbers that go together.
Objective pairs_under(const at::Tensor& parameters) {
  return [=](const at::Tensor& z) {
    const auto sums = vector({3, 60, 15}), first = z.select(1, 0), second = z.select(1, 1);
    const auto s = parameters[1].exp();
    return (sums * (first + second) - 20 * (first + second).exp()).sum() -
           0.5 * ((first - parameters[0]) / s).square().sum() - 0.5 * (second - 0.3 * first).square().sum();
  };
}

}  // namespace

TEST_CASE("one step climbs a quadratic, whatever its size, and finds its precision") {
  at::NoGradGuard no_grad;
  for (const std::int64_t size : {1, 3}) {
    CAPTURE(size);
    const auto mean = 3 * normal({4, size}, 1), precision = some_precision(size, 2);
    const auto peak = climb(quadratic(mean, precision), normal({4, size}, 3), reach_of(size, 1e4), 1);
    CHECK(largest(peak.location - mean) < 1e-9);
    CHECK(peak.precision.sizes().vec() == std::vector<std::int64_t>{4, size, size});
    CHECK(largest(peak.precision - precision) < 1e-10);
    CHECK_FALSE(peak.location.requires_grad());
  }
}

TEST_CASE("regressions of counts and outcomes end where Newton by hand does") {
  at::NoGradGuard no_grad;
  for (const bool counts : {true, false}) {
    CAPTURE(counts);
    const Regression model(counts);
    const auto expected = model.by_hand();
    const auto found = climb(model, at::zeros({3, 2}, at::kDouble), reach_of(2, 0.5), 40);
    CHECK(largest(found.location - expected.location) < 1e-6);
    // Averaged over the peak's width or taken at its top: all but the same.
    CHECK(largest(found.precision - expected.precision) < 0.1 * largest(expected.precision));
    const auto variances = at::linalg_inv(expected.precision).diagonal(0, -2, -1);
    CHECK(largest(marginal_variances(found) / variances - 1) < 0.1);
  }
}

TEST_CASE("instances do not disturb one another") {
  at::NoGradGuard no_grad;
  const auto parameters = vector({0.5, -1});
  const auto start = vector({0, 1, -2}).unsqueeze(1);
  const auto together = climb(counts_under(parameters), start, reach_of(1, 1), 3);
  auto elsewhere = start.clone();
  elsewhere[0].fill_(40);  // goes far out before it comes back
  const auto disturbed = climb(counts_under(parameters), elsewhere, reach_of(1, 1), 3);
  CHECK(largest(disturbed.location.narrow(0, 1, 2) - together.location.narrow(0, 1, 2)) < 1e-12);
  CHECK(largest(disturbed.location[0] - together.location[0]) > 1e-3);
}

TEST_CASE("where there is no peak, or a start bends the wrong way, all stays finite and positive") {
  const auto start = at::stack({vector({0, 0, 30, -50}), vector({0, 1e-3, 20, 7})}, 1);
  const std::vector<Objective> objectives = {
      [](const at::Tensor& z) { return -at::log1p(z.square()).sum(); },                           // Cauchy's tails
      [](const at::Tensor& z) { return z.square().sum(); },                                       // a bowl
      [](const at::Tensor& z) { return (z.select(1, 0) * z.select(1, 1)).sum(); },                // a saddle
      [](const at::Tensor& z) { return z.sum(); },                                                // a slope
      [](const at::Tensor& z) { return (0 * z).sum(); },                                          // a plain
      [](const at::Tensor&) { return at::zeros({}, at::kDouble); },                               // no z in it
      [](const at::Tensor& z) { return -at::exp(z).sum() + z.select(1, 0).sin().mul(5).sum(); },  // steep, and wavy
  };
  for (const bool differentiable : {false, true}) {
    const at::AutoGradMode gradients(differentiable);
    for (std::size_t i = 0; i < objectives.size(); ++i) {
      for (const std::int64_t steps : {1, 2, 7}) {
        CAPTURE(i);
        CAPTURE(steps);
        const auto peak = climb(objectives[i], start, reach_of(2, 0.5), steps);
        CHECK(finite(peak.location));
        CHECK(finite(peak.precision));
        CHECK(std::get<0>(at::linalg_eigh(peak.precision.detach())).min().item<double>() > 0);
        CHECK(finite(gaussian_of(peak, 2).log_diagonal));
        CHECK(finite(gaussian_of(peak, 2).below));
        CHECK(finite(marginal_variances(peak)));
      }
    }
  }
}

TEST_CASE("a double well is left for one of its wells") {
  at::NoGradGuard no_grad;
  const Objective wells = [](const at::Tensor& z) { return -(z.square() - 1).square().sum(); };
  const auto start = vector({-3, -0.1, 0.2, 5}).unsqueeze(1);
  const auto peak = climb(wells, start, reach_of(1, 0.3), 30);
  CHECK(largest(peak.location - start.sign()) < 1e-6);
  CHECK(largest(peak.precision - 8) < 0.5);
}

TEST_CASE("the Gaussian of a peak is the marginal of its first numbers") {
  at::NoGradGuard no_grad;
  const auto precision = at::stack({some_precision(4, 11), some_precision(4, 12)});
  const Peak peak = {normal({2, 4}, 13), precision};
  const auto covariance = at::linalg_inv(precision);
  for (const std::int64_t count : {1, 2, 3, 4}) {
    CAPTURE(count);
    const auto gaussian = gaussian_of(peak, count);
    const auto expected = covariance.narrow(1, 0, count).narrow(2, 0, count);
    const auto factor = factor_of(gaussian);
    const auto sd = expected.diagonal(0, 1, 2).sqrt();
    const auto apart = (at::matmul(factor, factor.transpose(1, 2)) - expected) / (sd.unsqueeze(1) * sd.unsqueeze(2));
    CHECK(largest(apart) < 2e-4);  // correlations are shrunk a little
    CHECK(largest(at::triu(factor, 1)) == 0);
    CHECK(largest(gaussian.shift - peak.location.narrow(1, 0, count)) == 0);
  }
  CHECK(largest(marginal_variances(peak) - covariance.diagonal(0, 1, 2)) < 1e-12);
}

TEST_CASE("derivatives of a quadratic's peak are exact") {
  // Mean [2] and log precision, of which both depend on all.
  const auto of_peak = [](const at::Tensor& parameters) {
    const auto mean = at::stack({parameters[0] * parameters[1], parameters[2].exp()}).expand({3, 2});
    const auto precision = at::stack({at::stack({parameters[0].exp(), 0.3 * parameters[1]}),
                                      at::stack({0.3 * parameters[1], 2 + parameters[2].square()})});
    const auto peak = climb(quadratic(mean, precision), normal({3, 2}, 31), reach_of(2, 1e3), 3);
    const auto gaussian = gaussian_of(peak, 2);
    return functional(peak.location) + functional(peak.precision, 98) + functional(gaussian.log_diagonal, 97) +
           functional(gaussian.below, 96);
  };
  const auto at_point = vector({0.4, -0.7, 0.2});
  const auto leaf = at_point.clone().set_requires_grad(true);
  of_peak(leaf).backward();
  const auto expected = finite_difference(of_peak, at_point).detach();
  CHECK(largest((leaf.grad() - expected) / (1 + expected.abs())) < 1e-6);
}

TEST_CASE("a peak moves with what it depends on as finite differences say") {
  const auto at_point = vector({0.4, -0.7});
  for (const bool pairs : {false, true}) {
    CAPTURE(pairs);
    const std::int64_t size = pairs ? 2 : 1;
    const auto start = at::full({3, size}, 0.2, at::kDouble);
    const auto location_at = [&](const at::Tensor& parameters) {
      const auto objective = pairs ? pairs_under(parameters) : counts_under(parameters);
      return functional(climb(objective, start, reach_of(size, 1), 40).location);
    };
    const auto leaf = at_point.clone().set_requires_grad(true);
    location_at(leaf).backward();
    const auto expected = finite_difference(location_at, at_point).detach();
    CHECK(largest(leaf.grad() - expected) < 0.03 * largest(expected));  // as exact as the curvature
  }
}

TEST_CASE("places that rounding alone keeps from being singular, or that are no numbers, stop nothing") {
  const std::int64_t rows = 20000;
  const auto of_floats = normal({2, rows, 1}, 11).to(at::kFloat);
  const auto steep = 1e6 * of_floats[0].square(), flat = 0.1 * of_floats[1].square();
  const Objective ridge = [&](const at::Tensor& z) {
    return -0.5 * (steep * z.sum(-1, true).square() + flat * z.square()).sum();
  };
  const auto start = at::full({rows, 2}, 0.5, at::kFloat), reach = at::ones({2}, at::kFloat);
  const auto peak = climb(ridge, start, reach, 3);
  CHECK(at::isfinite(peak.location).all().item<bool>());
  CHECK(at::isfinite(marginal_variances(peak)).all().item<bool>());
  const Objective nowhere = [](const at::Tensor& z) { return at::log(z - 5).sum(); };
  CHECK_NOTHROW(gaussian_of(climb(nowhere, start, reach, 3), 2));
}

TEST_CASE("the peak of a parabola is one step away, with its derivatives") {
  for (const std::int64_t size : {1, 2, 3, 5}) {
    CAPTURE(size);
    const auto precision = some_precision(size, 41);
    const auto mean = 100 * normal({3, size}, 42);
    const auto peak = climb_parabola(quadratic(mean, precision), at::zeros({3, size}, at::kDouble), reach_of(size, 1));
    CHECK(largest(peak.location - mean) < 1e-8);
    CHECK(largest(peak.precision - precision) < 1e-8);
  }
  const auto of_mean = [](const at::Tensor& m) {
    const auto peak =
        climb_parabola(quadratic(m, some_precision(2, 43)), at::zeros({1, 2}, at::kDouble), reach_of(2, 1));
    return functional(peak.location);
  };
  const auto leaf = vector({0.4, -0.7}).set_requires_grad(true);
  of_mean(leaf).backward();
  CHECK(largest(leaf.grad() - finite_difference(of_mean, leaf.detach()).detach()) < 1e-6);
}

TEST_CASE("in float32 a far and narrow peak is found to a part of its width") {
  // Intercept and slope of a subject whose slopes hardly vary: tau = (100, narrow), correlation rho.
  for (const double narrow : {1.0, 1e-2, 1e-4}) {
    for (const double rho : {-0.9, 0.0, 0.7}) {
      CAPTURE(narrow);
      CAPTURE(rho);
      const double tau = 100, flat = 1 - rho * rho, data = 0.01, centre = 5;
      const auto log_density = [=](const at::Tensor& z) {
        const auto u = z.select(-1, 0) / tau, v = (z.select(-1, 1) / narrow - rho * u) / std::sqrt(flat);
        return -0.5 * (u.square() + v.square() + data * (z.select(-1, 0) - centre).square()).sum();
      };
      const auto start = at::tensor({30.F, 20.F}).view({1, 2});
      const auto peak = climb_parabola(log_density, start, at::tensor({50.F, 50.F}));
      const double top = centre * data / (data + 1 / (tau * tau));
      CHECK(peak.location[0][0].item<double>() == doctest::Approx(top).epsilon(1e-3));
      CHECK(std::abs(peak.location[0][1].item<double>() - rho * narrow / tau * top) < 0.05 * narrow * std::sqrt(flat));
      const double both = -rho / (tau * narrow * flat);
      CHECK(peak.precision[0][0][0].item<double>() == doctest::Approx(1 / (tau * tau * flat) + data).epsilon(0.03));
      CHECK(peak.precision[0][0][1].item<double>() == doctest::Approx(both).epsilon(0.03));
      CHECK(peak.precision[0][1][1].item<double>() == doctest::Approx(1 / (narrow * narrow * flat)).epsilon(1e-3));
    }
  }
}

TEST_CASE("the factor of an inverse, by hand and by LAPACK") {
  for (const std::int64_t size : {1, 2, 3, 4, 5, 7}) {
    CAPTURE(size);
    const auto precision = some_precision(size, 44);
    const auto factor = inverse_factor(precision);
    auto matrix = at::zeros({size, size}, at::kDouble);
    for (std::int64_t i = 0; i < size; ++i) {
      for (std::int64_t j = 0; j <= i; ++j) {
        matrix[i][j] = factor[static_cast<std::size_t>(i)][static_cast<std::size_t>(j)];
      }
    }
    CHECK(largest(at::mm(matrix, matrix.t()) - at::linalg_inv(precision)) < 1e-9);
  }
}

TEST_CASE("a careful climb finds the top from far away, and from where nothing is convex") {
  // log of a Cauchy density: Newton's step from beyond one scale leads away from its peak.
  const Objective cauchy = [](const at::Tensor& z) { return -at::log1p((z - 2).square()).sum(-1); };
  const auto start = vector({-30.0, 0.0, 4.0, 40.0}).view({1, 4, 1});
  const auto peak =
      climb_safely([&](const at::Tensor&) { return Objective(cauchy); }, start, reach_of(1, 4), reach_of(1, 4), 30, 2);
  CHECK(largest(peak.location - 2) < 1e-2);
  CHECK((peak.precision > 0).all().item<bool>());
}
