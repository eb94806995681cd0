#include <cmath>

#include "families.hpp"
#include "inference/losses.hpp"
#include "inference/trainer.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const char* const range_model = R"(model {
  real a ~ normal(0, 1);
  plate group[2:12] {
    real b ~ normal(a, 0.5);
    plate obs[4] {
      observed real y ~ normal(b, 0.7);
    }
  }
}
)";

/// log p(y) of one data set of `range_model` in closed form: means of groups are exchangeable Gaussians.
double log_evidence(const at::Tensor& y) {
  const auto groups = y.size(0), n = groups * y.size(1);
  const auto group = at::arange(groups, at::kLong).repeat_interleave(y.size(1));
  const auto same = (group.unsqueeze(0) == group.unsqueeze(1)).to(at::kDouble);
  const auto covariance = 1 + 0.25 * same + 0.49 * at::eye(n, at::kDouble);
  const auto factor = at::linalg_cholesky(covariance);
  const auto z = at::linalg_solve_triangular(factor, y.reshape({n, 1}), /*upper=*/false);
  return -0.5 * z.square().sum().item<double>() - at::log(factor.diagonal()).sum().item<double>() -
         0.5 * static_cast<double>(n) * std::log(2 * M_PI);
}

}  // namespace

TEST_CASE("cardinalities are drawn log-uniformly from the whole range") {
  const auto model = compiled(range_model);
  auto generator = seeded(1);
  std::map<std::int64_t, int> seen;
  for (int i = 0; i < 4000; ++i) {
    const auto drawn = draw_cardinalities(model, generator);
    REQUIRE(drawn.size() == 2);
    CHECK(drawn[1] == 4);
    ++seen[drawn[0]];
  }
  CHECK(seen.size() == 11);
  CHECK(seen.begin()->first == 2);
  CHECK(seen.rbegin()->first == 12);
  // P(2) / P(12) = log(2.5 / 1.5) / log(12.5 / 11.5)
  CHECK(static_cast<double>(seen[2]) / seen[12] == doctest::Approx(6.13).epsilon(0.25));
  CHECK(middle_cardinalities(model) == Cardinalities{5, 4});
  CHECK(has_ranges(model));
  CHECK_FALSE(has_ranges(compiled(mixed_model)));
}

TEST_CASE("simulations and cuts have the cardinalities asked for") {
  const Generative g(compiled(range_model));
  auto generator = seeded(2);
  const auto values = g.model.simulate(3, generator, {7, 4});
  CHECK(values[g.index("y")].sizes().vec() == std::vector<std::int64_t>{1, 3, 7, 4});
  CHECK(values[g.index("b")].sizes().vec() == std::vector<std::int64_t>{1, 3, 7});
  const auto smaller = cut(g.hbm, values, {5, 4});
  CHECK(smaller[g.index("b")].sizes().vec() == std::vector<std::int64_t>{1, 3, 5});
  CHECK(at::equal(smaller[g.index("y")], values[g.index("y")].narrow(2, 0, 5)));
  CHECK(relative_size(g.hbm, smaller) == doctest::Approx(1));
  auto ragged = g.simulate(200, 3);
  leave_ranges(g.hbm, ragged, generator);
  const auto left = (~at::isnan(ragged[g.index("y")]).squeeze(0).any(-1)).sum(1);
  CHECK(left.min().item<std::int64_t>() == 2);
  CHECK(left.max().item<std::int64_t>() >= 11);
}

TEST_CASE("one warm start serves the whole range: the exact posterior for every cardinality") {
  Dual f(compiled(range_model));
  f.warmed(1024);
  at::NoGradGuard no_grad;
  for (const std::int64_t groups : {2, 5, 12}) {
    CAPTURE(groups);
    auto generator = seeded(4);
    const auto values = f.generative.model.simulate(16, generator, {groups, 4});
    const auto observation = f.generative.model.observe(values);
    const auto weights = log_weights(f.dual, f.dual.encode(observation), observation, 64, generator).log_weight();
    double gap = 0;
    for (std::int64_t b = 0; b < 16; ++b) {
      gap += log_evidence(values[f.generative.index("y")][0][b]) / 16;
    }
    gap -= weights.mean().item<double>();
    CHECK(gap < 0.2);
    CHECK(gap > -0.05);
  }
}

TEST_CASE("training draws a cardinality for every batch and validates over the range") {
  Dual f(compiled(range_model), small(), at::kFloat);
  TrainingRequest request;
  request.options.phases = {{Loss::reverse_kl, 6}};
  request.options.batch = 8;
  request.options.validation_sets = 12;
  request.options.warm_start_sets = 64;
  request.options.check_every = 3;
  request.options.missing = 0.5;
  request.engine = {3, 1, "cpu"};
  const auto result = train(f.dual, request);
  CHECK(result.steps == 6);
  CHECK(result.skipped == 0);
  CHECK(std::isfinite(result.elbo));
}
