#include "inference/warm_start.hpp"

#include <cmath>

#include "families.hpp"
#include "inference/losses.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

struct Scales {
  double mu, group, noise;
};

/// Gaussian random effects in closed form, one data set and dimension at a time.
struct ExactGre {
  std::vector<double> means;  ///< of the groups' observations
  double evidence = 0, mu = 0, mu_sd = 0, group_sd = 0;
  std::vector<double> groups;  ///< posterior means

  ExactGre(const at::Tensor& x, const Scales& s) {  // x [G, N]
    const auto groups_count = x.size(0), n = x.size(1);
    const double noise = s.noise * s.noise, between = s.group * s.group, prior = s.mu * s.mu;
    for (std::int64_t g = 0; g < groups_count; ++g) {
      double mean = 0, squares = 0;
      for (std::int64_t i = 0; i < n; ++i) mean += x[g][i].item<double>() / static_cast<double>(n);
      for (std::int64_t i = 0; i < n; ++i) squares += std::pow(x[g][i].item<double>() - mean, 2);
      means.push_back(mean);
      const double count = static_cast<double>(n);
      evidence += -0.5 * (count - 1) * std::log(2 * M_PI * noise) - 0.5 * std::log(count) - 0.5 * squares / noise;
    }
    // The groups' means: covariance v I + prior 1 1^T.
    const double count = static_cast<double>(groups_count);
    const double v = between + noise / static_cast<double>(n), all = v + count * prior;
    double sum = 0, squares = 0;
    for (const double m : means) sum += m;
    for (const double m : means) squares += m * m;
    evidence += -0.5 * (count * std::log(2 * M_PI) + (count - 1) * std::log(v) + std::log(all));
    evidence += -0.5 * (squares - prior * sum * sum / all) / v;
    mu = prior * sum / all;
    mu_sd = std::sqrt(prior * v / all);
    // A group's mean: the data's and mu's, by precision.
    const double own = static_cast<double>(n) / noise, pooled = 1 / between;
    for (const double m : means) groups.push_back((own * m + pooled * mu) / (own + pooled));
    group_sd = std::sqrt(1 / (own + pooled) + std::pow(pooled / (own + pooled) * mu_sd, 2));
  }
};

void check_gre(const ConstantOverrides& overrides, const Scales& scales) {
  at::NoGradGuard no_grad;
  Dual f(model_file("gre.hbm", overrides), ArchitectureOptions());
  const std::int64_t simulations = 4096, sets = 64;
  f.warmed(simulations);
  const auto data = f.generative.simulate(sets, 21);
  const auto observation = f.generative.model.observe(data);
  const auto encodings = f.dual.encode(observation);
  auto generator = seeded(22);
  const auto weights = log_weights(f.dual, encodings, observation, 128, generator).log_weight();
  const auto modes = f.dual.modes(encodings, observation);
  const auto &x = data[f.generative.index("x")], &mu = modes[f.generative.index("mu")];

  double gap = 0, mu_sd = 0, products = 0, squares = 0;
  for (std::int64_t b = 0; b < sets; ++b) {
    double evidence = 0;
    for (std::int64_t d = 0; d < 2; ++d) {
      const ExactGre exact(x[0][b].select(-1, d), scales);
      evidence += exact.evidence;
      mu_sd = exact.mu_sd;
      const double found = mu[0][b][d].item<double>();
      CHECK(std::abs(found - exact.mu) < 0.4 * mu_sd);  // the farthest of 128
      products += found * exact.mu;
      squares += exact.mu * exact.mu;
    }
    const auto own = weights.select(1, b);
    gap += (evidence - own.mean().item<double>()) / static_cast<double>(sets);
    // The mean weight is the evidence, for every data set.
    const double log_mean = own.logsumexp(0).item<double>() - std::log(128.0);
    CHECK(log_mean == doctest::Approx(evidence).epsilon(0.3 / std::abs(evidence)));
  }
  CHECK(gap < 0.05);
  CHECK(gap > -0.005);
  // No shrinkage: the slope of mu's posterior means against the exact ones is 1, up to what so many simulations tell.
  const double spread = std::sqrt(squares / (2 * sets));
  CHECK(std::abs(products / squares - 1) < 4 * mu_sd / (spread * std::sqrt(static_cast<double>(simulations))));
}

}  // namespace

TEST_CASE("the warm start alone is the posterior of Gaussian random effects") {
  SUBCASE("the paper's equation 6") { check_gre({}, {1, 0.2, 0.05}); }
  SUBCASE("the scales of its table 2") {
    check_gre({{"sigma_mu", number(0.5)}, {"sigma_g", number(0.5)}, {"sigma_x", number(0.1)}}, {0.5, 0.5, 0.1});
  }
}

TEST_CASE("group posteriors after the warm start are the exact ones") {
  at::NoGradGuard no_grad;
  Dual f(model_file("gre.hbm", {{"N", integer(5)}, {"sigma_x", number(0.3)}}), ArchitectureOptions());
  f.warmed(4096);
  const std::int64_t sets = 16, draws = 2000;
  const auto data = f.generative.simulate(sets, 23);
  const auto inferred = f.infer(data, draws);
  const auto& w = inferred.draw.values[f.generative.index("mu_g")];
  const auto mean = w.mean(0), sd = w.std(0);
  for (std::int64_t b = 0; b < sets; ++b) {
    for (std::int64_t d = 0; d < 2; ++d) {
      const ExactGre exact(data[f.generative.index("x")][0][b].select(-1, d), {1, 0.2, 0.3});
      for (std::int64_t g = 0; g < 3; ++g) {
        const double error = mean[b][g][d].item<double>() - exact.groups[static_cast<std::size_t>(g)];
        CHECK(std::abs(error) < 0.15 * exact.group_sd);
        CHECK(sd[b][g][d].item<double>() == doctest::Approx(exact.group_sd).epsilon(0.1));
      }
    }
  }
}

/// Weights and constants, all of them.
bool same(const Dual& a, const Dual& b) {
  const auto &one = a.dual.parameters().buffers(), &two = b.dual.parameters().buffers();
  bool result = at::equal(a.dual.parameters().flat(), b.dual.parameters().flat());
  for (std::size_t i = 0; i < one.size(); ++i) result = result && at::equal(one[i].second, two[i].second);
  return result;
}

TEST_CASE("a warm start changes with its seed alone") {
  Dual a(model_file("gre.hbm")), b(model_file("gre.hbm")), c(model_file("gre.hbm"));
  a.warmed(128, 1);
  b.warmed(128, 1);
  c.warmed(128, 2);
  CHECK(same(a, b));
  CHECK_FALSE(same(a, c));
}

TEST_CASE("a warm start leaves no trace of one before it") {
  for (const char* name : {"eight_schools.hbm", "poisson.hbm"}) {
    CAPTURE(name);
    Dual once(model_file(name)), twice(model_file(name));
    once.warmed(300, 1);
    twice.warmed(64, 2).warmed(300, 1);
    CHECK(same(once, twice));
  }
}

TEST_CASE("a time limit too short for the warm start leaves the first 256 data sets of it") {
  Dual limited(model_file("gre.hbm")), small(model_file("gre.hbm")), unlimited(model_file("gre.hbm"));
  auto generator = seeded(3);
  warm_start(limited.dual, 100000, generator, 0, 1e-9);
  small.warmed(256, 3);
  CHECK(same(limited, small));
  // Where time is no concern, all of them: those after the first fit's.
  generator = seeded(3);
  warm_start(unlimited.dual, 300, generator, 0, 1e9);
  auto follows = seeded(3);
  Dual expected(model_file("gre.hbm"));
  warm_start(expected.dual, 256, follows);
  warm_start(expected.dual, 300, follows);
  CHECK(same(unlimited, expected));
}

TEST_CASE("warm starts of all models give finite densities of finite draws") {
  for (const char* name : {"gre.hbm", "nc.hbm", "eight_schools.hbm", "poisson.hbm", "logistic.hbm"}) {
    for (const auto family : {Family::structured, Family::mean_field}) {
      CAPTURE(name);
      auto options = small();
      options.family = family;
      Dual f(model_file(name), options, at::kFloat);
      f.warmed(512);
      const auto inferred = f.infer(f.generative.simulate(64, 24), 4);
      for (const auto& z : inferred.draw.z) CHECK(finite(z));
      CHECK(finite(inferred.draw.log_q));
      CHECK(finite(f.generative.model.log_prior(inferred.draw.values)));
    }
  }
}

TEST_CASE("units from 1e-6 to 1e6 change nothing in float32 but the density's own unit") {
  at::NoGradGuard no_grad;
  const auto schools_in = [](double unit) {
    const auto in_units = [unit](double x) { return number(x * unit); };
    return compiled(
        "data { real five = 1; real eight = 1; real twenty = 1; }\n"
        "model {\n"
        "  real mu ~ normal(0, five);\n"
        "  real<lower=0> tau ~ cauchy(0, five);\n"
        "  plate school[8] {\n"
        "    real theta ~ normal(mu, tau);\n"
        "    covariate real<lower=0> sigma ~ uniform(eight, twenty);\n"
        "    plate result[1] { observed real y ~ normal(theta, sigma); }\n"
        "  }\n"
        "}\n",
        {{"five", in_units(5)}, {"eight", in_units(8)}, {"twenty", in_units(20)}});
  };
  const auto elbo = [&](double unit) {
    Dual f(schools_in(unit), ArchitectureOptions(), at::kFloat);
    f.warmed(1024);
    const auto data = f.generative.simulate(64, 31);
    const auto observation = f.generative.model.observe(data);
    auto generator = seeded(32);
    const auto weights = log_weights(f.dual, f.dual.encode(observation), observation, 64, generator).log_weight();
    CHECK(at::isfinite(weights).all().item<bool>());
    return weights.mean().item<double>() + 8 * std::log(unit);
  };
  const double usual = elbo(1);
  CHECK(elbo(1e-6) == doctest::Approx(usual).epsilon(2e-4));
  CHECK(elbo(1e6) == doctest::Approx(usual).epsilon(2e-4));
}
