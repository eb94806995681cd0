#include "reference/reference_model.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <iterator>

#include "diagnostics/failure.hpp"
#include "io/constants_file.hpp"
#include "reference/counts.hpp"
#include "reference/eight_schools.hpp"
#include "reference/laplace_location.hpp"
#include "reference/random_effects.hpp"
#include "semantics/analyze.hpp"
#include "syntax/parser.hpp"

using namespace adavi;
using namespace adavi::reference;

namespace {

HbmModel model_of(const std::string& text, const std::string& constants = "{}") {
  const SourceFile source("model.hbm", text);
  Diagnostics diagnostics;
  const auto tree = parse(source, diagnostics);
  REQUIRE(tree);
  auto model = analyze(*tree, parse_constants(constants, "constants"), diagnostics);
  REQUIRE(model);
  return *model;
}

std::string text_of(const std::string& name) {
  std::ifstream stream(ADAVI_SOURCE_DIR "/models/" + name + ".hbm");
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// What a model says of one data set.
ReferencePosterior posterior(const std::string& name, const std::string& constants, const DoubleArrays& data) {
  return reference_method(model_of(text_of(name), constants))(data);
}

std::string failure(const std::string& model) {
  try {
    reference_method(model_of(model))({{"x", {{1, 1, 1, 1}, {0.5}}}, {"y", {{1, 1, 1}, {1}}}});
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "";
}

void check_same(const Moments& a, const Moments& b) {
  CHECK(a.mean == b.mean);
  CHECK(a.sd == b.sd);
}

}  // namespace

TEST_CASE("gre: scales from the constants, dimensions apart, groups in order") {
  // x[group][obs][dimension]
  const DoubleArrays data = {{"x", {{1, 2, 2, 2}, {1, 10, 2, 20, 3, 30, 4, 40}}}};
  const auto result = posterior("gre", R"({"G": 2, "N": 2, "sigma_mu": 3, "sigma_g": 2, "sigma_x": 5})", data);
  const auto first = random_effects_posterior({3, 2, 5}, {{1, 2}, {3, 4}});
  const auto second = random_effects_posterior({3, 2, 5}, {{10, 20}, {30, 40}});
  CHECK(result.log_evidence == doctest::Approx(first.log_evidence + second.log_evidence));
  REQUIRE(result.latents.at("mu").size() == 2);
  check_same(result.latents.at("mu")[1], second.mu);
  REQUIRE(result.latents.at("mu_g").size() == 4);
  check_same(result.latents.at("mu_g")[1], second.mu_g[0]);
  check_same(result.latents.at("mu_g")[2], first.mu_g[1]);
}

TEST_CASE("nc: rate and scale from the constants") {
  const DoubleArrays data = {{"b", {{1, 3, 2}, {1, -1, 2, 5, 3, 4}}}};
  const auto result = posterior("nc", R"({"N": 3, "r_a": 0.7, "sigma_b": 0.4})", data);
  const auto first = laplace_location_posterior({1, 0.7, 0.4}, {1, 2, 3});
  const auto second = laplace_location_posterior({1, 0.7, 0.4}, {-1, 5, 4});
  CHECK(result.log_evidence == doctest::Approx(first.log_evidence + second.log_evidence));
  check_same(result.latents.at("a").at(1), second.a);
}

TEST_CASE("eight schools: the covariate is read, the priors are the text's") {
  const DoubleArrays data = {{"y", {{1, 2, 1}, {3, 9}}}, {"sigma", {{1, 2}, {8, 12}}}};
  const auto result = posterior("eight_schools", R"({"J": 2})", data);
  const auto exact = eight_schools_posterior({0, 5, 5}, {3, 9}, {8, 12});
  CHECK(result.log_evidence == exact.log_evidence);
  check_same(result.latents.at("mu").at(0), exact.mu);
  check_same(result.latents.at("tau").at(0), exact.tau);
  check_same(result.latents.at("theta").at(1), exact.theta[1]);
}

TEST_CASE("logistic: successes counted in each group") {
  const DoubleArrays data = {{"y", {{1, 2, 3}, {1, 0, 1, 0, 0, 0}}}};
  const auto result = posterior("logistic", R"({"G": 2, "N": 3})", data);
  const auto exact = pooled_posterior({0, 1.5, 1}, {logistic_group(2, 3), logistic_group(0, 3)});
  CHECK(result.log_evidence == exact.log_evidence);
  check_same(result.latents.at("theta").at(1), exact.theta[1]);
}

TEST_CASE("poisson: counts by region, site and visit; gamma in the file's order") {
  const DoubleArrays data = {{"y", {{1, 2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}}}};
  const auto result = posterior("poisson", R"({"R": 2, "S": 2, "N": 2})", data);
  const std::vector<PooledGroup> regions = {poisson_region({{{1, 2}, 0.3}, {{3, 4}, 0.3}}),
                                            poisson_region({{{5, 6}, 0.3}, {{7, 8}, 0.3}})};
  const auto exact = pooled_posterior({1, 1, 0.5}, regions);
  CHECK(result.log_evidence == exact.log_evidence);
  check_same(result.latents.at("beta").at(1), exact.theta[1]);
  REQUIRE(result.latents.at("gamma").size() == 4);
  check_same(result.latents.at("gamma")[2], moments_of(exact.functions[1][0], exact.functions[1][1]));
}

TEST_CASE("what is not known is refused, never computed as something near") {
  CHECK(failure("model { real mu ~ normal(0, 1); plate obs[3] { observed real x ~ normal(mu, 1); } }") ==
        "no exact posterior is known for this model: mu ~ normal; x ~ normal(mu)");
  const std::string groups =
      " plate group[1] { vector[1] mu_g ~ normal(mu, 1); plate obs[1] { "
      "observed vector[1] x ~ normal(mu_g, 1); } } }";
  CHECK(failure("model { vector[1] mu ~ normal(2, 1);" + groups) ==
        "no exact posterior: the prior of 'mu' is not centred at 0");
  CHECK(failure("data { vector[1] s = [2]; } model { vector[1] mu ~ normal(0, s);" + groups) == "");
  CHECK(failure("data { vector[2] s = [2, 3]; } model { vector[2] mu ~ normal(0, s); plate group[1] { vector[2] mu_g ~ "
                "normal(mu, 1); plate obs[1] { observed vector[2] x ~ normal(mu_g, 1); } } }") ==
        "no exact posterior: argument 2 of 'mu' is not one known number");
}
