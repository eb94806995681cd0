#include "inference/scoring.hpp"

#include <cmath>

#include "families.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// The start of latent `name` with the linear guess as it is made.
Start whole_start_of(Dual& f, const std::string& name, const VariableValues& values) {
  const auto i = f.estimator(name);
  f.dual.scoring()[i].enabled.fill_(1);
  std::vector<at::Tensor> z;
  for (const auto& e : f.plan.estimators) z.push_back(f.generative.model.unconstrain(e.variable, values));
  const auto observation = f.generative.model.observe(values);
  const auto encodings = f.dual.encode(observation);
  const auto context = f.dual.context(i, encodings, z);
  return f.dual.start(i, {context, encodings, observation, values, z});
}
Affine start_of(Dual& f, const std::string& name, const VariableValues& values) {
  return whole_start_of(f, name, values).gaussian;
}

const char* const counts = R"(model {
  real a ~ normal(0, 1);
  plate group[3] {
    real b ~ normal(a, 0.5);
    plate obs[20] {
      observed int y ~ poisson_log(b);
    }
  }
})";

const char* const three_levels = R"(model {
  real m ~ normal(0, 1);
  plate area[6] {
    real a ~ normal(m, 0.5);
    plate group[5] {
      real b ~ normal(a, 0.3);
      plate obs[4] {
        observed real y ~ normal(b, 0.7);
      }
    }
  }
})";

/// Whether a start is the Gaussian of `mean` and `sd`.
void check_start(const Affine& start, const at::Tensor& mean, double sd) {
  const auto apart = (start.shift - mean) / sd;
  CHECK(apart.square().mean().sqrt().item<double>() < 0.05);
  CHECK(largest(apart) < 0.15);
  CHECK(largest(start.log_diagonal.exp() / sd - 1) < 0.03);
}

}  // namespace

TEST_CASE("the likelihood-informed start is the posterior of a Gaussian conditional") {
  at::NoGradGuard no_grad;
  Dual f(model_file("gre.hbm", {{"N", integer(5)}, {"sigma_x", number(0.3)}}));
  const auto i = f.estimator("mu_g");
  f.dual.scoring()[i].guess.reach.fill_(100);  // steps as long as they want
  const auto values = f.generative.simulate(4, 41);
  const auto start = start_of(f, "mu_g", values);
  const auto &x = values[f.generative.index("x")], &mu = values[f.generative.index("mu")];
  const double own = 5 / 0.09, pooled = 1 / 0.04;
  const auto mean = (own * x.mean(3) + pooled * mu.unsqueeze(2)) / (own + pooled);
  CHECK(largest(start.shift - mean) < 0.01);
  CHECK(largest(start.log_diagonal.exp() * std::sqrt(own + pooled) - 1) < 1e-6);
}

TEST_CASE("for counts the start is near the mode, with the curvature there as its scale") {
  at::NoGradGuard no_grad;
  auto options = small();
  options.scoring_steps = 8;
  Dual f(compiled(counts), options);
  f.dual.scoring()[f.estimator("b")].guess.reach.fill_(2);
  const auto values = f.generative.simulate(4, 42);
  const auto start = start_of(f, "b", values);
  const auto sum = values[f.generative.index("y")].sum(3, true);  // [1, B, 3, 1]
  const auto a = values[f.generative.index("a")].unsqueeze(-1).unsqueeze(-1);
  // Newton by hand on sum y b - 20 exp(b) - (b - a)^2 / (2 0.25).
  auto b = at::log((sum + 1) / 21);
  for (int step = 0; step < 30; ++step) b = b + (sum - 20 * b.exp() - (b - a) / 0.25) / (20 * b.exp() + 4);
  CHECK(largest(start.shift - b) < 1e-3);
  CHECK(largest(start.log_diagonal.exp() - (20 * b.exp() + 4).rsqrt()) < 1e-3);
}

TEST_CASE("gradients of a start in the upper latents are those of finite differences") {
  auto options = small();
  options.scoring_steps = 12;
  Dual f(compiled(counts), options);
  auto values = f.generative.simulate(2, 43);
  const auto a = f.generative.index("a");
  const auto moved = [&](const at::Tensor& upper) {
    auto own = values;
    own[a] = upper;
    const auto start = start_of(f, "b", own);
    return functional(start.shift) + functional(start.log_diagonal, 98);
  };
  const auto leaf = values[a].clone().set_requires_grad(true);
  moved(leaf).backward();
  const auto expected = finite_difference(moved, values[a]);
  // The last step takes the curvature averaged over the peak's width for the curvature at the peak.
  CHECK(largest((leaf.grad() - expected.detach()) / (1 + expected.detach().abs())) < 2e-3);
}

TEST_CASE("started by messages, a linear Gaussian latent has its exact conditional, but for what the fit leaves") {
  at::NoGradGuard no_grad;
  Dual f(compiled(three_levels));
  for (const char* name : {"m", "a"}) CHECK(f.plan.estimators[f.estimator(name)].scores == Scores::message);
  f.warmed(2048);
  const auto values = f.generative.simulate(32, 46);
  const auto &m = values[f.generative.index("m")], &y = values[f.generative.index("y")];
  // Means of groups about a, of areas about m.
  const double group = 0.09 + 0.49 / 4, area = 0.25 + group / 5;
  const double a_precision = 5 / group + 4, m_precision = 6 / area + 1;
  const auto a_mean = (5 / group * y.mean({3, 4}) + 4 * m.unsqueeze(-1)) / a_precision;
  check_start(start_of(f, "a", values), a_mean.unsqueeze(-1), 1 / std::sqrt(a_precision));
  const auto m_mean = 6 / area * y.mean({2, 3, 4}) / m_precision;
  check_start(start_of(f, "m", values), m_mean.unsqueeze(-1), 1 / std::sqrt(m_precision));
}

TEST_CASE("where the log joint has no mode a start stays finite, and switched off it is none") {
  Dual f(compiled("model { real<lower=0> s ~ cauchy(0, 1); plate obs[3] { observed real y ~ student_t(1, 0, s); } }"));
  for (const double guess : {-30.0, 0.0, 30.0}) {
    f.dual.scoring().front().guess.intercept.fill_(guess);
    const auto start = start_of(f, "s", f.generative.simulate(16, 44));
    CHECK(finite(start.shift));
    CHECK(finite(start.log_diagonal));
  }
  f.dual.scoring().front().enabled.fill_(0);
  const auto values = f.generative.simulate(2, 45);
  const auto inferred = f.infer(values, 3);
  CHECK_FALSE(inferred.draw.starts.front().defined());
  CHECK(finite(inferred.draw.log_q));
}

TEST_CASE("latents seen through data climb their likelihood, those seen through latents the messages") {
  const Dual structured(compiled(counts));
  CHECK(structured.plan.estimators[structured.estimator("a")].scores == Scores::message);
  CHECK(structured.plan.estimators[structured.estimator("b")].scores == Scores::likelihood);
  CHECK(structured.plan.estimators[structured.estimator("b")].scoring_steps == 2);
  auto options = small();
  options.scoring_steps = 0;
  const Dual without(compiled(counts), options);
  for (const auto& e : without.plan.estimators) CHECK(e.scores == Scores::none);
  options = small();
  options.family = Family::mean_field;  // its latents do not see those above
  const Dual flat(compiled(counts), options);
  CHECK(flat.plan.estimators[flat.estimator("b")].scores == Scores::none);
}

TEST_CASE("each of some independent numbers has its own density by quadrature, kinks and all") {
  at::NoGradGuard no_grad;
  auto options = small();
  options.exact = true;
  Dual f(compiled(R"(model {
    vector<lower=0>[2] a ~ gamma(2, 1);
    plate obs[5] { observed vector[2] b ~ double_exponential(a, [0.3, 1]); }
  })"),
         options);
  f.warmed(512);
  const auto values = f.generative.simulate(3, 51);
  const auto start = whole_start_of(f, "a", values);
  const auto& b = values[f.generative.index("b")];
  // The distribution function at the start's own quantiles, on a fine grid of log(exp(a) - 1).
  const auto grid = at::linspace(-12, 12, 24001, at::kDouble).view({-1, 1, 1});
  const auto a = at::softplus(grid);
  const auto log_likelihood = -((b.squeeze(0).unsqueeze(0) - a.unsqueeze(2)).abs() / vector({0.3, 1.0})).sum(2);
  const auto density = at::softmax(at::log(a) - a - at::softplus(-grid) + log_likelihood, 0);  // [grid, sets, 2]
  for (const double u : {-2.0, -0.7, 0.0, 1.0, 2.0}) {
    const auto z = onto(start, {at::full({1, 3, 2}, u, at::kDouble), at::zeros({1, 3}, at::kDouble)}).z;
    const auto below = (density * (grid <= z)).sum(0);
    CHECK(largest(below - 0.5 * std::erfc(-u / std::sqrt(2.0))) < 0.01);
  }
}

TEST_CASE("a simplex seen through counts has its Dirichlet conditional") {
  at::NoGradGuard no_grad;
  auto options = small();
  options.exact = true;
  Dual f(compiled(R"(model {
    vector<lower=0>[3] alpha ~ gamma(2, 1);
    plate site[2] {
      simplex[3] p ~ dirichlet(alpha);
      plate sample[4] { observed array[3] int y ~ multinomial(p, 5); }
    }
  })"),
         options);
  const auto values = f.generative.draws(3, 2, 61);
  const auto start = whole_start_of(f, "p", values);
  const auto counts = values[f.generative.index("y")].sum(3);  // [1, B, sites, 3]
  const auto a = values[f.generative.index("alpha")].unsqueeze(2) + counts;
  // Its own density at draws, against the Dirichlet's in the same numbers.
  const auto u = normal({3, 2, 2, 2}, 62);
  const auto drawn = onto(start, {u, (-0.5 * u.square() - 0.5 * std::log(2 * M_PI)).sum(-1)});
  const auto log_p = at::log_softmax(at::cat({drawn.z, at::zeros_like(drawn.z.narrow(-1, 0, 1))}, -1), -1);
  const auto expected = at::lgamma(a.sum(-1)) - at::lgamma(a).sum(-1) + (a * log_p).sum(-1);
  CHECK(largest(drawn.log_q - expected) < 0.03);  // of splines
  const auto back = off(start, drawn.z);
  CHECK(largest(back.z - u) < 1e-6);
}

TEST_CASE("the point of a Dirichlet conditional has its density") {
  at::NoGradGuard no_grad;
  auto options = small();
  options.exact = true;
  Dual f(compiled(R"(model {
    simplex[4] p ~ dirichlet([1, 2, 3, 4]);
    plate sample[6] { observed int y ~ categorical(p); }
  })"),
         options);
  REQUIRE(is_exact(f.plan));
  const auto inferred = [&](Leaves leaves) {
    auto generator = seeded(63);
    const auto observation = f.generative.model.observe(f.generative.simulate(3, 64));
    const auto draw = f.dual.draw(f.dual.encode(observation), observation, 50, generator, leaves);
    return f.generative.model.log_prior(draw.values) + f.generative.model.log_likelihood(observation, draw.values) -
           draw.log_q;
  };
  const auto evidence = inferred(Leaves::integrated);
  CHECK(largest(evidence - evidence.narrow(0, 0, 1)) < 1e-9);
  CHECK(largest((inferred(Leaves::drawn) - evidence).mean(0)) < 0.01);
}
