#include "inference/profile.hpp"

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

/// Simulations of two numbers of which an encoding tells the first a little, and what was made of them.
struct Toy {
  Parameters parameters{0, at::kDouble};
  Profile profile{parameters, 2, 1};
  at::Tensor encoding = normal({1, 2000, 1}, 1);
  at::Tensor centers = at::cat({encoding + normal({1, 2000, 1}, 2), 3 * normal({1, 2000, 1}, 3)}, 2);
  at::Tensor sd = vector({0.2, 0.5});
  at::Tensor truth = centers + sd * normal({1, 2000, 2}, 4);

  bool enabled() const { return constant(parameters, "profile.enabled").item<double>() == 1; }
  /// What the standardizer was given.
  at::Tensor raw(const at::Tensor& features) const {
    return features * constant(parameters, "profile.features.scale") + constant(parameters, "profile.features.center");
  }
};

}  // namespace

TEST_CASE("grids find the mean and standard deviation of a Gaussian") {
  Toy toy;
  const LogMarginal gaussian = [&](const at::Tensor& z) {
    return -0.5 * ((z - toy.centers) / toy.sd).square().sum(-1);
  };
  const auto fitted = toy.profile.fit(toy.encoding, toy.truth, {1}, gaussian);
  REQUIRE(toy.enabled());
  CHECK(largest(toy.profile(toy.encoding, gaussian) - fitted) < 1e-9);
  const auto raw = toy.raw(fitted);
  const auto apart = (raw.narrow(2, 0, 2) - toy.centers).abs() / toy.sd;
  const auto widths = raw.narrow(2, 2, 2).exp() / toy.sd;
  // Where the guess was usual; one far from the peak needs more than two grids.
  CHECK(apart.median().item<double>() < 0.02);
  CHECK(widths.median().item<double>() == doctest::Approx(1).epsilon(0.02));
  CHECK((apart < 0.1).to(at::kDouble).mean().item<double>() > 0.9);
  CHECK(((widths - 1).abs() < 0.1).to(at::kDouble).mean().item<double>() > 0.9);
  CHECK(raw.narrow(2, 4, 2).abs().median().item<double>() < 0.05);
}

TEST_CASE("grids that tell nothing are switched off") {
  Toy toy;
  const auto elsewhere = 5 * normal({1, 2000, 2}, 5);
  const LogMarginal misleading = [&](const at::Tensor& z) {
    return -0.5 * ((z - elsewhere) / toy.sd).square().sum(-1);
  };
  CHECK(largest(toy.profile.fit(toy.encoding, toy.truth, {1}, misleading)) == 0);
  CHECK_FALSE(toy.enabled());
  CHECK(largest(toy.profile(toy.encoding, misleading)) == 0);
}

TEST_CASE("places without a density do not spoil a profile") {
  Toy toy;
  const LogMarginal holes = [&](const at::Tensor& z) {
    const auto log_density = -0.5 * ((z - toy.centers) / toy.sd).square().sum(-1);
    return at::where(z.select(-1, 0) > toy.centers.select(-1, 0) + 1, at::full_like(log_density, NAN), log_density);
  };
  CHECK(finite(toy.profile.fit(toy.encoding, toy.truth, {1}, holes)));
  constant(toy.parameters, "profile.enabled").fill_(1);
  CHECK(finite(toy.profile(toy.encoding, [](const at::Tensor& z) { return at::full_like(z.select(-1, 0), NAN); })));
}

TEST_CASE("the profile of a scale is its posterior, the effects that it scales integrated out") {
  at::NoGradGuard no_grad;
  Dual f(compiled(groups));
  REQUIRE(names(f.generative.hbm, f.plan.profiled) == "tau");
  f.warmed(512);
  const auto& parameters = f.dual.parameters();
  constant(parameters, "profile.enabled").fill_(1);
  // Data sets whose tau is well known, about 1.2.
  auto values = f.generative.simulate(6, 61);
  auto& y = values[f.generative.index("y")];
  y = 1.2 * normal({1, 6, 20, 1}, 62) + normal({1, 6, 20, 5}, 63);
  const auto encodings = f.dual.encode(f.generative.model.observe(values));
  REQUIRE(encodings.profile.sizes().vec() == std::vector<std::int64_t>{1, 6, 3});
  const auto raw = encodings.profile * constant(parameters, "profile.features.scale") +
                   constant(parameters, "profile.features.center");
  for (std::int64_t b = 0; b < 6; ++b) {
    std::vector<double> means;
    for (std::int64_t g = 0; g < 20; ++g) means.push_back(y[0][b][g].mean().item<double>());
    const Exact exact(means);
    CAPTURE(b);
    CHECK(std::abs(raw[0][b][0].item<double>() - exact.mean) < 0.05 * exact.sd);
    CHECK(std::exp(raw[0][b][1].item<double>()) == doctest::Approx(exact.sd).epsilon(0.05));
    CHECK(std::abs(raw[0][b][2].item<double>() - exact.skewness) < 0.15);
  }
}
