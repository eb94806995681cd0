#include "inference/gaussian_term.hpp"

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// Every distribution that a term may have: scales that vary in what is summed and that do not, vectors and arrays.
const char* const every_kind = R"(model {
  real<lower=0> s ~ lognormal(0, 0.5);
  vector<lower=0>[2] tau ~ lognormal(0, 0.5);
  cholesky_factor_corr[2] Lambda ~ lkj_corr_cholesky(2);
  plate group[3] {
    vector[2] b ~ multi_normal_cholesky([1, -1], diag_pre_multiply(tau, Lambda));
    plate obs[4] {
      covariate real x ~ normal(0, 1);
      observed real y ~ normal(b[1] + b[2] * x, s * exp(x));
      observed real positive ~ lognormal(b[1], s);
      observed vector[2] positives ~ lognormal(b, tau);
      observed vector[2] each ~ normal(2 * b, tau);
      observed vector[2] joint ~ multi_normal(x * b, [[2 + s, 0.5], [0.5, 1]]);
      observed array[2] vector[2] pair ~ multi_normal_prec(b, [[2, 0.5], [0.5, s + 1]]);
    }
  }
})";

/// Log density of b and all that is observed at places z [K, B, groups, 2], by the terms around zero and by the model.
void check_terms(const Generative& g, const VariableValues& values) {
  const auto observation = g.model.observe(values);
  const auto b = static_cast<int>(g.index("b"));
  Parabola parabola(2);
  const auto origin = at::full({1, values[g.index("y")].size(1), 3, 2}, 0.3, at::kDouble);
  auto known = values;
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (observation.values[i].defined()) known[i] = observation.values[i];
  }
  for (const char* name : {"b", "y", "positive", "positives", "each", "joint", "pair"}) {
    GaussianTerm term;
    term.variable = static_cast<int>(g.index(name));
    term.latents = {b};
    term.places = {0, 1};
    term.add(parabola, origin, 1, g.model, known, observation.present[g.index(name)]);
  }
  auto generator = seeded(11);
  for (int place = 0; place < 3; ++place) {
    const auto d = at::randn({3, 2, 3, 2}, generator, at::TensorOptions(at::kDouble));
    const auto curved = at::matmul(parabola.curvature(), d.unsqueeze(-1)).squeeze(-1);
    const auto found = (parabola.height() + ((parabola.slope() - 0.5 * curved) * d).sum(-1)).sum();
    const auto expected = g.model.local_log_joint({b}, origin + d, observation, values, {}, true);
    CHECK(found.item<double>() == doctest::Approx(expected.item<double>()).epsilon(1e-10));
  }
}

}  // namespace

TEST_CASE("normal terms are the parabolas of their log densities") {
  const Generative g(compiled(every_kind));
  check_terms(g, g.draws(3, 2, 1));
}

TEST_CASE("normal terms count what is there") {
  const Generative g(compiled(every_kind));
  auto values = g.draws(3, 2, 2);
  for (const char* name : {"y", "positive", "positives", "each", "joint", "pair"}) {
    auto& value = values[g.index(name)];
    value = value.clone();
    value.select(2, 1).fill_(NAN);
    value.select(3, 2).fill_(NAN);
    value.select(1, 0).select(1, 0).select(1, 3).fill_(NAN);
  }
  check_terms(g, values);
}

TEST_CASE("a parabola integrated is a Gaussian's mass") {
  // (z - [1, 2])^T C (z - [1, 2]) / 2, seen from zero.
  const auto c = vector({2.0, 0.6, 0.6, 1.0}).view({2, 2});
  const auto root = at::linalg_cholesky(c), mean = vector({1.0, 2.0});
  Parabola parabola(2);
  for (int row = 0; row < 2; ++row) {  // the rows of root^T (z - mean)
    std::vector<at::Tensor> affine = {-at::dot(root.select(1, row), mean).view({1, 1})};
    for (int i = 0; i < 2; ++i) affine.push_back(root[i][row].view({1, 1}));
    parabola.subtract_square(affine, {0, 1}, [](const at::Tensor& terms) { return terms; });
  }
  CHECK(largest(parabola.curvature() - c) < 1e-12);
  parabola.integrate_last();
  parabola.integrate_last();
  const double expected = std::log(2 * M_PI) - 0.5 * std::log(2.0 * 1.0 - 0.6 * 0.6);
  CHECK(parabola.height().item<double>() == doctest::Approx(expected));
}
