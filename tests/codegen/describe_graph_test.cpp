#include "codegen/describe_graph.hpp"

#include <doctest/doctest.h>

#include "semantics/models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

HbmModel model_of(const std::string& text) {
  auto result = analyse(text);
  if (!result.model) throw std::runtime_error(result.said);
  return *result.model;
}

const std::string beginning =
    "digraph {\n  labelloc=b;\n  labeljust=r;\n  node [shape=circle, fillcolor=lightgrey, margin=0.05];\n";

}  // namespace

TEST_CASE("GRE as a plate diagram") {
  CHECK(describe_dot(model_of(model_text("gre.hbm"))) == beginning + R"(  "mu";
  subgraph "cluster_group" {
    label="group[3]";
    "mu_g";
    subgraph "cluster_obs" {
      label="obs[50]";
      "x" [style=filled];
    }
  }
  "mu" -> "mu_g";
  "mu_g" -> "x";
}
)");
}

TEST_CASE("covariates, derived quantities, bounds, indices and mixtures") {
  const std::string text = R"(
model {
  real mu ~ normal(0, 1);
  real<lower=0> tau ~ normal(0, 1);
  real s = 2 * tau;
  simplex[2] w ~ dirichlet(rep_vector(1, 2));
  plate group[2:30] {
    vector<lower=mu>[2] a ~ normal(mu, s);
    plate obs[4] {
      covariate int k ~ binomial(1, 0.5);
      observed real y ~ mixture(w, normal(a[k + 1], tau), normal(0, s));
    }
  }
}
)";
  CHECK(describe_dot(model_of(text)) == beginning + R"(  "mu";
  "tau";
  "s" [shape=diamond];
  "w";
  subgraph "cluster_group" {
    label="group[2:30]";
    "a";
    subgraph "cluster_obs" {
      label="obs[4]";
      "k" [style="filled,dashed"];
      "y" [style=filled];
    }
  }
  "tau" -> "s";
  "mu" -> "a";
  "s" -> "a";
  "tau" -> "y";
  "s" -> "y";
  "w" -> "y";
  "a" -> "y";
  "k" -> "y";
}
)");
}

TEST_CASE("names are quoted, so that none is a word of DOT") {
  HbmModel model = model_of(around("real node ~ normal(0, 1);", "observed real edge ~ normal(node, 1);"));
  CHECK(describe_dot(model).find("  \"node\" -> \"edge\";\n") != std::string::npos);
  model.variables[0].name = "a\"b\\";
  CHECK(describe_dot(model).find("  \"a\\\"b\\\\\" -> \"edge\";\n") != std::string::npos);
}
