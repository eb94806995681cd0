#include "semantics/exchangeable.hpp"

#include <doctest/doctest.h>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// "3: mu pi; 2: a" of the sets of a model.
std::string sets(const std::string& text) {
  const Analysed analysed = analyse(text);
  REQUIRE_MESSAGE(analysed.model, analysed.said);
  std::string result;
  for (const ExchangeableSet& set : analysed.model->exchangeable) {
    result += (result.empty() ? "" : "; ") + std::to_string(set.size) + ": " + names(*analysed.model, set.members);
  }
  return result;
}

const char* const weights = "simplex[3] pi ~ dirichlet(rep_vector(2, 3));";

/// Sets of a model whose observed variable mixes normals around `mu` with scales `scale`.
std::string mixed(const std::string& latents, const std::string& scale = "1") {
  return sets(around(weights + latents, "observed real y ~ mixture(pi, normal(mu, " + scale + "));"));
}

}  // namespace

TEST_CASE("components of the published mixtures are exchangeable") {
  CHECK(sets(model_text("gm.hbm")) == "3: mu mu_g pi_g");
  CHECK(sets(model_text("mshbm_toy.hbm")) == "2: eta mu epsilon sigma pi eta_s mu_s eta_st mu_st");
  CHECK(sets(model_text("gre.hbm")) == "");
}

TEST_CASE("priors that are the same for every component") {
  CHECK(mixed("vector[3] mu ~ normal(0, 1);") == "3: pi mu");
  CHECK(mixed("vector[3] mu ~ normal([2, 2, 2], 1);") == "3: pi mu");
  CHECK(mixed("real m ~ normal(0, 1); vector[3] mu ~ normal(m, 1);") == "3: pi mu");
  CHECK(mixed("vector[3] s ~ exponential(1); vector[3] mu ~ normal(0, s);") == "3: pi s mu");
  CHECK(mixed("vector<lower=0>[3] mu ~ normal(0, 1);", "exp(mu)") == "3: pi mu");
}

TEST_CASE("priors that tell components apart") {
  CHECK(mixed("vector[3] mu ~ normal([1, 2, 3], 1);") == "");
  CHECK(mixed("ordered[3] mu ~ normal(0, 1);") == "");
  CHECK(mixed("vector[3] mu ~ normal(0, 1);", "[1, 1, 2]") == "");
  CHECK(sets(around("simplex[3] pi ~ dirichlet([1, 1, 2]); vector[3] mu ~ normal(0, 1);",
                    "observed real y ~ mixture(pi, normal(mu, 1));")) == "");
  CHECK(sets(around("vector[3] mu ~ normal(0, 1);", "observed real y ~ mixture([0.2, 0.3, 0.5], normal(mu, 1));")) ==
        "");
}

TEST_CASE("known equal weights") {
  CHECK(sets(around("vector[2] mu ~ normal(0, 1);", "observed real y ~ mixture([0.5, 0.5], normal(mu, 1));")) ==
        "2: mu");
}

TEST_CASE("a component that is used alone has a name") {
  CHECK(mixed("vector[3] mu ~ normal(0, 1); real first = mu[1];") == "");
  CHECK(mixed("vector[3] mu ~ normal(0, 1); real tau ~ normal(mu[2], 1);") == "");
  CHECK(mixed("vector[3] mu ~ normal(0, 1); vector[2] few = mu[1:2];") == "");
  CHECK(sets(around(std::string(weights) + "vector[3] mu ~ normal(0, 1);",
                    "observed real y ~ mixture(pi, normal(mu, 1)); observed real z ~ normal(mu[1], 1);")) == "");
}

TEST_CASE("derived quantities permute with what they are made of") {
  CHECK(mixed("vector[3] a ~ normal(0, 1); real b ~ normal(0, 1); vector[3] mu = b + 2 * a;") == "3: pi a mu");
  CHECK(sets(around("vector[3] a ~ normal(0, 1); vector[3] mu ~ normal(0, 1);",
                    "observed real y ~ mixture(softmax(a), normal(mu, 1));")) == "3: a mu");
  // The last weight has no number of its own.
  CHECK(sets(around("vector[2] a ~ normal(0, 1); vector[3] mu ~ normal(0, 1);",
                    "observed real y ~ mixture(softmax_centered(a), normal(mu, 1));")) == "");
  CHECK(mixed("vector[3] a ~ normal(0, 1); vector[3] mu = cumulative_sum(a);") == "");
}

TEST_CASE("an axis of the same size that is not the components'") {
  CHECK(sets(around("simplex[2] pi ~ dirichlet([1, 1]); vector[2] m ~ normal(0, 1);"
                    "array[2] vector[2] mu ~ normal(m, 1);",
                    "observed vector[2] y ~ mixture(pi, normal(mu, 1));")) == "2: pi mu");
  CHECK(sets(around("simplex[2] pi ~ dirichlet([1, 1]); array[2] vector[2] mu ~ normal(0, 1);",
                    "observed vector[2] y ~ mixture(pi, normal(mu[:, 1:2], 1));")) == "2: pi mu");
}

TEST_CASE("components with distributions of their own are not exchangeable") {
  CHECK(sets(around("real a ~ normal(0, 1); real b ~ normal(0, 1);",
                    "observed real y ~ mixture([0.5, 0.5], normal(a, 1), normal(b, 1));")) == "");
}
