#include <cmath>

#include "families.hpp"
#include "inference/losses.hpp"
#include "inference/torch_posterior.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const char* const counts_model = R"(model {
  real a ~ normal(0, 1);
  real<lower=0> s ~ lognormal(-1, 0.5);
  plate group[4] {
    covariate real age ~ normal(0, 1);
    real b ~ normal(a + 0.3 * age, s);
    plate obs[6] {
      observed int n ~ poisson_log(b);
      observed vector[2] y ~ normal(b, 1);
    }
  }
}
)";

HbmModel gre() { return model_file("gre.hbm", {{"G", integer(4)}, {"N", integer(10)}, {"sigma_mu", number(0.5)}}); }

/// A data set of 4 groups and 10 observations with only 3 and 5 left of them, and the smaller complete data set.
struct Pair {
  Pair(const Generative& g, std::int64_t sets, std::uint64_t seed) : complete(g.simulate(sets, seed)) {
    gaps = complete;
    for (std::size_t i = 0; i < gaps.size(); ++i) {
      if (g.hbm.variables[i].role != ast::Role::observed) continue;
      gaps[i] = gaps[i].clone();
      gaps[i].select(2, 1).fill_(NAN);                                      // a group
      gaps[i].index_fill_(3, at::tensor({0, 2, 4, 6, 8}, at::kLong), NAN);  // every other observation
    }
    smaller = complete;
    const auto groups = at::tensor({0, 2, 3}, at::kLong), observations = at::tensor({1, 3, 5, 7, 9}, at::kLong);
    for (std::size_t i = 0; i < smaller.size(); ++i) {
      const int depth = g.hbm.variables[i].depth;
      if (depth > 0) smaller[i] = smaller[i].index_select(2, groups);
      if (depth > 1) smaller[i] = smaller[i].index_select(3, observations);
    }
  }
  VariableValues complete, gaps, smaller;
};

at::Tensor groups_left(const at::Tensor& x) { return x.index_select(2, at::tensor({0, 2, 3}, at::kLong)); }

void check_close(const at::Tensor& a, const at::Tensor& b, double tolerance) {
  REQUIRE(a.sizes() == b.sizes());
  CHECK(largest(((a - b) / (1 + b.abs())).detach()) < tolerance);
}

}  // namespace

TEST_CASE("the log likelihood counts what is there") {
  const Generative g(compiled(counts_model));
  auto values = g.simulate(2, 1);
  const auto complete = g.model.log_likelihood(g.model.observe(values), values);
  const std::size_t n = g.index("n"), y = g.index("y");
  double lost = 0;
  const auto b = [&](std::int64_t group) { return g.at(values, "b", {0, 1, group}); };
  for (const std::int64_t i : {0, 3}) lost += plain::poisson_log(g.at(values, "n", {0, 1, 2, i}), b(2));
  // One NaN takes the whole observation of y with it.
  for (const std::int64_t d : {0, 1}) lost += plain::normal(g.at(values, "y", {0, 1, 3, 5, d}), b(3), 1);
  auto gaps = values;
  gaps[n] = gaps[n].clone();
  gaps[y] = gaps[y].clone();
  gaps[n][0][1][2].index_fill_(0, at::tensor({0, 3}, at::kLong), NAN);
  gaps[y][0][1][3][5][0] = NAN;
  const auto observation = g.model.observe(gaps);
  const auto left = g.model.log_likelihood(observation, values);
  CHECK(left[0][0].item<double>() == doctest::Approx(complete[0][0].item<double>()));
  CHECK(left[0][1].item<double>() == doctest::Approx(complete[0][1].item<double>() - lost));
  CHECK(observation.incomplete());
  CHECK_FALSE(observation.instances_at(2).defined());  // something is observed everywhere
  CHECK_FALSE(g.model.observe(values).incomplete());
}

TEST_CASE("whole plates that are missing leave sufficient statistics in use") {
  const Generative g(gre());
  auto values = g.simulate(3, 2);
  auto gaps = values;
  const auto x = g.index("x");
  gaps[x] = gaps[x].clone();
  gaps[x].select(2, 3).fill_(NAN);
  const auto observation = g.model.observe(gaps);
  CHECK_FALSE(observation.statistics[x].empty());
  auto smaller = values;
  for (auto& value : smaller) {
    if (value.dim() > 3) value = value.narrow(2, 0, 3);
  }
  const auto expected = g.model.log_likelihood(g.model.observe(smaller), smaller);
  check_close(g.model.log_likelihood(observation, values), expected, 1e-12);
}

TEST_CASE("encodings and messages of what is left are those of the smaller data set") {
  for (const auto& model : {gre(), compiled(mixed_model, {{"G", integer(4)}, {"N", integer(10)}})}) {
    Dual f(model);
    f.warmed(256).perturbed();
    const Pair pair(f.generative, 3, 5);
    const auto gaps = f.dual.encode(f.generative.model.observe(pair.gaps));
    const auto smaller = f.dual.encode(f.generative.model.observe(pair.smaller));
    check_close(gaps.features[0], smaller.features[0], 1e-7);
    check_close(groups_left(gaps.features[1]), smaller.features[1], 1e-7);
    CHECK(at::isfinite(gaps.features[1]).all().item<bool>());
    for (const std::size_t depth : {0, 1}) {
      const auto& message = gaps.messages[depth];
      REQUIRE(message.defined() == smaller.messages[depth].defined());
      if (!message.defined()) continue;
      const auto left = [&](const at::Tensor& x) { return depth == 0 ? x : groups_left(x); };
      check_close(left(message.location), smaller.messages[depth].location, 1e-6);
      check_close(left(message.variance), smaller.messages[depth].variance, 1e-6);
      check_close(left(message.repeats), smaller.messages[depth].repeats, 1e-12);
    }
  }
}

TEST_CASE("the posterior of what is left is that of the smaller data set") {
  for (const auto& model : {gre(), compiled(mixed_model, {{"G", integer(4)}, {"N", integer(10)}})}) {
    Dual f(model);
    f.warmed(256).perturbed(0.02);
    const Pair pair(f.generative, 2, 6);
    const std::int64_t draws = 1500;
    const auto of = [&](const VariableValues& data) {
      auto generator = seeded(7);
      const auto observation = f.generative.model.observe(data);
      return log_weights(f.dual, f.dual.encode(observation), observation, draws, generator);
    };
    at::NoGradGuard no_grad;
    const auto gaps = of(pair.gaps), smaller = of(pair.smaller);
    for (std::size_t i = 0; i < pair.gaps.size(); ++i) {
      const auto& variable = f.generative.hbm.variables[i];
      if (variable.role != ast::Role::latent) continue;
      CAPTURE(variable.name);
      const auto left = variable.depth == 0 ? gaps.draw.values[i] : groups_left(gaps.draw.values[i]);
      const auto& expected = smaller.draw.values[i];
      REQUIRE(left.sizes() == expected.sizes());
      // Quantiles: flows that are not trained have heavy tails.
      const auto quantile = [](const at::Tensor& x, double p) { return at::quantile(x, p, 0); };
      const auto width = [&](const at::Tensor& x) { return quantile(x, 0.84) - quantile(x, 0.16); };
      CHECK(((quantile(left, 0.5) - quantile(expected, 0.5)).abs() < 0.1 * width(expected)).all().item<bool>());
      CHECK(((width(left) / width(expected) - 1).abs() < 0.2).all().item<bool>());
    }
    const auto w = gaps.log_weight(), v = smaller.log_weight();
    const auto error = ((w.var(0) + v.var(0)) / static_cast<double>(draws)).sqrt();
    CHECK(((w.mean(0) - v.mean(0)).abs() < 5 * error + 1e-6).all().item<bool>());
  }
}

TEST_CASE("latents without data are drawn from their conditional prior") {
  Dual f(compiled(counts_model));
  f.warmed(128).perturbed();
  auto values = f.generative.simulate(2, 8);
  for (const char* name : {"n", "y"}) {
    auto& x = values[f.generative.index(name)];
    x = x.clone();
    x.select(1, 0).select(1, 2).fill_(NAN);  // a group of the first data set
    x.select(1, 1).fill_(NAN);               // all of the second
  }
  values[f.generative.index("age")] = values[f.generative.index("age")].clone();
  values[f.generative.index("age")][0][0][2] = NAN;
  at::NoGradGuard no_grad;
  const auto inferred = f.infer(values, 4000);
  CHECK(at::isfinite(inferred.draw.log_q).all().item<bool>());
  const auto& drawn = inferred.draw.values;
  const auto a = drawn[f.generative.index("a")].select(1, 1), s = drawn[f.generative.index("s")];
  CHECK(std::abs(a.mean().item<double>()) < 0.1);
  CHECK(a.std().item<double>() == doctest::Approx(1).epsilon(0.06));
  CHECK(at::log(s.select(1, 1)).mean().item<double>() == doctest::Approx(-1).epsilon(0.05));
  // Every other number of the second data set's weight cancels: log p(X) = 0.
  const auto weight = f.generative.model.log_prior(drawn) +
                      f.generative.model.log_likelihood(inferred.observation, drawn) - inferred.draw.log_q;
  CHECK(largest(weight.select(1, 1)) < 1e-9);
  // The group without data: its residual is standard normal whatever the network says.
  const auto age = inferred.observation.values[f.generative.index("age")][0][0][2];
  const auto b = drawn[f.generative.index("b")].select(1, 0).select(1, 2);
  const auto residual = (b - drawn[f.generative.index("a")].select(1, 0) - 0.3 * age) / s.select(1, 0);
  CHECK(std::abs(residual.mean().item<double>()) < 0.08);
  CHECK(residual.std().item<double>() == doctest::Approx(1).epsilon(0.05));
}

TEST_CASE("every loss has a finite gradient that gaps leave to the data that are there") {
  for (const auto loss : {Loss::reverse_kl, Loss::forward_kl, Loss::unregularized_elbo, Loss::map}) {
    CAPTURE(static_cast<int>(loss));
    Dual f(compiled(counts_model));
    f.warmed(64).perturbed();
    auto generator = seeded(9);
    auto values = f.generative.simulate(6, 10);
    leave_gaps(f.generative.hbm, values, 1, generator);
    const Batch batch = {values, f.generative.model.observe(values)};
    REQUIRE(batch.observation.incomplete());
    auto& gradient = f.dual.parameters().flat_gradient();
    at::Tensor(gradient).zero_();
    const auto value = loss_of(loss, f.dual, batch, 3, true, generator);
    value.backward();
    CHECK(std::isfinite(value.item<double>()));
    CHECK(at::isfinite(gradient).all().item<bool>());
    CHECK(gradient.abs().max().item<double>() > 0);
  }
}

TEST_CASE("gaps come as often as asked for, in groups and among observations") {
  const Generative g(compiled(counts_model));
  auto generator = seeded(11);
  auto values = g.simulate(400, 12);
  const auto before = generator.current_seed();
  leave_gaps(g.hbm, values, 0, generator);
  CHECK(generator.current_seed() == before);
  CHECK_FALSE(g.model.observe(values).incomplete());
  leave_gaps(g.hbm, values, 0.5, generator);
  const auto lost = at::isnan(values[g.index("n")]).squeeze(0);  // [400, 4, 6]
  const double touched = lost.flatten(1).any(1).to(at::kDouble).mean().item<double>();
  CHECK(touched > 0.25);
  CHECK(touched < 0.5);
  CHECK(lost.all(-1).any().item<bool>());                    // whole groups
  CHECK((lost.any(-1) & ~lost.all(-1)).any().item<bool>());  // and parts of them
  CHECK_FALSE(at::isnan(values[g.index("age")]).any().item<bool>());
  CHECK_FALSE(at::isnan(values[g.index("b")]).any().item<bool>());
}
