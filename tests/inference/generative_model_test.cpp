#include "inference/generative_model.hpp"

#include <cmath>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// Mean and standard deviation over everything, and the mean's tolerance of five standard errors for `independent`
/// draws.
struct Moments {
  explicit Moments(const at::Tensor& x, double independent)
      : mean(x.mean().item<double>()), sd(x.std().item<double>()), tolerance(5 * sd / std::sqrt(independent)) {}
  double mean, sd, tolerance;
};

void check_mean(const at::Tensor& x, double expected) {
  const Moments m(x, static_cast<double>(x.numel()));
  CHECK(std::abs(m.mean - expected) < m.tolerance);
}

/// Latents of every kind of link, with bounds from above where there may be any.
const char* const every_link = R"(model {
  real a ~ normal(0, 1);
  real<lower=0> s ~ exponential(1);
  real<upper=a> below ~ normal(0, 1);
  real<lower=a> above ~ normal(0, 1);
  vector<lower=-s, upper=s>[2] within ~ normal(0, 1);
  real u ~ uniform(a, a + s);
  real beta_ ~ beta(2, 3);
  real angle ~ von_mises(0, 1);
  simplex[4] p ~ dirichlet([1, 2, 3, 4]);
  ordered[3] o ~ normal(0, 1);
  positive_ordered[3] po ~ exponential(1);
  cholesky_factor_corr[3] L ~ lkj_corr_cholesky(2);
  array[2] simplex[3] q ~ dirichlet([1, 1, 1]);
  plate group[3] {
    vector<lower=0>[2] r ~ gamma(2, s);
    plate obs[4] {
      observed real y ~ normal(a, s);
    }
  }
}
)";

/// The coordinates in which densities of a variable's support are normalised, flattened.
at::Tensor coordinates(const Variable& variable, const at::Tensor& value) {
  if (variable.link.kind == LinkKind::softmax_centered) return value.narrow(-1, 0, value.size(-1) - 1).flatten();
  if (variable.link.kind != LinkKind::cholesky_factor_corr) return value.flatten();
  std::vector<at::Tensor> below;
  for (std::int64_t i = 1; i < value.size(-1); ++i) below.push_back(value.select(-2, i).narrow(-1, 0, i).flatten());
  return at::cat(below);
}

}  // namespace

TEST_CASE("simulated Gaussian random effects have the model's moments") {
  const Generative g(model_file("gre.hbm"));
  const auto values = g.simulate(4000, 1);
  const auto &mu = values[g.index("mu")], &mu_g = values[g.index("mu_g")], &x = values[g.index("x")];
  CHECK(mu.sizes().vec() == std::vector<std::int64_t>{1, 4000, 2});
  CHECK(mu_g.sizes().vec() == std::vector<std::int64_t>{1, 4000, 3, 2});
  CHECK(x.sizes().vec() == std::vector<std::int64_t>{1, 4000, 3, 50, 2});
  check_mean(mu, 0);
  CHECK(mu.std().item<double>() == doctest::Approx(1).epsilon(0.04));
  const auto group = mu_g - mu.unsqueeze(2), noise = x - mu_g.unsqueeze(3);
  check_mean(group, 0);
  CHECK(group.std().item<double>() == doctest::Approx(0.2).epsilon(0.03));
  check_mean(noise, 0);
  CHECK(noise.std().item<double>() == doctest::Approx(0.05).epsilon(0.01));
  // Nothing that should be independent goes together.
  check_mean(group.select(2, 0) * group.select(2, 1), 0);
  check_mean(group.select(3, 0) * group.select(3, 1), 0);
  check_mean(noise.select(3, 0) * noise.select(3, 1), 0);
  check_mean(mu.select(2, 0) * mu.select(2, 1), 0);
}

TEST_CASE("simulated counts and outcomes follow their rates") {
  const Generative p(model_file("poisson.hbm"));
  const auto counts = p.simulate(2000, 2);
  const auto rate = at::exp(counts[p.index("gamma")]).unsqueeze(-1);
  const auto& y = counts[p.index("y")];
  check_mean((y - rate) / rate.sqrt(), 0);
  check_mean((y - rate).square() / rate, 1);
  check_mean(counts[p.index("alpha")], 1);
  check_mean(counts[p.index("tau")], 0.5 * std::sqrt(2 / M_PI));  // half-normal

  const Generative l(model_file("logistic.hbm"));
  const auto outcomes = l.simulate(2000, 3);
  const auto probability = at::sigmoid(outcomes[l.index("theta")]).unsqueeze(-1);
  check_mean(outcomes[l.index("y")] - probability, 0);
  CHECK(((outcomes[l.index("y")] == 0) | (outcomes[l.index("y")] == 1)).all().item<bool>());
}

TEST_CASE("a covariate is drawn from its law, and a model whose covariate has none cannot be simulated") {
  const Generative g(model_file("eight_schools.hbm"));
  const auto values = g.simulate(3000, 4);
  const auto& sigma = values[g.index("sigma")];
  CHECK(sigma.sizes().vec() == std::vector<std::int64_t>{1, 3000, 8});
  check_mean(sigma, 14);
  CHECK(sigma.min().item<double>() >= 8);
  CHECK(sigma.max().item<double>() <= 20);
  check_mean((values[g.index("y")].squeeze(-1) - values[g.index("theta")]) / sigma, 0);

  const Generative bare(
      compiled("model { real a ~ normal(0, 1); plate obs[3] { covariate real t; "
               "observed real y ~ normal(a * t, 1); } }"));
  CHECK_THROWS(bare.simulate(1, 1));
}

TEST_CASE("mixtures are drawn component by component, with one choice for a vector, one for each entry of an array") {
  const Generative g(compiled(R"(data {
  matrix[2, 2] S = [[0.01, 0], [0, 0.01]];
}
model {
  real a ~ normal(0, 1);
  plate obs[20] {
    observed vector[2] together ~ mixture([0.3, 0.7], multi_normal({[-10, -10], [10, 10]}, S));
    observed vector[2] diagonal ~ mixture([0.3, 0.7], normal({[-10, -10], [10, 10]}, 0.1));
    observed array[2] real apart ~ mixture([0.3, 0.7], normal({-10, 10}, 0.1));
    observed real several ~ mixture([0.25, 0.75], normal(-5, 0.1), double_exponential(5, 0.1));
  }
})"));
  const auto values = g.simulate(500, 5);
  for (const char* vector : {"together", "diagonal"}) {
    CAPTURE(vector);
    const auto second = (values[g.index(vector)] > 0).to(at::kDouble);
    check_mean(second.select(-1, 0), 0.7);
    CHECK(at::equal(second.select(-1, 0), second.select(-1, 1)));
  }
  const auto apart = (values[g.index("apart")] > 0).to(at::kDouble);
  check_mean(apart, 0.7);
  check_mean(apart.select(-1, 0) * apart.select(-1, 1), 0.49);
  const auto& several = values[g.index("several")];
  check_mean((several > 0).to(at::kDouble), 0.75);
  CHECK(largest(several.abs() - 5) < 3);
}

TEST_CASE("the same seed draws the same data sets, another one others") {
  const Generative g(model_file("poisson.hbm"));
  const auto a = g.simulate(2, 7), b = g.simulate(2, 7), c = g.simulate(2, 8);
  CHECK(at::equal(a[g.index("y")], b[g.index("y")]));
  CHECK_FALSE(at::equal(a[g.index("gamma")], c[g.index("gamma")]));
}

TEST_CASE("links of all kinds: simulated values come back, and z as well") {
  const Generative g(compiled(every_link));
  const auto values = g.draws(2, 30, 9);
  for (const int i : g.hbm.sampling_order) {
    const auto& own = g.hbm.variables[static_cast<std::size_t>(i)];
    CAPTURE(own.name);
    const auto z = g.model.unconstrain(i, values);
    CHECK(z.size(-1) == unconstrained_size(own));
    CHECK(z.dim() == 3 + own.depth);
    CHECK(finite(z));
    const auto constrained = g.model.constrain(i, z, values);
    CHECK(constrained.value.sizes() == values[static_cast<std::size_t>(i)].sizes());
    CHECK(largest((constrained.value - values[static_cast<std::size_t>(i)]) / (1 + constrained.value.abs())) < 1e-6);
    // From z: what is there is replaced by the image of random numbers.
    auto other = values;
    const auto free = 0.7 * normal(z.sizes(), 10);
    other[static_cast<std::size_t>(i)] = g.model.constrain(i, free, values).value;
    CHECK(largest(g.model.unconstrain(i, other) - free) < 1e-6);
    const bool a_bound = own.name == "a" || own.name == "s";  // others would have to move along
    if (!a_bound) CHECK(finite(g.model.log_prior(other)));
  }
}

TEST_CASE("log determinants of links are those of autograd's Jacobian") {
  const Generative g(compiled(every_link));
  const auto values = g.simulate(1, 11);
  for (const int i : g.hbm.sampling_order) {
    const auto& own = g.hbm.variables[static_cast<std::size_t>(i)];
    CAPTURE(own.name);
    const auto z = 0.7 * normal(g.model.unconstrain(i, values).sizes(), 12);
    const auto constrained = g.model.constrain(i, z, values);
    const auto j = jacobian(
        [&](const at::Tensor& flat) {
          return coordinates(own, g.model.constrain(i, flat.view(z.sizes()), values).value);
        },
        z.flatten());
    const auto expected = std::get<1>(at::linalg_slogdet(j)).item<double>();
    const double found = constrained.log_det.defined() ? constrained.log_det.sum().item<double>() : 0;
    CHECK(found == doctest::Approx(expected).epsilon(1e-8));
    if (constrained.log_det.defined()) CHECK(constrained.log_det.dim() == 2 + own.depth);
  }
}

TEST_CASE("derived quantities follow the values that are there, and latents may use them") {
  const Generative g(compiled(R"(model {
  real a ~ normal(0, 1);
  real twice = 2 * a;
  real constant = 3;
  plate group[3] {
    real b ~ normal(twice, 0.5);
    real sum_ = b + twice + constant;
    plate obs[2] {
      observed real y ~ normal(sum_, 1);
    }
  }
})"));
  auto values = g.draws(2, 2, 13);
  g.model.derive(values);
  const auto &a = values[g.index("a")], &b = values[g.index("b")];
  CHECK(largest(values[g.index("twice")] - 2 * a) < 1e-12);
  CHECK(largest(values[g.index("constant")] - 3) == 0);
  CHECK(values[g.index("constant")].dim() == 2);
  CHECK(largest(values[g.index("sum_")] - (b + 2 * a.unsqueeze(-1) + 3)) < 1e-12);
  // The densities do not need them stored.
  auto bare = values;
  for (const char* name : {"twice", "constant", "sum_"}) bare[g.index(name)] = at::Tensor();
  CHECK(at::equal(g.model.log_prior(bare), g.model.log_prior(values)));
  const auto observation = g.model.observe(values);
  CHECK(at::equal(g.model.log_likelihood(observation, bare), g.model.log_likelihood(observation, values)));
  const double expected = plain::normal(g.at(values, "a", {1, 1}), 0, 1) +
                          plain::normal(g.at(values, "b", {1, 1, 0}), 2 * g.at(values, "a", {1, 1}), 0.5) +
                          plain::normal(g.at(values, "b", {1, 1, 1}), 2 * g.at(values, "a", {1, 1}), 0.5) +
                          plain::normal(g.at(values, "b", {1, 1, 2}), 2 * g.at(values, "a", {1, 1}), 0.5);
  CHECK(g.model.log_prior(bare)[1][1].item<double>() == doctest::Approx(expected));
}

TEST_CASE("a Dirichlet conditional counts what is there, in any plate below") {
  const Generative g(compiled(R"(model {
    plate site[2] {
      simplex[3] p ~ dirichlet([1, 2, 3]);
      plate visit[2] {
        real noise ~ normal(0, 1);
        plate look[2] {
          observed int y ~ categorical(p);
          observed array[3] int n ~ multinomial(p, 5);
          observed real z ~ normal(noise, 1);
        }
      }
    }
  })"));
  auto values = g.simulate(1, 1);
  values[g.index("y")] = at::tensor({1.0, 1.0, 3.0, NAN, NAN, NAN, 2.0, 3.0}, at::kDouble).view({1, 1, 2, 2, 2});
  auto& n = values[g.index("n")];
  n = at::zeros({1, 1, 2, 2, 2, 3}, at::kDouble);
  n.select(-1, 2).fill_(5);
  n.select(2, 1).fill_(NAN);
  const auto found = g.model.concentration(static_cast<int>(g.index("p")), g.model.observe(values), values);
  const auto expected = at::tensor({3.0, 2.0, 24.0, 1.0, 3.0, 4.0}, at::kDouble).view({1, 1, 2, 3});
  CHECK(largest(found - expected) == 0);
}
