// Inference over a subset of the latents (B.4), against closed forms.
#include <ATen/CPUGeneratorImpl.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "families.hpp"
#include "inference/tensors.hpp"
#include "inference/torch_posterior.hpp"
#include "inference/trainer.hpp"
#include "inference/validation.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// mu ~ N(0, 1); four groups theta ~ N(mu, 0.5); three measurements y ~ N(theta, 0.3).
const char* const groups = R"(model {
  real mu ~ normal(0, 1);
  plate group[4] {
    real theta ~ normal(mu, 0.5);
    real double_theta = 2 * theta;
    real above = theta - mu;
    plate obs[3] {
      observed real y ~ normal(theta, 0.3);
    }
  }
})";

ArchitectureOptions options_for(std::vector<std::string> latents) {
  ArchitectureOptions options = small();
  options.latents = std::move(latents);
  return options;
}

/// The exact posterior of all five latents of `groups`, by conditioning their joint Gaussian with the groups' means:
/// mu first.
struct Exact {
  at::Tensor mean, covariance;           ///< [B, 5], [5, 5]
  explicit Exact(const at::Tensor& y) {  // [1, B, 4, 3]
    const auto means = y[0].mean(-1);
    auto prior = at::ones({5, 5}, at::kDouble);
    for (int i = 1; i < 5; ++i) prior[i][i] += 0.25;
    const auto across = prior.narrow(1, 1, 4);
    const auto observed = across.narrow(0, 1, 4) + 0.03 * at::eye(4, at::kDouble);
    const auto gain = at::linalg_solve(observed, across.t()).t();
    mean = at::mm(means, gain.t());
    covariance = prior - at::mm(gain, across.t());
  }
  double sd(int i) const { return std::sqrt(covariance[i][i].item<double>()); }
};

/// KL(N(m1, s1) || N(m2, s2))
double kl(double m1, double s1, double m2, double s2) {
  return std::log(s2 / s1) + (s1 * s1 + (m1 - m2) * (m1 - m2)) / (2 * s2 * s2) - 0.5;
}

/// Mean KL of draws' moments from exact marginals of the latent, whose instances are the numbers `first`, ... of Exact.
double mean_kl(const Dual& f, const std::string& latent, int first, int instances) {
  const auto data = f.generative.simulate(32, 31);
  const Exact exact(data[f.generative.index("y")]);
  const auto draws = f.infer(data, 4000).draw.values[f.generative.index(latent)].reshape({4000, 32, -1});
  double total = 0;
  for (std::int64_t b = 0; b < 32; ++b) {
    for (int i = 0; i < instances; ++i) {
      const auto own = instances == 1 ? draws.select(1, b).flatten() : draws.select(1, b).select(1, i);
      total += kl(own.mean().item<double>(), own.std().item<double>(), exact.mean[b][first + i].item<double>(),
                  exact.sd(first + i)) /
               (32.0 * instances);
    }
  }
  return total;
}

}  // namespace

TEST_CASE("log q at given values is what draws say of themselves, and reads nothing of the latents left out") {
  at::NoGradGuard no_grad;
  for (const auto& latents : {std::vector<std::string>{"w"}, {"s", "w"}, {"a", "p"}}) {
    Dual f(compiled(mixed_model), options_for(latents));
    f.warmed(256).perturbed();
    const auto found = f.infer(f.generative.simulate(3, 32), 1);
    const auto log_q = log_q_at(f.dual, found.encodings, found.observation, found.draw.values);
    CHECK(at::allclose(log_q, found.draw.log_q, 1e-8, 1e-8));
    auto spoilt = f.generative.simulate(3, 33);
    const auto sound = log_q_at(f.dual, found.encodings, found.observation, spoilt);
    for (const int index : f.plan.left_out) spoilt[static_cast<std::size_t>(index)].fill_(NAN);
    CHECK(at::equal(log_q_at(f.dual, found.encodings, found.observation, spoilt), sound));
    CHECK(at::isfinite(sound).all().item<bool>());
  }
}

TEST_CASE("the warm start of a Gaussian model is the marginal posterior of what is asked for") {
  at::NoGradGuard no_grad;
  Dual mu(compiled(groups), options_for({"mu"}));
  CHECK(mean_kl(mu.warmed(4096), "mu", 0, 1) < 0.005);
  // Groups are shrunk towards a mean that is left out: all groups' data tell of it.
  Dual theta(compiled(groups), options_for({"theta"}));
  CHECK(mean_kl(theta.warmed(4096), "theta", 1, 4) < 0.005);
  Dual field(compiled(groups), [] {
    auto options = options_for({"theta"});
    options.family = Family::mean_field;
    return options;
  }());
  CHECK(mean_kl(field.warmed(4096), "theta", 1, 4) > 0.02);  // its own group's data alone
}

TEST_CASE("where the prior is not known, a latent starts at what its own data say") {
  at::NoGradGuard no_grad;
  const char* const heavy = R"(model {
    real mu ~ normal(0, 1);
    real<lower=0> tau ~ lognormal(0, 2);
    plate group[4] {
      real theta ~ normal(mu, tau);
      plate obs[3] {
        observed real y ~ normal(theta, 0.3);
      }
    }
  })";
  /// Of one data set in a hundred, after the warm start.
  const auto unlikely = [&](std::int64_t scoring_steps) {
    auto options = options_for({"theta"});
    options.scoring_steps = scoring_steps;
    Dual f(compiled(heavy), options);
    f.warmed(2048);
    const auto data = f.generative.simulate(512, 38);
    const auto observation = f.generative.model.observe(data);
    const auto sorted = std::get<0>(log_q_at(f.dual, f.dual.encode(observation), observation, data).flatten().sort());
    return sorted[5].item<double>();
  };
  // The likelihood alone gives each group the sd 0.3 / sqrt(3), the exact posterior less.
  const double likelihood = -4 * (0.5 * std::log(2 * M_PI * M_E) + std::log(0.3 / std::sqrt(3.0)));
  CHECK(unlikely(2) > likelihood - 6);
  CHECK(unlikely(0) < likelihood - 1000);
}

TEST_CASE("forward KL trains a subset to the entropy of its posterior, and ends by itself") {
  Dual f(compiled(groups), options_for({"mu"}), at::kFloat);
  TrainingRequest request;
  request.options.warm_start = false;
  request.options.batch = 64;
  request.options.learning_rate = 1e-2;
  request.options.validation_sets = 512;
  request.options.max_steps = 800;
  std::vector<Progress> reports;
  request.report = [&](const Progress& progress) { reports.push_back(progress); };
  const auto result = train(f.dual, request);
  const auto history = nlohmann::json::parse(result.history);
  CHECK(history.back().at("phase") == "forward KL");
  CHECK(reports.back().log_q);
  CHECK(result.steps <= 800);
  CHECK(result.elbo > history.front().at("elbo").get<double>() + 0.5);
  // The exact posterior's log density at the truth of as many data sets has this mean, +- 0.03.
  const Exact exact(at::zeros({1, 1, 4, 3}, at::kDouble));
  const double entropy = 0.5 * std::log(2 * M_PI * M_E) + std::log(exact.sd(0));
  CHECK(result.elbo == doctest::Approx(-entropy).epsilon(0.12));
}

TEST_CASE("nothing to learn ends at once") {
  const char* const regression = R"(model {
    real a ~ normal(0, 1);
    real b ~ normal(0, 1);
    plate obs[5] {
      covariate real t ~ normal(0, 1);
      observed real y ~ normal(a + b * t, 0.5);
    }
  })";
  auto options = options_for({"b"});
  options.exact = true;
  Dual f(compiled(regression), options, at::kFloat);
  const TrainingRequest request;
  CHECK(train(f.dual, request).steps == 0);
  // And is exact: b's marginal by conditioning the joint Gaussian.
  at::NoGradGuard no_grad;
  const auto data = f.generative.simulate(1, 35);
  const auto t = data[f.generative.index("t")].flatten().to(at::kDouble),
             y = data[f.generative.index("y")].flatten().to(at::kDouble);
  const auto design = at::stack({at::ones_like(t), t}, 1);
  const auto precision = at::eye(2, at::kDouble) + at::mm(design.t(), design) / 0.25;
  const auto covariance = at::linalg_inv(precision);
  const auto mean = at::mv(covariance, at::mv(design.t(), y)) / 0.25;
  const auto draws = f.infer(data, 20000).draw.values[f.generative.index("b")].flatten();
  const double sd = std::sqrt(covariance[1][1].item<double>());
  CHECK(draws.mean().item<double>() == doctest::Approx(mean[1].item<double>()).epsilon(0.03 * sd));
  CHECK(draws.std().item<double>() == doctest::Approx(sd).epsilon(0.03));
}

TEST_CASE("a posterior of a subset draws it and what is derived from it alone") {
  const auto model = compiled(groups);
  const auto plan = derive(model, options_for({"theta"}));
  Dual f(compiled(groups), options_for({"theta"}), at::kFloat);
  f.warmed(256);
  const EngineOptions options{7, 1, "cpu"};
  const auto posterior = adavi_engine()->load(model, plan, save_tensors(f.dual.parameters()), options);
  const auto simulated = adavi_engine()->simulate(model, 3, options);
  const auto draws = posterior->draw({{"y", simulated.at("y")}}, 50, true);
  CHECK(draws.variables.size() == 2);
  CHECK(draws.variables.at("theta").shape == Shape{50, 3, 4});
  CHECK(draws.variables.at("double_theta").shape == Shape{50, 3, 4});
  CHECK(draws.log_q.shape == Shape{50, 3});
  CHECK(draws.k_hat.values.empty());
  CHECK(draws.log_weight.values.empty());
  const auto log_q = posterior->log_q_at_truth(simulated);
  REQUIRE(log_q.size() == 3);
  for (const double value : log_q) CHECK(std::isfinite(value));
}

TEST_CASE("instances without data are drawn from a prior that is known, else from the estimator") {
  at::NoGradGuard no_grad;
  for (const bool with_mu : {true, false}) {
    Dual f(compiled(groups),
           options_for(with_mu ? std::vector<std::string>{"mu", "theta"} : std::vector<std::string>{"theta"}));
    f.warmed(512);
    auto data = f.generative.simulate(4, 36);
    data[f.generative.index("y")].narrow(2, 1, 1).fill_(std::numeric_limits<double>::quiet_NaN());
    const auto found = f.infer(data, 2000);
    CHECK(at::isfinite(found.draw.values[f.generative.index("theta")]).all().item<bool>());
    CHECK(f.plan.estimators.back().parents_known == with_mu);
    const auto log_q = log_q_at(f.dual, found.encodings, found.observation, f.generative.simulate(4, 37));
    CHECK(at::isfinite(log_q).all().item<bool>());
  }
}
