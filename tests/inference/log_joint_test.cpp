#include <cmath>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

constexpr std::int64_t draws = 2, sets = 3;

/// log p(theta) and log p(X | theta) of draw k and data set b, in plain numbers.
struct Plain {
  double prior = 0, likelihood = 0;
};

/// Compares both terms for every draw and data set, with and without sufficient statistics.
template <class Formula>
void check_terms(const Generative& g, bool collapses, Formula formula) {
  const auto values = g.draws(draws, sets, 11);
  auto observation = g.model.observe(values);
  const auto prior = g.model.log_prior(values);
  const auto likelihood = g.model.log_likelihood(observation, values);
  REQUIRE(prior.sizes().vec() == std::vector<std::int64_t>{draws, sets});
  REQUIRE(likelihood.sizes().vec() == std::vector<std::int64_t>{draws, sets});
  bool collapsed = false;
  for (auto& statistics : observation.statistics) {
    collapsed = collapsed || !statistics.empty();
    statistics.clear();
  }
  CHECK(collapsed == collapses);
  const auto one_by_one = g.model.log_likelihood(observation, values);
  CHECK(largest((likelihood - one_by_one) / one_by_one) < 1e-11);
  for (std::int64_t k = 0; k < draws; ++k) {
    for (std::int64_t b = 0; b < sets; ++b) {
      const auto at = [&](const std::string& name, std::vector<std::int64_t> inner) {
        inner.insert(inner.begin(), {k, b});
        return g.at(values, name, inner);
      };
      const Plain expected = formula(at);
      CHECK(prior[k][b].item<double>() == doctest::Approx(expected.prior).epsilon(1e-11));
      CHECK(one_by_one[k][b].item<double>() == doctest::Approx(expected.likelihood).epsilon(1e-11));
    }
  }
}

}  // namespace

TEST_CASE("log joint of Gaussian random effects") {
  const Generative g(model_file("gre.hbm"));
  check_terms(g, true, [](auto at) {
    Plain p;
    for (std::int64_t d = 0; d < 2; ++d) {
      p.prior += plain::normal(at("mu", {d}), 0, 1);
      for (std::int64_t i = 0; i < 3; ++i) {
        p.prior += plain::normal(at("mu_g", {i, d}), at("mu", {d}), 0.2);
        for (std::int64_t j = 0; j < 50; ++j)
          p.likelihood += plain::normal(at("x", {i, j, d}), at("mu_g", {i, d}), 0.05);
      }
    }
    return p;
  });
}

TEST_CASE("log joint of the non-conjugate model") {
  const Generative g(model_file("nc.hbm"));
  check_terms(g, false, [](auto at) {
    Plain p;
    for (std::int64_t d = 0; d < 2; ++d) {
      p.prior += plain::exponential(at("a", {d}), 0.5);  // gamma of shape 1
      for (std::int64_t j = 0; j < 10; ++j) p.likelihood += plain::laplace(at("b", {j, d}), at("a", {d}), 0.3);
    }
    return p;
  });
}

TEST_CASE("log joint of eight schools: a truncated scale, a covariate") {
  const Generative g(model_file("eight_schools.hbm"));
  check_terms(g, true, [](auto at) {
    Plain p;
    p.prior = plain::normal(at("mu", {}), 0, 5) + plain::half_cauchy(at("tau", {}), 5);
    for (std::int64_t i = 0; i < 8; ++i) {
      p.prior += plain::normal(at("theta", {i}), at("mu", {}), at("tau", {}));
      p.likelihood += plain::normal(at("y", {i, 0}), at("theta", {i}), at("sigma", {i}));
    }
    return p;
  });
}

TEST_CASE("log joint of the three-level Poisson model") {
  const Generative g(model_file("poisson.hbm"));
  check_terms(g, true, [](auto at) {
    Plain p;
    p.prior = plain::normal(at("alpha", {}), 1, 1) + std::log(2.0) + plain::normal(at("tau", {}), 0, 0.5);
    for (std::int64_t r = 0; r < 5; ++r) {
      p.prior += plain::normal(at("beta", {r}), at("alpha", {}), at("tau", {}));
      for (std::int64_t s = 0; s < 4; ++s) {
        p.prior += plain::normal(at("gamma", {r, s}), at("beta", {r}), 0.3);
        for (std::int64_t v = 0; v < 10; ++v)
          p.likelihood += plain::poisson_log(at("y", {r, s, v}), at("gamma", {r, s}));
      }
    }
    return p;
  });
}

TEST_CASE("log joint of logistic groups") {
  const Generative g(model_file("logistic.hbm"));
  check_terms(g, true, [](auto at) {
    Plain p;
    p.prior = plain::normal(at("mu", {}), 0, 1.5) + std::log(2.0) + plain::normal(at("tau", {}), 0, 1);
    for (std::int64_t i = 0; i < 12; ++i) {
      p.prior += plain::normal(at("theta", {i}), at("mu", {}), at("tau", {}));
      for (std::int64_t j = 0; j < 20; ++j) p.likelihood += plain::bernoulli_logit(at("y", {i, j}), at("theta", {i}));
    }
    return p;
  });
}

TEST_CASE("arguments that vary over the innermost plate do not collapse") {
  const Generative g(compiled(R"(model {
  real a ~ normal(0, 1);
  real<lower=0> s ~ exponential(1);
  plate obs[6] {
    covariate real t ~ normal(0, 1);
    observed real y ~ normal(a * t, s);
    observed int n ~ poisson_log(a);
  }
})"));
  // The count collapses, the regression does not.
  const auto observation = g.model.observe(g.simulate(2, 1));
  CHECK(observation.statistics[g.index("y")].empty());
  CHECK_FALSE(observation.statistics[g.index("n")].empty());
  check_terms(g, true, [](auto at) {
    Plain p;
    p.prior = plain::normal(at("a", {}), 0, 1) + plain::exponential(at("s", {}), 1);
    for (std::int64_t j = 0; j < 6; ++j) {
      p.likelihood += plain::normal(at("y", {j}), at("a", {}) * at("t", {j}), at("s", {}));
      p.likelihood += plain::poisson_log(at("n", {j}), at("a", {}));
    }
    return p;
  });
}

TEST_CASE("log joint of a mixture of one component that carries the components' axis") {
  const Generative g(compiled(R"(model {
  simplex[3] w ~ dirichlet([2, 3, 4]);
  vector[3] m ~ normal(0, 2);
  plate obs[5] {
    observed real y ~ mixture(w, normal(m, 0.5));
  }
})"));
  check_terms(g, false, [](auto at) {
    Plain p;
    const double alpha[] = {2, 3, 4};
    p.prior = std::lgamma(9.0);
    for (std::int64_t c = 0; c < 3; ++c) {
      p.prior += (alpha[c] - 1) * std::log(at("w", {c})) - std::lgamma(alpha[c]) + plain::normal(at("m", {c}), 0, 2);
    }
    for (std::int64_t j = 0; j < 5; ++j) {
      std::vector<double> terms;
      for (std::int64_t c = 0; c < 3; ++c) {
        terms.push_back(std::log(at("w", {c})) + plain::normal(at("y", {j}), at("m", {c}), 0.5));
      }
      p.likelihood += plain::log_sum_exp(terms);
    }
    return p;
  });
}

TEST_CASE("log joint of mixtures of vectors: one choice for all entries of a vector under a multivariate component") {
  const Generative g(compiled(R"(data {
  matrix[2, 2] S = [[1, 0.3], [0.3, 0.5]];
}
model {
  array[3] vector[2] m ~ normal(0, 1);
  plate obs[4] {
    observed vector[2] y ~ mixture([0.2, 0.3, 0.5], multi_normal(m, S));
  }
})"));
  check_terms(g, false, [](auto at) {
    Plain p;
    const double w[] = {0.2, 0.3, 0.5}, det = 1 * 0.5 - 0.09;
    for (std::int64_t c = 0; c < 3; ++c) {
      for (std::int64_t d = 0; d < 2; ++d) p.prior += plain::normal(at("m", {c, d}), 0, 1);
    }
    for (std::int64_t j = 0; j < 4; ++j) {
      std::vector<double> terms;
      for (std::int64_t c = 0; c < 3; ++c) {
        const double u = at("y", {j, 0}) - at("m", {c, 0}), v = at("y", {j, 1}) - at("m", {c, 1});
        const double square = (0.5 * u * u - 2 * 0.3 * u * v + v * v) / det;
        terms.push_back(std::log(w[c]) - std::log(2 * M_PI) - 0.5 * std::log(det) - 0.5 * square);
      }
      p.likelihood += plain::log_sum_exp(terms);
    }
    return p;
  });
}

TEST_CASE("log joint of mixtures of independent numbers: one choice for a vector, one for each entry of an array") {
  const Generative g(compiled(R"(model {
  array[3] vector[2] m ~ normal(0, 1);
  plate obs[4] {
    observed vector[2] y ~ mixture([0.2, 0.3, 0.5], normal(m, 0.5));
    observed array[2] real z ~ mixture([0.2, 0.3, 0.5], normal({-1, 0, 2}, 0.7));
  }
})"));
  check_terms(g, false, [](auto at) {
    Plain p;
    const double w[] = {0.2, 0.3, 0.5}, centers[] = {-1, 0, 2};
    for (std::int64_t c = 0; c < 3; ++c) {
      for (std::int64_t d = 0; d < 2; ++d) p.prior += plain::normal(at("m", {c, d}), 0, 1);
    }
    for (std::int64_t j = 0; j < 4; ++j) {
      std::vector<double> whole;
      for (std::int64_t c = 0; c < 3; ++c) {
        whole.push_back(std::log(w[c]) + plain::normal(at("y", {j, 0}), at("m", {c, 0}), 0.5) +
                        plain::normal(at("y", {j, 1}), at("m", {c, 1}), 0.5));
      }
      p.likelihood += plain::log_sum_exp(whole);
      for (std::int64_t d = 0; d < 2; ++d) {
        std::vector<double> each;
        for (std::int64_t c = 0; c < 3; ++c) {
          each.push_back(std::log(w[c]) + plain::normal(at("z", {j, d}), centers[c], 0.7));
        }
        p.likelihood += plain::log_sum_exp(each);
      }
    }
    return p;
  });
}

TEST_CASE("log joint of a mixture of different components") {
  const Generative g(compiled(R"(model {
  real m ~ normal(0, 1);
  real<lower=0> s ~ exponential(1);
  plate obs[5] {
    observed real y ~ mixture([0.25, 0.75], normal(m, 1), double_exponential(0, s));
  }
})"));
  check_terms(g, false, [](auto at) {
    Plain p;
    p.prior = plain::normal(at("m", {}), 0, 1) + plain::exponential(at("s", {}), 1);
    for (std::int64_t j = 0; j < 5; ++j) {
      const double y = at("y", {j});
      p.likelihood += plain::log_sum_exp(
          {std::log(0.25) + plain::normal(y, at("m", {}), 1), std::log(0.75) + plain::laplace(y, 0, at("s", {}))});
    }
    return p;
  });
}

TEST_CASE("log joint of a transformed distribution: simplex from centred softmax") {
  const Generative g(compiled(R"(model {
  vector[2] eta ~ normal(0, 1);
  plate obs[4] {
    observed simplex[3] y ~ transformed(softmax_centered, normal(eta, 0.7));
  }
})"));
  check_terms(g, false, [](auto at) {
    Plain p;
    for (std::int64_t d = 0; d < 2; ++d) p.prior += plain::normal(at("eta", {d}), 0, 1);
    for (std::int64_t j = 0; j < 4; ++j) {
      // z_d = log(y_d / y_3), log |det dy/dz| = sum of log y over all three.
      const double last = at("y", {j, 2});
      for (std::int64_t d = 0; d < 2; ++d) {
        p.likelihood += plain::normal(std::log(at("y", {j, d}) / last), at("eta", {d}), 0.7);
      }
      for (std::int64_t d = 0; d < 3; ++d) p.likelihood -= std::log(at("y", {j, d}));
    }
    return p;
  });
}

TEST_CASE("log joint with bounds that depend on a latent, truncation normalised") {
  const Generative g(compiled(R"(model {
  real<lower=0> a ~ exponential(0.5);
  real<lower=-a, upper=a> c ~ normal(0, 1);
  real<lower=c> d ~ normal(1, 2);
  real e ~ uniform(c, c + a);
  plate obs[2] {
    observed real y ~ normal(c, 1);
  }
})"));
  check_terms(g, true, [](auto at) {
    Plain p;
    const double a = at("a", {}), c = at("c", {}), d = at("d", {});
    p.prior = plain::exponential(a, 0.5) + plain::normal(c, 0, 1) - std::log(std::erf(a / std::sqrt(2.0)));
    p.prior += plain::normal(d, 1, 2) - std::log(0.5 * std::erfc((c - 1) / (2 * std::sqrt(2.0)))) - std::log(a);
    for (std::int64_t j = 0; j < 2; ++j) p.likelihood += plain::normal(at("y", {j}), c, 1);
    return p;
  });
}
