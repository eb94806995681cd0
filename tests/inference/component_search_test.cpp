#include "inference/component_search.hpp"

#include "families.hpp"
#include "inference/losses.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const char* const two_clusters = R"(model {
  vector[2] mu ~ normal(0, 3);
  plate group[4] {
    vector[2] m ~ normal(mu, 0.2);
    simplex[2] p ~ dirichlet([3, 3]);
    plate obs[30] {
      observed real y ~ mixture(p, normal(m, 0.1));
    }
  }
})";

/// Data sets with clusters at -2 and 3, one fifth of the observations in the first; of group g 0.1 g higher.
VariableValues known_clusters(const Dual& f) {
  auto values = f.generative.simulate(1, 7);
  auto generator = seeded(8);
  auto& y = values[f.generative.index("y")];
  const auto noise = at::empty({4, 30}, at::kDouble).normal_(0, 0.1, generator);
  const auto centre = at::where(at::arange(30) < 6, at::full({}, -2.0, at::kDouble), at::full({}, 3.0, at::kDouble));
  y = (centre + 0.1 * at::arange(4, at::kDouble).unsqueeze(1) + noise).view({1, 1, 4, 30});
  return values;
}

}  // namespace

TEST_CASE("the messages of a mixture are at the peaks of every group, with one labelling") {
  Dual f(compiled(two_clusters));
  f.warmed(256);
  const auto values = known_clusters(f);
  const auto message = f.dual.encode(f.generative.model.observe(values)).messages[1];
  const auto& y = values[f.generative.index("y")];
  const auto first = y.narrow(3, 0, 6).mean(3), second = y.narrow(3, 6, 24).mean(3);  // [1, 1, 4]
  // Next to a vague prior, the peak for a mean is the mean of its observations.
  CHECK(at::allclose(message.location.select(-1, 0), first, 0, 1e-3));
  CHECK(at::allclose(message.location.select(-1, 1), second, 0, 1e-3));
  CHECK(at::allclose(message.variance.select(-1, 0), at::full({1, 1, 4}, 0.01 / 6, at::kDouble), 0.02, 0));
  CHECK(at::allclose(message.variance.select(-1, 1), at::full({1, 1, 4}, 0.01 / 24, at::kDouble), 0.02, 0));
}

TEST_CASE("what is found does not depend on the order of groups, nor on the labels of the truth") {
  Dual f(compiled(two_clusters));
  f.warmed(256);
  const auto values = f.generative.simulate(16, 11);
  const auto found = f.dual.encode(f.generative.model.observe(values)).messages[1].location;
  auto turned = values;
  auto& y = turned[f.generative.index("y")];
  y = y.flip({2, 3});
  const auto again = f.dual.encode(f.generative.model.observe(turned)).messages[1].location.flip({2});
  // Seeds are other observations, which only clusters on top of one another are sensitive to.
  const auto distance =
      (values[f.generative.index("mu")].select(-1, 0) - values[f.generative.index("mu")].select(-1, 1)).abs();
  const auto same = (again - found).abs().amax({2, 3}) < 1e-3;
  CHECK((same | (distance < 1)).all().item<bool>());

  const auto order = at::tensor({1, 0}, at::kLong).expand({1, 16, 2});
  auto renamed = values;
  const auto& set = f.generative.hbm.exchangeable.front();
  for (const int member : set.members) {
    auto& value = renamed[static_cast<std::size_t>(member)];
    value = value.flip({-1});
  }
  const auto encodings = f.dual.encode(f.generative.model.observe(values));
  const auto one = f.dual.encoder().relabelled(f.generative.model, encodings, values);
  const auto other = f.dual.encoder().relabelled(f.generative.model, encodings, renamed);
  for (const char* name : {"mu", "m", "p"}) CHECK(one[f.generative.index(name)].equal(other[f.generative.index(name)]));
  // The truth is in the order of what was found: from far to the left to far to the right.
  const auto& mu = one[f.generative.index("mu")];
  const auto apart = (mu.select(-1, 1) - mu.select(-1, 0));
  CHECK((apart > 0).sum().item<std::int64_t>() >= 15);
}

TEST_CASE("all draws have one labelling, and little is left to learn after the warm start") {
  Dual f(compiled(two_clusters));
  f.warmed(512);
  const auto values = known_clusters(f);
  const auto inferred = f.infer(values, 200);
  const auto& mu = inferred.draw.values[f.generative.index("mu")];
  const auto& m = inferred.draw.values[f.generative.index("m")];
  CHECK((mu.select(-1, 0) < mu.select(-1, 1)).all().item<bool>());
  CHECK((m.select(-1, 0) < m.select(-1, 1)).all().item<bool>());
  // mu given four groups' means, known well: normal, around the mean of these, shrunk by the prior.
  const auto& y = values[f.generative.index("y")];
  const auto exact = [&](std::int64_t begin, std::int64_t count) {
    const double variance = (0.04 + 0.01 / static_cast<double>(count)) / 4;
    return std::pair(y.narrow(3, begin, count).mean().item<double>() / (1 + variance / 9),
                     std::sqrt(1 / (1 / variance + 1.0 / 9)));
  };
  for (const auto& [component, begin, count] : {std::tuple(0, 0, 6), std::tuple(1, 6, 24)}) {
    const auto [mean, sd] = exact(begin, count);
    const auto draws = mu.select(-1, component);
    CHECK(draws.mean().item<double>() == doctest::Approx(mean).epsilon(0.02));
    CHECK(draws.std().item<double>() == doctest::Approx(sd).epsilon(0.25));
  }
}

TEST_CASE("a group without data says nothing, and the others say what they do beside it") {
  Dual f(compiled(two_clusters));
  f.warmed(256);
  auto values = known_clusters(f);
  const auto whole = f.dual.encode(f.generative.model.observe(values)).messages[1];
  auto& y = values[f.generative.index("y")];
  y = y.clone();
  y.select(2, 3).fill_(NAN);
  const auto observation = f.generative.model.observe(values);
  const auto rest = f.dual.encode(observation).messages[1];
  CHECK(at::allclose(rest.location.narrow(2, 0, 3), whole.location.narrow(2, 0, 3), 0, 1e-3));
  CHECK((rest.variance.select(2, 3) > 100 * whole.variance.select(2, 3)).all().item<bool>());
  CHECK(largest(rest.expansion.curvature.select(2, 3)) == 0);
  auto generator = seeded(5);
  CHECK(at::isfinite(log_weights(f.dual, f.dual.encode(observation), observation, 16, generator).log_weight())
            .all()
            .item<bool>());
}
