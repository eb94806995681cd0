#include <cmath>
#include <nlohmann/json.hpp>

#include "families.hpp"
#include "inference/engine.hpp"
#include "inference/tensors.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const char* const model_with_derived = R"(data {
  int G = 3;
}
model {
  real a ~ normal(0, 1);
  real<lower=0> s ~ exponential(1);
  real top = a + 1;
  plate group[G] {
    vector[2] w ~ normal(a, s);
    real sum_ = w[1] + w[2];
    plate obs[4] {
      covariate real t ~ normal(0, 1);
      observed real y ~ normal(w[1] + w[2] * t, 0.5);
    }
  }
}
)";

const char* const conjugate = R"(model {
  real a ~ normal(0, 1);
  real twice = 2 * a;
  plate obs[5] {
    observed real y ~ normal(a, 1);
  }
}
)";

/// A family after the warm start alone, behind the engine's interface, with data of its own.
struct Trained {
  explicit Trained(const std::string& text, std::int64_t sets = 5, double spoilt = 0)
      : model(compiled(text)), plan(derive(model, small())) {
    Dual f(compiled(text), small(), at::kFloat);
    f.warmed(1024);
    if (spoilt > 0) f.perturbed(spoilt);
    tensors = save_tensors(f.dual.parameters());
    const auto simulated = adavi_engine()->simulate(model, sets, options);
    for (const Variable& v : model.variables) {
      if (v.role == ast::Role::observed || v.role == ast::Role::covariate) data[v.name] = simulated.at(v.name);
    }
  }
  std::unique_ptr<Posterior> load() const { return adavi_engine()->load(model, plan, tensors, options); }

  HbmModel model;
  DualPlan plan;
  Tensors tensors;
  DoubleArrays data;
  EngineOptions options{7, 1, "cpu"};
};

at::Tensor weights_of(const PosteriorDraws& draws) {
  return to_tensor(draws.log_prior) + to_tensor(draws.log_likelihood) - to_tensor(draws.log_q);
}

/// Densities and derived quantities computed from what was drawn.
void check_densities(const char* text, const Trained& trained, const PosteriorDraws& draws) {
  Generative g(compiled(text));
  VariableValues values(g.hbm.variables.size());
  for (const Variable& v : g.hbm.variables) {
    if (v.role == ast::Role::latent) values[g.index(v.name)] = to_tensor(draws.variables.at(v.name)).to(at::kDouble);
  }
  for (const auto& [name, array] : trained.data) values[g.index(name)] = to_tensor(array).unsqueeze(0);
  const auto prior = g.model.log_prior(values), likelihood = g.model.log_likelihood(g.model.observe(values), values);
  CHECK(largest((prior - to_tensor(draws.log_prior)) / (1 + prior.abs())) < 1e-4);
  CHECK(largest((likelihood - to_tensor(draws.log_likelihood)) / (1 + likelihood.abs())) < 1e-4);
  g.model.derive(values);
  for (const Variable& v : g.hbm.variables) {
    if (v.role != ast::Role::derived) continue;
    const auto found = to_tensor(draws.variables.at(v.name));
    CHECK(largest(values[g.index(v.name)].expand(found.sizes()) - found) < 1e-4);
  }
}

}  // namespace

TEST_CASE("simulated data sets have the model's shapes, derived quantities included") {
  const auto model = compiled(model_with_derived);
  const auto simulated = adavi_engine()->simulate(model, 6, {1, 1, "cpu"});
  CHECK(simulated.size() == 7);
  CHECK(simulated.at("a").shape == std::vector<std::int64_t>{6});
  CHECK(simulated.at("w").shape == std::vector<std::int64_t>{6, 3, 2});
  CHECK(simulated.at("t").shape == std::vector<std::int64_t>{6, 3, 4});
  CHECK(simulated.at("top").shape == std::vector<std::int64_t>{6});
  CHECK(simulated.at("sum_").shape == std::vector<std::int64_t>{6, 3});
  CHECK(simulated.at("top").values[3] == doctest::Approx(simulated.at("a").values[3] + 1));
  const auto again = adavi_engine()->simulate(model, 6, {1, 1, "cpu"});
  CHECK(again.at("y").values == simulated.at("y").values);
}

TEST_CASE("the tensors that an engine expects are those that a family saves") {
  const Trained trained(model_with_derived);
  const auto expected = adavi_engine()->expected_tensors(trained.model, trained.plan);
  REQUIRE(expected.size() == trained.tensors.size());
  for (const auto& [name, array] : trained.tensors) {
    CAPTURE(name);
    CHECK(expected.at(name) == array.shape);
  }
}

TEST_CASE("posterior draws: shapes, log densities, normalised weights") {
  const Trained trained(model_with_derived);
  const auto draws = trained.load()->draw(trained.data, 200, false);
  CHECK(draws.variables.size() == 5);
  CHECK(draws.variables.at("a").shape == std::vector<std::int64_t>{200, 5});
  CHECK(draws.variables.at("w").shape == std::vector<std::int64_t>{200, 5, 3, 2});
  CHECK(draws.variables.at("top").shape == std::vector<std::int64_t>{200, 5});
  CHECK(draws.variables.at("sum_").shape == std::vector<std::int64_t>{200, 5, 3});
  const auto a = to_tensor(draws.variables.at("a")), w = to_tensor(draws.variables.at("w"));
  CHECK(largest(to_tensor(draws.variables.at("top")) - a - 1) < 1e-6);
  CHECK(largest(to_tensor(draws.variables.at("sum_")) - w.sum(-1)) < 1e-5);
  CHECK(draws.log_prior.shape == std::vector<std::int64_t>{200, 5});
  CHECK(draws.k_hat.shape == std::vector<std::int64_t>{5});
  CHECK(largest(to_tensor(draws.log_weight).exp().sum(0) - 1) < 1e-9);

  check_densities(model_with_derived, trained, draws);
  CHECK(draws.resampled.values == std::vector<double>(5, 0));
}

TEST_CASE("resampled draws of a spoilt posterior have the exact mean and sd") {
  const Trained trained(conjugate, 6, 0.1);
  const std::int64_t n = 20000;
  const auto plain = trained.load()->draw(trained.data, n, false), draws = trained.load()->draw(trained.data, n, true);
  const auto y = to_tensor(trained.data.at("y"));
  const auto exact_mean = y.sum(1) / 6;
  const double exact_sd = 1 / std::sqrt(6.0);
  const auto errors = [&](const PosteriorDraws& some) {
    const auto a = to_tensor(some.variables.at("a")).to(at::kDouble);
    return std::pair(((a.mean(0) - exact_mean) / exact_sd).abs(), (a.std(0) / exact_sd - 1).abs());
  };
  CHECK(largest(errors(plain).first) > 0.1);
  CHECK(largest(errors(plain).second) > 0.05);
  CHECK(draws.resampled.values == std::vector<double>(6, 1));
  CHECK(largest(errors(draws).first) < 0.04);
  CHECK(largest(errors(draws).second) < 0.03);
  CHECK(largest(to_tensor(draws.log_weight) + std::log(20000.0)) < 1e-12);
  check_densities(conjugate, trained, draws);
  CHECK(trained.load()->draw(trained.data, n, true).variables.at("a").values == draws.variables.at("a").values);
}

TEST_CASE("a pool too large to be held is drawn again, the same") {
  std::string wide = conjugate;  // with draws of 42 numbers and one more: 4 x 10,000 of 12 data sets pass 2^24
  wide.replace(wide.find("real twice = 2 * a"), 18, "vector[40] copies = rep_vector(a, 40)");
  const Trained trained(wide, 12, 0.1);
  const auto posterior = trained.load();
  const auto draws = posterior->draw(trained.data, 10000, true);
  CHECK(draws.resampled.values == std::vector<double>(12, 1));
  check_densities(wide.c_str(), trained, draws);
  const auto next = posterior->draw(trained.data, 1000, true);  // goes on from there, and does not start over
  CHECK(next.variables.at("a").values[0] != draws.variables.at("a").values[0]);
}

TEST_CASE("scores are the mean and the log mean of the importance weights") {
  const Trained trained(model_with_derived);
  const auto weights = weights_of(trained.load()->draw(trained.data, 300, false));
  const auto scores = trained.load()->score(trained.data, 300);  // the same seed draws the same
  REQUIRE(scores.size() == 5);
  for (std::int64_t b = 0; b < 5; ++b) {
    const auto own = weights.select(1, b);
    const auto& score = scores[static_cast<std::size_t>(b)];
    const double log_mean = own.logsumexp(0).item<double>() - std::log(300.0);
    CHECK(score.elbo == doctest::Approx(own.mean().item<double>()).epsilon(1e-4));
    CHECK(score.log_evidence == doctest::Approx(log_mean).epsilon(1e-4));
    CHECK(score.log_evidence >= score.elbo);
    const auto relative = (own - log_mean).exp();
    CHECK(score.log_evidence_se == doctest::Approx(relative.std().item<double>() / std::sqrt(300.0)).epsilon(0.01));
  }
}

TEST_CASE("a posterior serves fewer and more groups than it was made for") {
  const Trained trained(model_with_derived);
  const auto wide = compiled(model_with_derived, {{"G", integer(8)}});
  const auto simulated = adavi_engine()->simulate(wide, 2, trained.options);
  const auto draws = trained.load()->draw({{"t", simulated.at("t")}, {"y", simulated.at("y")}}, 10, false);
  CHECK(draws.variables.at("w").shape == std::vector<std::int64_t>{10, 2, 8, 2});
  CHECK(draws.variables.at("sum_").shape == std::vector<std::int64_t>{10, 2, 8});
}

TEST_CASE("data with gaps: every draw, weight and score is a number, the likelihood that of what is there") {
  const Trained trained(model_with_derived, 2);
  auto data = trained.data;
  for (std::size_t i = 0; i < 4; ++i) {
    data.at("y").values[4 + i] = data.at("t").values[4 + i] = NAN;  // the second group of the first data set
  }
  data.at("y").values[12 + 2] = NAN;
  const auto draws = trained.load()->draw(data, 50, false);
  for (const auto& [name, array] : draws.variables) {
    CAPTURE(name);
    CHECK(at::isfinite(to_tensor(array)).all().item<bool>());
  }
  for (const auto& score : trained.load()->score(data, 50)) CHECK(std::isfinite(score.elbo));
  double expected = 0;  // of the first draw of the second data set
  const auto w = to_tensor(draws.variables.at("w")).to(at::kDouble)[0][1];
  for (std::int64_t g = 0; g < 3; ++g) {
    for (std::int64_t n = 0; n < 4; ++n) {
      const auto at = static_cast<std::size_t>(12 + 4 * g + n);
      if (at == 12 + 2) continue;
      const double mean = w[g][0].item<double>() + w[g][1].item<double>() * data.at("t").values[at];
      expected += plain::normal(data.at("y").values[at], mean, 0.5);
    }
  }
  CHECK(draws.log_likelihood.values[1] == doctest::Approx(expected).epsilon(1e-4));
}

TEST_CASE("many draws of many data sets come in pieces that join") {
  // 20,000 draws of a few data sets take several pieces.
  const Trained trained(model_with_derived, 12);
  const auto draws = trained.load()->draw(trained.data, 20000, false);
  CHECK(draws.log_q.shape == std::vector<std::int64_t>{20000, 12});
  const auto a = to_tensor(draws.variables.at("a"));
  const auto early = a.narrow(0, 0, 10000).to(at::kDouble), late = a.narrow(0, 10000, 10000).to(at::kDouble);
  CHECK(((early.mean(0) - late.mean(0)).abs() < 5 * a.std(0) / std::sqrt(5000.0)).all().item<bool>());
  CHECK_FALSE(at::equal(early, late));
}
