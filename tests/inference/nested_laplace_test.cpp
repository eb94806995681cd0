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

/// Mean, standard deviation and skewness of log tau given the means of 20 groups of five observations: the groups'
/// effects integrated out by hand, log tau on a fine grid.
struct Exact {
  double mean = 0, sd = 0, skewness = 0;
  explicit Exact(const std::vector<double>& means) {
    constexpr int points = 4000;
    std::vector<double> z, density;
    double top = -INFINITY;
    for (int i = 0; i < points; ++i) {
      z.push_back(-8 + 12.0 * i / points);
      const double tau = std::exp(z.back());
      double log_density = plain::normal(tau, 0, 1) + z.back();
      for (const double mean_of_group : means) {
        log_density += plain::normal(mean_of_group, 0, std::sqrt(tau * tau + 0.2));
      }
      density.push_back(log_density);
      top = std::max(top, log_density);
    }
    double total = 0;
    for (double& d : density) total += d = std::exp(d - top);
    const auto expected = [&](const std::function<double(double)>& f) {
      double sum = 0;
      for (int i = 0; i < points; ++i) sum += f(z[static_cast<std::size_t>(i)]) * density[static_cast<std::size_t>(i)];
      return sum / total;
    };
    mean = expected([](double x) { return x; });
    sd = std::sqrt(expected([this](double x) { return (x - mean) * (x - mean); }));
    skewness = expected([this](double x) { return std::pow((x - mean) / sd, 3); });
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

  TopPeak fit(const LogMarginal& log_marginal) {
    top.fit_guess(encoding, truth, {1});
    return top.fit(encoding, log_marginal);
  }
  LogMarginal gaussian() const {
    const auto precision = at::linalg_inv(covariance);
    const Objective density = [this, precision](const at::Tensor& z) {
      const auto apart = z - centers;
      return -0.5 * (at::matmul(apart, precision) * apart).sum(-1);
    };
    return {[density](const at::Tensor&) { return density; }, 3};
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
  const auto fitted = toy.fit(toy.gaussian());
  const auto again = toy.top(toy.encoding, toy.gaussian());
  CHECK(largest(again.warp.location - fitted.warp.location) < 1e-9);
  CHECK(largest(again.bends - fitted.bends) < 1e-6);
  CHECK(largest(fitted.warp.location - toy.centers) < 1e-3);
  const auto sd = toy.covariance.diagonal().sqrt();
  CHECK(largest(fitted.warp.log_scale.exp() / sd - 1) < 0.05);
  CHECK(largest(fitted.relation - toy.covariance / (sd.unsqueeze(-1) * sd)) < 1e-3);
  CHECK(largest(raw(toy.parameters, fitted.bends).narrow(2, 0, 2)) < 1e-2);
  CHECK(largest(raw(toy.parameters, fitted.bends).narrow(2, 2, 2) - 3) < 0.2);
}

TEST_CASE("the conditional Gaussians of a peak make up the joint one") {
  Toy toy;
  const auto peak = toy.fit(toy.gaussian());
  const auto z = peak.warp.location + normal({7, 500, 2}, 5);
  const auto log_density = [](const Start& start, const at::Tensor& x) {
    const auto inner = off(start, x);
    return (-0.5 * (inner.z.square() + std::log(2 * M_PI))).sum(-1) + inner.log_q;
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
  const Objective holes = [&](const at::Tensor& z) {
    const auto density = gaussian.around(toy.centers)(z);
    return at::where(z.select(-1, 0) > toy.centers.select(-1, 0) + 1, at::full_like(density, NAN), density);
  };
  const Objective none = [](const at::Tensor& z) { return NAN * z.select(-1, 0); };
  const auto everywhere = [](const Objective& density) {
    return LogMarginal{[density](const at::Tensor&) { return density; }, 1};
  };
  const auto peak = toy.fit(everywhere(holes));
  CHECK(finite(peak.warp.location));
  CHECK(finite(peak.warp.knots.x));
  CHECK(finite(peak.relation));
  CHECK(finite(peak.bends));
  const auto nowhere = toy.top(toy.encoding, everywhere(none));
  CHECK(finite(nowhere.warp.location));
  CHECK(finite(location_and_scale(conditional(nowhere, 0, 2, {}, {}))));
}

TEST_CASE("the start of a scale has the moments of its posterior, the effects that it scales integrated out") {
  at::NoGradGuard no_grad;
  Dual f(compiled(groups));
  REQUIRE(names(f.generative.hbm, f.plan.marginal) == "tau");
  f.warmed(512);
  // Data sets whose tau is well known, about 1.2.
  auto values = f.generative.simulate(6, 61);
  auto& y = values[f.generative.index("y")];
  y = 1.2 * normal({1, 6, 20, 1}, 62) + normal({1, 6, 20, 5}, 63);
  const auto top = f.dual.encode(f.generative.model.observe(values)).top;
  REQUIRE(top.warp.location.sizes().vec() == std::vector<std::int64_t>{1, 6, 1});
  REQUIRE(top.bends.sizes().vec() == std::vector<std::int64_t>{1, 6, 2});
  const auto bends = raw(f.dual.parameters(), top.bends);
  for (std::int64_t b = 0; b < 6; ++b) {
    std::vector<double> means;
    for (std::int64_t g = 0; g < 20; ++g) means.push_back(y[0][b][g].mean().item<double>());
    const Exact exact(means);
    CAPTURE(b);
    CHECK(std::abs(top.warp.location[0][b][0].item<double>() - exact.mean) < 0.05 * exact.sd);
    CHECK(std::exp(top.warp.log_scale[0][b][0].item<double>()) == doctest::Approx(exact.sd).epsilon(0.05));
    CHECK(std::abs(bends[0][b][0].item<double>() - exact.skewness) < 0.15);
  }
}

TEST_CASE("how one number's conditional widens and bows with another is read off the density") {
  at::NoGradGuard no_grad;
  constexpr double widening = 0.2, bowing = 0.15;
  Toy toy;
  toy.truth = at::cat({toy.encoding + normal({1, 500, 1}, 5), normal({1, 500, 1}, 6)}, 2);
  const Objective density = [&](const at::Tensor& z) {
    const auto first = z.select(-1, 0) - toy.encoding.select(-1, 0), second = z.select(-1, 1);
    const auto apart = (second - bowing * (first.square() - 1)) * at::exp(-widening * first);
    return -0.5 * first.square() - widening * first - 0.5 * apart.square();
  };
  const auto peak = toy.fit({[density](const at::Tensor&) { return density; }, 3});
  // Given the first number, the second is what it is.
  for (const double first : {-1.5, 0.0, 1.5}) {
    CAPTURE(first);
    const auto second = conditional(peak, 1, 1, {0}, toy.encoding + first);
    const auto at_normal = [&](double u) {
      return onto(second, {at::full({1, 500, 1}, u, at::kDouble), at::zeros({1, 500}, at::kDouble)}).z;
    };
    CHECK(largest(at_normal(0) - bowing * (first * first - 1)) < 0.05);
    CHECK(largest((at_normal(1) - at_normal(0)) / std::exp(widening * first) - 1) < 0.05);
  }
  // Log weights of draws hardly vary, those of the copula alone do.
  const auto variance = [&](const TopPeak& top) {
    const auto draw = [](const Start& start, std::uint64_t seed) {
      const auto u = normal({400, 500, 1}, seed);
      return onto(start, {u, -0.5 * u.square().squeeze(-1)});
    };
    const auto first = draw(conditional(top, 0, 1, {}, {}), 7);
    const auto second = draw(conditional(top, 1, 1, {0}, first.z), 8);
    return (density(at::cat({first.z, second.z}, -1)) - first.log_q - second.log_q).var(0).mean().item<double>();
  };
  CHECK(variance(peak) < 0.01);
  CHECK(variance(peak.without_map()) > 0.1);
}
