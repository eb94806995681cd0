#include "semantics/dependence.hpp"

#include <doctest/doctest.h>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// "a: ; b: a" of the latents in sampling order.
std::string upper(const std::string& text) {
  const Analysed analysed = analyse(text);
  REQUIRE_MESSAGE(analysed.model, analysed.said);
  std::string result;
  for (const int latent : analysed.model->sampling_order) {
    const Variable& v = analysed.model->variables[static_cast<std::size_t>(latent)];
    result += (result.empty() ? "" : "; ") + v.name + ": " + names(*analysed.model, v.upper);
  }
  return result;
}

}  // namespace

TEST_CASE("upper latents of the published models") {
  CHECK(upper(model_text("gre.hbm")) == "mu: ; mu_g: mu");
  CHECK(upper(model_text("nc.hbm")) == "a: ");
  CHECK(upper(model_text("eight_schools.hbm")) == "tau: ; mu: tau; theta: tau mu");  // scales first
  CHECK(upper(model_text("poisson.hbm")) == "tau: ; alpha: tau; beta: tau alpha; gamma: beta");
}

TEST_CASE("co-parents of the data are conditioned on") {
  CHECK(upper(around("real a ~ normal(0, 1); real b ~ normal(0, 1);", "observed real y ~ normal(a + b, 1);")) ==
        "a: ; b: a");
}

TEST_CASE("latents that meet nowhere are independent") {
  CHECK(upper(around("real a ~ normal(0, 1); real b ~ normal(0, 1);",
                     "observed real y ~ normal(a, 1); observed real z ~ normal(b, 1);")) == "a: ; b: ");
}

TEST_CASE("a path through later latents counts, one through earlier latents does not") {
  // c meets a only through b: given b it is independent of a.
  CHECK(upper(around("real a ~ normal(0, 1); real b ~ normal(a, 1); real c ~ normal(b, 1);",
                     "observed real y ~ normal(c, 1);")) == "a: ; b: a; c: b");
  // b reaches a through the later z, their common child.
  CHECK(upper("model { real a ~ normal(0, 1); real b ~ normal(0, 1); plate g[2] { real z ~ normal(a + b, 1);"
              "plate obs[2] { observed real y ~ normal(z, 1); } } }") == "a: ; b: a; z: a b");
}

TEST_CASE("derived quantities stand for what they are made of") {
  const std::string text =
      around("real a ~ normal(0, 1); real b ~ normal(0, 1); real s = a + 2 * b;", "observed real y ~ normal(s, 1);");
  CHECK(upper(text) == "a: ; b: a");
  const HbmModel model = *analyse(text).model;
  CHECK(names(model, variable(model, "y").parents) == "a b");
  CHECK(names(model, variable(model, "s").parents) == "a b");
}

TEST_CASE("covariates are parents and no conditions") {
  const std::string text =
      "model { real b ~ normal(0, 1); plate obs[2] { covariate real x; observed real y ~ normal(b * x, 1); } }";
  const HbmModel model = *analyse(text).model;
  CHECK(upper(text) == "b: ");
  CHECK(names(model, variable(model, "y").parents) == "b x");
}

TEST_CASE("sampling goes outermost first, whatever the order of declaration") {
  const std::string text =
      "model { real a ~ normal(0, 1); plate g[2] { real z ~ normal(a, 1); plate obs[2] { observed real y ~ normal(z, "
      "1);"
      " } } real late ~ normal(a, 1); }";
  const HbmModel model = *analyse(text).model;
  CHECK(names(model, model.sampling_order) == "a late z");
}
