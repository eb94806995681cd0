#include "inference/message.hpp"

#include <cmath>

#include "families.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// Messages and what they become further up, with the constants that a warm start sets chosen by hand.
struct Messages {
  Dual f;
  VariableValues values;
  Encodings encodings;

  /// A vague prior so wide that nothing is lost by taking it out again, unless said otherwise.
  explicit Messages(const std::string& text, double spread = 1e3, double center = 0) : f(compiled(text)) {
    set("message.enabled", 1);
    set("message.reach", 100);
    set("message.center", center);
    set("message.spread", spread);
    encode(21);
  }
  void set(const std::string& name, double value) { constant(f.dual.parameters(), name).fill_(value); }
  void encode(std::uint64_t seed) {
    values = f.generative.simulate(4, seed);
    encodings = f.dual.encode(f.generative.model.observe(values));
  }
  const at::Tensor& operator[](const char* name) const { return values[f.generative.index(name)]; }
};

const char* const means = R"(model {
  real a ~ normal(0, 1);
  plate group[3] {
    real b ~ normal(a, 0.5);
    plate obs[20] {
      observed real y ~ normal(b, 0.7);
    }
  }
})";

const char* const lines = R"(model {
  real m ~ normal(0, 1);
  plate group[3] {
    real a ~ normal(m, 1);
    real b ~ normal(m, 1);
    plate obs[8] {
      covariate real x ~ normal(0.5, 1);
      observed real y ~ normal(a + b * x, 0.4);
    }
  }
})";

const char* const one_slope = R"(model {
  real b ~ normal(0, 1);
  plate group[5] {
    real a ~ normal(0, 1);
    plate obs[8] {
      covariate real x ~ normal(0.5, 1);
      observed real y ~ normal(a + b * x, 0.4);
    }
  }
})";

/// Ordinary least squares of y on x along the last axis.
struct Line {
  at::Tensor xx, xy, intercept, slope, intercept_variance, slope_variance;
  Line(const at::Tensor& x, const at::Tensor& y, double noise) {
    const auto xm = x.mean(-1, true), ym = y.mean(-1, true);
    xx = (x - xm).square().sum(-1);
    xy = ((x - xm) * (y - ym)).sum(-1);
    slope = xy / xx;
    intercept = ym.squeeze(-1) - slope * xm.squeeze(-1);
    slope_variance = noise * noise / xx;
    intercept_variance = noise * noise * (1.0 / static_cast<double>(x.size(-1)) + xm.squeeze(-1).square() / xx);
  }
};

Message some_message(std::int64_t n, std::uint64_t seed) {
  return {normal({n, 2}, seed), normal({n, 2}, seed + 1).exp(), normal({n, 2}, seed + 2).sigmoid()};
}

}  // namespace

TEST_CASE("the message of Gaussian data is their mean and its variance, whatever the vague prior") {
  at::NoGradGuard no_grad;
  for (const double spread : {2.0, 1e3}) {
    CAPTURE(spread);
    const Messages m(means, spread, 0.3);
    const auto& y = m["y"];
    const auto& message = m.encodings.messages[1];
    REQUIRE(message.location.sizes().vec() == std::vector<std::int64_t>{1, 4, 3, 1});
    CHECK(largest(message.location - y.mean(3, true)) < 1e-6);
    CHECK(largest(message.variance / (0.49 / 20) - 1) < 1e-6);
    CHECK(largest(message.repeats - 1) == 0);
    // Pooled where copies do not vary: the mean of all.
    CHECK(largest(m.encodings.messages[0].location - y.mean({2, 3}).unsqueeze(-1)) < 1e-6);
    CHECK(largest(m.encodings.messages[0].variance / (0.49 / 60) - 1) < 1e-6);
    CHECK(largest(m.encodings.messages[0].repeats - 1.0 / 3) < 1e-12);
  }
}

TEST_CASE("the messages of lines are those of ordinary least squares with their standard errors") {
  at::NoGradGuard no_grad;
  const Messages m(lines);
  const Line line(m["x"], m["y"], 0.4);
  const auto& message = m.encodings.messages[1];
  CHECK(largest(message.location.select(-1, 0) - line.intercept) < 1e-4);
  CHECK(largest(message.location.select(-1, 1) - line.slope) < 1e-4);
  CHECK(largest(message.variance.select(-1, 0) / line.intercept_variance - 1) < 1e-4);
  CHECK(largest(message.variance.select(-1, 1) / line.slope_variance - 1) < 1e-4);
}

TEST_CASE("a slope that all groups share is pooled as in a regression with an intercept a group") {
  at::NoGradGuard no_grad;
  Messages m(one_slope);
  m.f.warmed(256);
  // Its copies do not vary, those of the intercept do.
  const auto spread = constant(m.f.dual.parameters(), "encoder.group.message.spread");
  CHECK(spread[0].item<double>() == 0);
  CHECK(spread[1].item<double>() > 0.3);
  m.set("message.enabled", 1);
  m.set("message.reach", 100);
  m.set("message.spread", 1e3);
  m.encode(22);
  const Line line(m["x"], m["y"], 0.4);
  const auto expected = line.xy.sum(2) / line.xx.sum(2);
  CHECK(largest(m.encodings.messages[0].location.select(-1, 0) - expected) < 1e-4);
  CHECK(largest(m.encodings.messages[0].variance.select(-1, 0) * line.xx.sum(2) / 0.16 - 1) < 1e-4);
}

TEST_CASE("messages next to a vague prior are finite whatever they say") {
  at::NoGradGuard no_grad;
  Dual f(compiled(means));
  Parameters parameters(0, at::kDouble);
  const LikelihoodMessage message(parameters, f.generative.hbm, f.plan.message, 2);
  constant(parameters, "message.center").fill_(1);
  constant(parameters, "message.spread").fill_(3);
  const Message said = {vector({2, 5, 1e6}).unsqueeze(1), vector({4, 1e-30, 1e12}).unsqueeze(1), {}};
  const auto features = message.features(said);
  CHECK(features[0][0].item<double>() == doctest::Approx((2.0 / 4 + 1.0 / 9) / (1.0 / 4 + 1.0 / 9)));
  CHECK(features[0][1].item<double>() == doctest::Approx(-0.5 * std::log(1.0 / 4 + 1.0 / 9)));
  CHECK(features[1][0].item<double>() == doctest::Approx(5));
  CHECK(features[2][0].item<double>() == doctest::Approx(1).epsilon(1e-4));
  CHECK(features[2][1].item<double>() == doctest::Approx(std::log(3)));
  CHECK(finite(features));
}

TEST_CASE("a latent bounded by one that the data do not depend on sends no messages, and trains all the same") {
  at::NoGradGuard no_grad;
  Dual f(
      compiled("model { real m ~ normal(0, 1); real low = m - 1; plate group[3] { real<lower=low> u ~ normal(m, 1); "
               "plate obs[4] { observed real y ~ normal(u, 0.5); } } }"));
  CHECK(f.plan.message.latents.empty());
  f.warmed(64);
  CHECK(finite(f.infer(f.generative.simulate(4, 23), 3).draw.log_q));
  // Where the data depend on the bound, too, all is known.
  Dual both(
      compiled("model { real m ~ normal(0, 1); plate group[3] { real<lower=m> u ~ normal(m, 1); "
               "plate obs[4] { observed real y ~ normal(u + m, 0.5); } } }"));
  CHECK(names(both.generative.hbm, both.plan.message.latents) == "m u");
  both.warmed(64);
  CHECK(finite(both.infer(both.generative.simulate(4, 24), 3).draw.log_q));
}

TEST_CASE("pooling by hand: by precision, with the variance of copies within the plate") {
  const Message two = {matrix(2, {1, 4}), matrix(2, {0.5, 1.5}), matrix(2, {1, 0.5})};
  const auto pooled = pool(two, vector({0.5}));  // weights 1 and 1/2: shares 2/3 and 1/3
  CHECK(pooled.location.item<double>() == doctest::Approx(2));
  CHECK(pooled.repeats.item<double>() == doctest::Approx(4.0 / 9 + 0.5 / 9));
  CHECK(pooled.variance.item<double>() == doctest::Approx(0.5 * 4 / 9 + 1.5 / 9 + (5.0 / 9 - 0.5) * 0.5));
}

TEST_CASE("pooling does not depend on the order, nor columns on one another") {
  const auto message = some_message(6, 31);
  const auto spread = vector({0.3, 0});
  const auto order = at::tensor(std::vector<std::int64_t>{4, 0, 5, 2, 1, 3}, at::kLong);
  const auto shuffled = [&](const at::Tensor& x) { return x.index_select(0, order); };
  const auto pooled = pool(message, spread);
  const auto again = pool({shuffled(message.location), shuffled(message.variance), shuffled(message.repeats)}, spread);
  CHECK(largest(pooled.location - again.location) < 1e-12);
  CHECK(largest(pooled.variance - again.variance) < 1e-12);
  CHECK(largest(pooled.repeats - again.repeats) < 1e-12);
  // The second number's copies are one: the inverse-variance mean.
  const auto precision = 1 / message.variance.select(1, 1);
  const auto mean = (precision * message.location.select(1, 1)).sum() / precision.sum();
  CHECK(pooled.location[1].item<double>() == doctest::Approx(mean.item<double>()));
  CHECK(pooled.variance[1].item<double>() == doctest::Approx(1 / precision.sum().item<double>()));
}

TEST_CASE("a message without information changes nothing but what is not known of its own copy") {
  const auto message = some_message(5, 41);
  const auto with = [](const at::Tensor& x, double value) {
    return at::cat({x, at::full({1, 2}, value, at::kDouble)}, 0);
  };
  const auto spread = vector({0.7, 0});
  const auto without = pool(message, spread);
  const auto pooled = pool({with(message.location, 3), with(message.variance, 1e14), with(message.repeats, 1)}, spread);
  CHECK(largest(pooled.location - without.location) < 1e-10);
  CHECK(largest(pooled.repeats - without.repeats) < 1e-10);
  // The mean of six copies is sought, and five are seen.
  CHECK(largest(pooled.variance - without.variance - (1.0 / 5 - 1.0 / 6) * spread) < 1e-10);
}

TEST_CASE("a pooled message's variance is that of its error about the mean of the copies") {
  const std::int64_t n = 40000;
  const double spread = 0.8;
  const auto variance = vector({0.1, 1, 3}).unsqueeze(1).expand({n, 3, 1});
  const auto copies = std::sqrt(spread) * normal({n, 3, 1}, 51);
  const auto location = copies + variance.sqrt() * normal({n, 3, 1}, 52);
  const auto pooled = pool({location, variance, at::ones_like(location)}, vector({spread}));
  const auto error = pooled.location - copies.mean(1);
  CHECK(error.square().mean().item<double>() == doctest::Approx(pooled.variance[0].item<double>()).epsilon(0.03));
  // Of copies whose own mean is nought, the whole estimate varies by what copies add.
  const double whole = pooled.location.square().mean().item<double>();
  const auto share = (1 / (variance[0] + spread)) / (1 / (variance[0] + spread)).sum();
  CHECK(whole == doctest::Approx((share.square() * (variance[0] + spread)).sum().item<double>()).epsilon(0.03));
}
