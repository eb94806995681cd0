#include "inference/gaussian_elimination.hpp"

#include "codegen/climbs.hpp"
#include "families.hpp"
#include "inference/presence.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const char* const slopes = R"(model {
  real<lower=0> sigma ~ lognormal(0, 1);
  vector<lower=0>[2] tau ~ lognormal(0, 1);
  cholesky_factor_corr[2] Lambda ~ lkj_corr_cholesky(2);
  vector[2] mu ~ normal([3, -1], [2, 0.5]);
  plate subject[4] {
    vector[2] beta ~ multi_normal_cholesky(mu, diag_pre_multiply(tau, Lambda));
    plate session[5] {
      covariate real day ~ uniform(0, 9);
      observed real y ~ normal(beta[1] + beta[2] * day, sigma);
    }
  }
})";

const char* const two_locations = R"(model {
  real<lower=0> tau ~ lognormal(0, 1);
  real a ~ normal(0, 1);
  real b ~ normal(2, 1);
  plate group[4] {
    covariate real x ~ normal(0, 1);
    real c ~ normal(a + b * x, tau);
    real d ~ normal(b, 0.5);
    plate obs[3] {
      covariate real w ~ normal(0, 1);
      observed real y ~ normal(c + d * w, 0.7);
    }
  }
})";

/// Location and precision of a latent at the top and those along, from zero.
Peak eliminated(const Dual& f, const char* name, const VariableValues& values) {
  const auto& plan = f.plan.estimators[f.estimator(name)];
  REQUIRE(plan.scores == Scores::elimination);
  const auto observation = f.generative.model.observe(values);
  const auto data_sets = observation.values[f.generative.index("y")].size(1);
  return GaussianElimination(f.generative.model, plan)(at::zeros({1, data_sets, plan.scoring_size}, at::kDouble),
                                                       observation, values);
}

ArchitectureOptions exact() {
  auto options = small();
  options.exact = true;
  return options;
}

/// Covariance of a subject's sessions given mu, and the prior's precision and pull.
at::Tensor precision_given(const Dual& f, const VariableValues& values, at::Tensor& pull) {
  const auto value = [&](const char* name) { return values[f.generative.index(name)]; };
  const auto factor = value("tau").unsqueeze(-1) * value("Lambda");  // [K, B, 2, 2]
  const auto covariance = at::matmul(factor, factor.transpose(-1, -2)).unsqueeze(2);
  const auto design = at::stack({at::ones_like(value("day")), value("day")}, -1);  // [1, B, subjects, sessions, 2]
  const auto noise = value("sigma").square().view({-1, value("sigma").size(1), 1, 1, 1}) * at::eye(5, at::kDouble);
  const auto marginal = at::matmul(at::matmul(design, covariance), design.transpose(-1, -2)) + noise;
  const auto weighed = at::matmul(design.transpose(-1, -2), at::linalg_inv(marginal));  // [K, B, subjects, 2, sessions]
  const auto prior = vector({0.25, 4.0});
  pull = at::matmul(weighed, value("y").unsqueeze(-1)).squeeze(-1).sum(2) + prior * vector({3.0, -1.0});
  return at::matmul(weighed, design).sum(2) + at::diag(prior);
}

}  // namespace

TEST_CASE("correlated locations given all scales are those of the marginal likelihood, however narrow the scales") {
  at::NoGradGuard no_grad;
  const Dual f(compiled(slopes), exact());
  auto values = f.generative.draws(3, 6, 1);
  for (const double narrower : {1.0, 1e-2, 1e-4}) {
    auto given = values;
    given[f.generative.index("tau")] = narrower * values[f.generative.index("tau")];
    const auto found = eliminated(f, "mu", given);
    at::Tensor pull;
    const auto precision = precision_given(f, given, pull);
    CHECK(found.precision.sizes() == at::IntArrayRef({3, 6, 2, 2}));
    CHECK(largest((found.precision - precision) / precision.abs()) < 1e-5);
    CHECK(largest(found.location - at::linalg_solve(precision, pull.unsqueeze(-1)).squeeze(-1)) < 1e-5);
  }
}

TEST_CASE("the evidence given the scales is the marginal likelihood, also with a gap") {
  at::NoGradGuard no_grad;
  const Dual f(compiled(slopes), exact());
  auto values = f.generative.draws(3, 6, 8);
  const auto& plan = f.plan.estimators[f.estimator("mu")];
  const GaussianElimination elimination(f.generative.model, plan);
  const auto value = [&](const char* name) -> at::Tensor& { return values[f.generative.index(name)]; };
  for (const bool gap : {false, true}) {
    CAPTURE(gap);
    const std::int64_t kept = gap ? 13 : 20;  // observations, the first of 4 x 5
    if (gap) value("y").flatten(2).narrow(2, kept, 20 - kept).fill_(NAN);
    const auto found =
        elimination.log_evidence(at::full({1, 6, 2}, 0.3, at::kDouble), f.generative.model.observe(values), values);
    const auto factor = value("tau").unsqueeze(-1) * value("Lambda");
    const auto covariance = at::matmul(factor, factor.mT());
    const auto design = at::stack({at::ones_like(value("day")), value("day")}, -1).flatten(2, 3);  // [1, B, 20, 2]
    const auto subject = at::arange(4).repeat_interleave(5);
    const auto same = (subject.unsqueeze(0) == subject.unsqueeze(1)).to(at::kDouble);
    const auto prior = at::diag(vector({4.0, 0.25}));
    auto marginal = same * at::matmul(at::matmul(design, covariance), design.mT()) +
                    at::matmul(at::matmul(design, prior), design.mT()) +
                    value("sigma").square().unsqueeze(-1).unsqueeze(-1) * at::eye(20, at::kDouble);
    marginal = marginal.narrow(2, 0, kept).narrow(3, 0, kept);
    const auto apart = value("y").flatten(2).narrow(2, 0, kept) -
                       at::matmul(design.narrow(2, 0, kept), vector({3.0, -1.0}).unsqueeze(-1)).squeeze(-1);
    const auto lower = at::linalg_cholesky(marginal);
    const auto white = at::linalg_solve_triangular(lower, apart.unsqueeze(-1).expand({3, 6, kept, 1}), false);
    const auto expected = -0.5 * white.square().sum({-2, -1}) - lower.diagonal(0, -2, -1).log().sum(-1) -
                          0.5 * static_cast<double>(kept) * std::log(2 * M_PI);
    CHECK(largest(found - expected) < 1e-7);
  }
}

TEST_CASE("its gradients in the scales are those of finite differences") {
  const Dual f(compiled(slopes), exact());
  const auto values = f.generative.draws(2, 3, 2);
  const auto tau = f.generative.index("tau");
  const auto moved = [&](const at::Tensor& scales) {
    auto given = values;
    given[tau] = scales;
    const auto found = eliminated(f, "mu", given);
    return functional(found.location) + functional(found.precision, 98);
  };
  const auto leaf = values[tau].clone().set_requires_grad(true);
  moved(leaf).backward();
  const auto expected = finite_difference(moved, values[tau]).detach();
  CHECK(largest((leaf.grad() - expected) / (1 + expected.abs())) < 1e-5);
}

TEST_CASE("levels are eliminated one after another") {
  at::NoGradGuard no_grad;
  const Dual f(compiled(R"(model {
    real<lower=0> s ~ lognormal(0, 0.3);
    real m ~ normal(0, 1);
    plate area[6] { real a ~ normal(m, 0.5);
      plate group[5] { real b ~ normal(a, 0.3);
        plate obs[4] { observed real y ~ normal(b, s); } } }
  })"),
               exact());
  const auto latents = gaussian_latents(f.generative.hbm, static_cast<int>(f.generative.index("m")),
                                        {static_cast<int>(f.generative.index("s"))});
  REQUIRE(latents.below.size() == 2);
  EstimatorPlan plan;
  plan.variable = latents.top.front();
  plan.size = plan.scoring_size = 1;
  plan.eliminated = latents.below;
  const auto values = f.generative.draws(2, 8, 3);
  const auto found = GaussianElimination(f.generative.model, plan)(at::zeros({1, 8, 1}, at::kDouble),
                                                                   f.generative.model.observe(values), values);
  const auto s = values[f.generative.index("s")];
  const auto area = 0.25 + (0.09 + s.square() / 4) / 5;  // variance of an area's mean about m
  const auto precision = 6 / area + 1;
  CHECK(largest(found.precision.view_as(precision) / precision - 1) < 1e-9);
  const auto mean = 6 / area * values[f.generative.index("y")].mean({2, 3, 4}) / precision;
  CHECK(largest(found.location.squeeze(-1) - mean) < 1e-9);
}

TEST_CASE("a group without data changes nothing") {
  at::NoGradGuard no_grad;
  const Dual f(compiled(slopes), exact()), larger(compiled([] {
                                                    std::string text = slopes;
                                                    return text.replace(text.find("subject[4]"), 10, "subject[5]");
                                                  }()),
                                                  exact());
  const auto values = f.generative.draws(2, 3, 4);
  auto with_gap = larger.generative.draws(2, 3, 4);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool known = f.generative.hbm.variables[i].depth > 0;
    if (!known) with_gap[i] = values[i];
    if (known && values[i].size(0) == 1) with_gap[i].narrow(2, 0, 4).copy_(values[i]);
  }
  with_gap[larger.generative.index("y")].select(2, 4).fill_(NAN);
  const auto expected = eliminated(f, "mu", values), found = eliminated(larger, "mu", with_gap);
  CHECK(largest(found.precision - expected.precision) < 1e-9);
  CHECK(largest(found.location - expected.location) < 1e-9);
}

TEST_CASE("latents found together are drawn from the joint Gaussian, each given those before it") {
  at::NoGradGuard no_grad;
  const Dual f(compiled(two_locations), exact());
  const auto &a = f.plan.estimators[f.estimator("a")], &b = f.plan.estimators[f.estimator("b")];
  REQUIRE(a.scores == Scores::elimination);
  REQUIRE(b.scores == Scores::elimination);
  CHECK(a.along == std::vector<int>{b.variable});
  const auto values = f.generative.draws(3, 4, 5);
  const auto observation = f.generative.model.observe(values);
  const auto encodings = f.dual.encode(observation);
  std::vector<at::Tensor> z;
  for (const auto& e : f.plan.estimators) z.push_back(f.generative.model.unconstrain(e.variable, values));
  const auto starts = f.dual.starts(encodings, observation, values, z);
  for (const char* name : {"b", "d"}) {
    const auto i = f.estimator(name);
    const auto context = f.dual.context(i, encodings, z);
    const auto by_itself = f.dual.start(i, {context, encodings, observation, values, z}).gaussian;
    CHECK(largest(starts[i].gaussian.shift - by_itself.shift) < 1e-8);
    CHECK(largest(starts[i].gaussian.log_diagonal - by_itself.log_diagonal) < 1e-8);
  }
}

TEST_CASE("given the scales, the log joint less the density of all Gaussian latents does not depend on the draw") {
  at::NoGradGuard no_grad;
  Dual f(compiled(slopes), exact());
  f.warmed(256);
  const auto inferred = f.infer(f.generative.simulate(5, 6), 1);
  auto generator = seeded(7);
  auto z = inferred.draw.z;
  std::vector<at::Tensor> left;
  for (int draw = 0; draw < 4; ++draw) {
    auto values = f.values_at(inferred, z);
    at::Tensor log_q;
    for (const char* name : {"mu", "beta"}) {
      const auto i = f.estimator(name);
      const auto context = f.dual.context(i, inferred.encodings, z);
      const auto start = f.dual.start(i, {context, inferred.encodings, inferred.observation, values, z});
      const auto u = at::randn(z[i].sizes(), generator, z[i].options());
      const auto drawn = onto(start, {u, (-0.5 * u.square()).sum(-1)});
      z[i] = drawn.z;
      values = f.values_at(inferred, z);
      const auto term = per_data_set(drawn.log_q);
      log_q = log_q.defined() ? log_q + term : term;
    }
    left.push_back(f.generative.model.log_prior(values) +
                   f.generative.model.log_likelihood(inferred.observation, values) - log_q);
  }
  const auto all = at::cat(left, 0);
  CHECK(largest(all - all.narrow(0, 0, 1)) < 1e-7);
}
