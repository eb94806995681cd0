#include "inference/hierarchical_encoder.hpp"

#include <cmath>

#include "families.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

ArchitectureOptions moments_alone() {
  auto options = small();
  options.attention = Attention::none;
  options.message_steps = 0;
  return options;
}

/// Mean and log variance of numbers.
struct Moments {
  explicit Moments(const std::vector<double>& x) {
    const auto n = static_cast<double>(x.size());
    for (const double value : x) mean += value / n;
    double variance = 0;
    for (const double value : x) variance += (value - mean) * (value - mean) / n;
    log_variance = std::log(variance + 1e-8);
  }
  double mean = 0, log_variance = 0;
};

/// What a standardizer that was not fitted makes of a number: logarithmic beyond 20.
double compressed(double x) {
  const double excess = std::abs(x) - 20;
  return excess > 0 ? std::copysign(20 + std::log1p(excess), x) : x;
}

std::vector<at::Tensor> encodings_of(const Dual& f, const VariableValues& values) {
  return f.dual.encode(f.generative.model.observe(values)).features;
}

}  // namespace

TEST_CASE("without attention encodings are means, log variances and log cardinalities, level by level") {
  const Dual f(model_file("gre.hbm", {{"N", integer(4)}, {"sigma_mu", number(0.5)}}), moments_alone());
  const auto values = f.generative.simulate(2, 51);
  const auto encodings = encodings_of(f, values);
  REQUIRE(encodings.size() == 3);
  CHECK(largest(encodings[2] - values[f.generative.index("x")]) == 0);
  REQUIRE(encodings[1].sizes().vec() == std::vector<std::int64_t>{1, 2, 3, 5});
  REQUIRE(encodings[0].sizes().vec() == std::vector<std::int64_t>{1, 2, 11});
  for (std::int64_t b = 0; b < 2; ++b) {
    std::vector<std::vector<double>> of_groups(5);
    for (std::int64_t g = 0; g < 3; ++g) {
      const auto group = encodings[1][0][b][g];
      for (std::int64_t d = 0; d < 2; ++d) {
        std::vector<double> x;
        for (std::int64_t i = 0; i < 4; ++i) x.push_back(f.generative.at(values, "x", {0, b, g, i, d}));
        const Moments own(x);
        CHECK(group[d].item<double>() == doctest::Approx(own.mean));
        CHECK(group[2 + d].item<double>() == doctest::Approx(compressed(own.log_variance)));
      }
      CHECK(group[4].item<double>() == doctest::Approx(std::log(4.0)));
      for (std::int64_t k = 0; k < 5; ++k) of_groups[static_cast<std::size_t>(k)].push_back(group[k].item<double>());
    }
    const auto top = encodings[0][0][b];
    for (std::int64_t k = 0; k < 5; ++k) {
      const Moments own(of_groups[static_cast<std::size_t>(k)]);
      CHECK(top[k].item<double>() == doctest::Approx(own.mean));
      CHECK(top[5 + k].item<double>() == doctest::Approx(compressed(own.log_variance)));
    }
    CHECK(top[10].item<double>() == doctest::Approx(std::log(3.0)));
  }
}

TEST_CASE("known variables join where they live: categories, counts, positive numbers, covariates of the top") {
  const Dual f(compiled(R"(model {
  real m ~ normal(0, 1);
  covariate real age ~ normal(0, 1);
  plate group[2] {
    real b ~ normal(m, 1);
    covariate vector[2] stimulus ~ normal(0, 1);
    plate obs[3] {
      observed int k ~ categorical_logit([0.1, 0.2, b]);
      observed int n ~ poisson_log(0.1 * b);
      observed real<lower=0> d ~ lognormal(0.1 * b, 0.3);
      observed real y ~ normal(b + age * stimulus[1] * m, 1);
    }
  }
})"),
               moments_alone());
  const auto values = f.generative.simulate(2, 52);
  const auto encodings = encodings_of(f, values);
  const auto& bottom = encodings[2];
  REQUIRE(bottom.size(-1) == 3 + 2 + 2 + 1);
  const auto column = [&](std::int64_t i) { return bottom.select(-1, i); };
  const auto own = [&](const char* name) { return values[f.generative.index(name)]; };
  for (std::int64_t category = 0; category < 3; ++category) {
    CHECK(at::equal(column(category), (own("k") == category + 1).to(at::kDouble)));
  }
  CHECK(largest(column(3) - own("n")) == 0);
  CHECK(largest(column(4) - at::log1p(own("n"))) < 1e-12);
  const int d = static_cast<int>(f.generative.index("d"));
  CHECK(largest(column(5) - f.generative.model.unconstrain(d, values).squeeze(-1)) < 1e-12);
  CHECK(largest(column(6) - own("d")) == 0);
  CHECK(largest(column(7) - own("y")) == 0);
  // Behind what comes from below.
  CHECK(largest(encodings[1].narrow(-1, 17, 2) - own("stimulus")) == 0);
  CHECK(largest(encodings[0].select(-1, 2 * 19 + 1) - own("age")) == 0);
}

TEST_CASE("fitting makes every input and every moment standard") {
  auto options = moments_alone();
  Dual f(model_file("gre.hbm"), options);
  auto values = f.generative.simulate(500, 53);
  const auto encodings = f.dual.encoder().fit(f.generative.model, f.generative.model.observe(values), values).features;
  for (const auto& encoding : encodings) {
    const auto rows = encoding.reshape({-1, encoding.size(-1)});
    CHECK(largest(std::get<0>(rows.median(0))) < 0.01);
    const auto spread = rows.std(0);
    // The log cardinality is the same everywhere; all else has a spread of about one.
    CHECK(((spread > 0.5) | (spread == 0)).all().item<bool>());
    CHECK((spread < 2).all().item<bool>());
  }
  CHECK(at::equal(encodings[0], encodings_of(f, values)[0]));
}

TEST_CASE("features that do not depend on weights are flagged") {
  Dual f(model_file("gre.hbm"));
  f.warmed(64);
  const auto values = f.generative.simulate(3, 54);
  const auto before = encodings_of(f, values);
  f.perturbed(0.5);
  const auto after = encodings_of(f, values);
  for (int depth = 0; depth <= 2; ++depth) {
    const auto& fixed = f.dual.encoder().fixed(depth);
    const auto at = static_cast<std::size_t>(depth);
    REQUIRE(static_cast<std::int64_t>(fixed.size()) == before[at].size(-1));
    for (std::size_t i = 0; i < fixed.size(); ++i) {
      CAPTURE(depth);
      CAPTURE(i);
      const auto moved = largest((after[at] - before[at]).select(-1, static_cast<std::int64_t>(i)).detach());
      CHECK((moved == 0) == (fixed[i] != 0));
    }
  }
}
