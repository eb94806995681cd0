#include "inference/nested_laplace.hpp"

#include <cmath>

#include "families.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const char* const groups = R"(model {
  real<lower=0> tau ~ normal(0, 1);
  plate group[20] {
    real b ~ normal(0, tau);
    plate obs[5] {
      observed real y ~ normal(b, 1);
    }
  }
})";

/// Log posterior density of log tau given the means of 20 groups of five observations, up to a constant: the groups'
/// effects integrated out by hand.
struct Exact {
  std::vector<double> means;
  double log_density(double z) const {
    const double tau = std::exp(z);
    double total = plain::normal(tau, 0, 1) + z;
    for (const double mean : means) total += plain::normal(mean, 0, std::sqrt(tau * tau + 0.2));
    return total;
  }
  double peak() const {
    double best = -5;
    for (double z = -5; z < 3; z += 1e-3) {
      if (log_density(z) > log_density(best)) best = z;
    }
    return best;
  }
};

/// Simulations of two numbers, correlated given the data, of which an encoding tells the first a little.
struct Toy {
  Parameters parameters{0, at::kDouble};
  NestedLaplace top{parameters, 2, 1, 3};
  at::Tensor encoding = normal({1, 500, 1}, 1);
  at::Tensor centers = at::cat({encoding + normal({1, 500, 1}, 2), 3 * normal({1, 500, 1}, 3)}, 2);
  at::Tensor factor = at::cat({vector({0.2, 0.0}), vector({0.3, 0.4})}, 0).view({2, 2});
  at::Tensor covariance = at::mm(factor, factor.t());
  at::Tensor truth = centers + at::matmul(normal({1, 500, 2}, 4), factor.t());

  LogMarginal gaussian() const {
    const auto precision = at::linalg_inv(covariance);
    return {[this, precision](const at::Tensor& z) {
              const auto apart = z - centers;
              return -0.5 * (at::matmul(apart, precision) * apart).sum(-1);
            },
            3};
  }
};

/// What a standardizer was given.
at::Tensor raw(const Parameters& parameters, const at::Tensor& bends) {
  return bends * constant(parameters, "top.bends.scale") + constant(parameters, "top.bends.center");
}

}  // namespace

TEST_CASE("a Gaussian at the top is found as it is") {
  Toy toy;
  CHECK_FALSE(toy.top(toy.encoding, toy.gaussian()).defined());
  const auto fitted = toy.top.fit(toy.encoding, toy.truth, {1}, toy.gaussian());
  const auto again = toy.top(toy.encoding, toy.gaussian());
  CHECK(largest(again.location - fitted.location) < 1e-9);
  CHECK(largest(again.bends - fitted.bends) < 1e-6);
  CHECK(largest(fitted.location - toy.centers) < 1e-3);
  CHECK(largest(fitted.covariance - toy.covariance) < 1e-6);
  CHECK(largest(raw(toy.parameters, fitted.bends)) < 1e-2);
}

TEST_CASE("the conditional Gaussians of a peak make up the joint one") {
  Toy toy;
  const auto peak = toy.top.fit(toy.encoding, toy.truth, {1}, toy.gaussian());
  const auto z = peak.location + normal({7, 500, 2}, 5);
  const auto log_density = [](const Affine& affine, const at::Tensor& x) {
    return (-0.5 * (off(affine, x).square() + std::log(2 * M_PI)) - affine.log_diagonal).sum(-1);
  };
  const auto joint = log_density(conditional(peak, 0, 2, {}, {}), z);
  const auto first = z.narrow(-1, 0, 1), second = z.narrow(-1, 1, 1);
  const auto forwards =
      log_density(conditional(peak, 0, 1, {}, {}), first) + log_density(conditional(peak, 1, 1, {0}, first), second);
  CHECK(largest((joint - forwards) / (1 + joint.abs())) < 1e-3);  // correlations are shrunk by 1e-4
}

TEST_CASE("places without a density do not spoil a peak") {
  Toy toy;
  const auto gaussian = toy.gaussian();
  const auto holes = [&](const at::Tensor& z) {
    const auto density = gaussian.density(z);
    return at::where(z.select(-1, 0) > toy.centers.select(-1, 0) + 1, at::full_like(density, NAN), density);
  };
  const auto peak = toy.top.fit(toy.encoding, toy.truth, {1}, {holes, 1});
  CHECK(finite(peak.location));
  CHECK(finite(peak.covariance));
  CHECK(finite(peak.bends));
  const auto nowhere = toy.top(toy.encoding, {[](const at::Tensor& z) { return NAN * z.select(-1, 0); }, 1});
  CHECK(finite(nowhere.location));
  CHECK(finite(conditional(nowhere, 0, 2, {}, {}).log_diagonal));
}

TEST_CASE("the peak of a scale is that of its posterior, the effects that it scales integrated out") {
  at::NoGradGuard no_grad;
  Dual f(compiled(groups));
  REQUIRE(names(f.generative.hbm, f.plan.marginal) == "tau");
  f.warmed(512);
  // Data sets whose tau is well known, about 1.2.
  auto values = f.generative.simulate(6, 61);
  auto& y = values[f.generative.index("y")];
  y = 1.2 * normal({1, 6, 20, 1}, 62) + normal({1, 6, 20, 5}, 63);
  const auto top = f.dual.encode(f.generative.model.observe(values)).top;
  REQUIRE(top.location.sizes().vec() == std::vector<std::int64_t>{1, 6, 1});
  REQUIRE(top.bends.sizes().vec() == std::vector<std::int64_t>{1, 6, 2});
  const auto bends = raw(f.dual.parameters(), top.bends);
  for (std::int64_t b = 0; b < 6; ++b) {
    Exact exact;
    for (std::int64_t g = 0; g < 20; ++g) exact.means.push_back(y[0][b][g].mean().item<double>());
    CAPTURE(b);
    const double location = top.location[0][b][0].item<double>(), peak = exact.peak();
    const double sd = std::sqrt(top.covariance[0][b][0][0].item<double>());
    CHECK(std::abs(location - peak) < 0.05 * sd);
    // The curvature is the mean one over 0.7 standard deviations to both sides.
    const double h = 0.7 * sd;
    const auto slope = [&](double z) { return (exact.log_density(z + 1e-4) - exact.log_density(z - 1e-4)) / 2e-4; };
    CHECK(sd == doctest::Approx(1 / std::sqrt((slope(location - h) - slope(location + h)) / (2 * h))).epsilon(0.02));
    const auto fall = [&](double z) { return exact.log_density(location) - exact.log_density(z) - 0.5 * 1.7 * 1.7; };
    CHECK(bends[0][b][0].item<double>() == doctest::Approx(fall(location + 1.7 * sd)).epsilon(0.02));
    CHECK(bends[0][b][1].item<double>() == doctest::Approx(fall(location - 1.7 * sd)).epsilon(0.02));
  }
}
