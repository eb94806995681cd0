#include "models.hpp"

#include <doctest/doctest.h>

using namespace adavi;
using namespace adavi::testing;

TEST_CASE("GRE has the descriptors of C.2") {
  const Analysed gre = analyse(model_text("gre.hbm"));
  REQUIRE(gre.said == "");
  REQUIRE(gre.model);
  const HbmModel& model = *gre.model;
  REQUIRE(model.variables.size() == 3);
  REQUIRE(model.plates.size() == 2);
  CHECK(model.plates[0].name == "group");
  CHECK(model.plates[0].upper == 3);
  CHECK(model.plates[1].name == "obs");
  CHECK(model.plates[1].upper == 50);
  const char* expected_names[] = {"mu", "mu_g", "x"};
  for (int i = 0; i < 3; ++i) {
    const Variable& v = model.variables[static_cast<std::size_t>(i)];
    CHECK(v.name == expected_names[i]);
    CHECK(v.hierarchy == 2 - i);
    CHECK(v.depth == i);
    CHECK(v.type.shape == Shape{2});
    CHECK(v.unconstrained_shape == Shape{2});
    CHECK(v.link.kind == LinkKind::identity);
  }
  CHECK(names(model, model.sampling_order) == "mu mu_g");
  CHECK(names(model, variable(model, "mu_g").parents) == "mu");
  CHECK(names(model, variable(model, "x").parents) == "mu_g");
}

TEST_CASE("every model of models/ is sound") {
  for (const char* name : {"gre.hbm", "nc.hbm", "eight_schools.hbm", "poisson.hbm", "logistic.hbm"}) {
    CAPTURE(name);
    const Analysed analysed = analyse(model_text(name));
    CHECK(analysed.said == "");
    CHECK(analysed.model.has_value());
  }
}

TEST_CASE("expressions keep their arguments in front and nothing that no variable needs") {
  const HbmModel model = *analyse(model_text("gre.hbm")).model;
  for (std::size_t i = 0; i < model.expressions.size(); ++i) {
    for (const ExprId argument : model.expressions[i].arguments) CHECK(argument < static_cast<ExprId>(i));
  }
  CHECK(model.expressions.size() == 6);  // 0 sigma_mu, mu sigma_g, mu_g sigma_x
  const DistributionArgument& mean = variable(model, "x").distribution->arguments[0];
  CHECK(model.expression(mean.expression).op == ExprOp::variable);
  CHECK(model.variables[static_cast<std::size_t>(model.expression(mean.expression).index)].name == "mu_g");
  CHECK(model.expression(mean.expression).depth == 1);
}

TEST_CASE("half-Cauchy and half-normal are truncated, with the exponential link") {
  const HbmModel schools = *analyse(model_text("eight_schools.hbm")).model;
  const Variable& tau = variable(schools, "tau");
  CHECK(tau.link.kind == LinkKind::exp);
  REQUIRE(tau.distribution->lower != no_expr);
  CHECK(schools.expression(tau.distribution->lower).values == std::vector<double>{0});
  CHECK(tau.distribution->upper == no_expr);
  CHECK(tau.unconstrained_shape == Shape{});
  CHECK(unconstrained_size(tau) == 1);
  const Variable& sigma = variable(schools, "sigma");
  CHECK(sigma.role == ast::Role::covariate);
  CHECK(sigma.link.kind == LinkKind::bounded);
  CHECK(sigma.distribution->lower == no_expr);  // 0 is below the support of uniform(8, 20)
}

TEST_CASE("overrides replace defaults before sizes follow from them") {
  const ConstantOverrides overrides = {{"D", {{}, {3}, true, "--set D"}},
                                       {"sigma_x", {{}, {0.1}, false, "--set sigma_x"}}};
  const Analysed analysed = analyse(model_text("gre.hbm"), overrides);
  CHECK(analysed.said == "");
  CHECK(variable(*analysed.model, "x").type.shape == Shape{3});
}

TEST_CASE("a plate may have a range of cardinalities") {
  const Analysed analysed =
      analyse("model { real mu ~ normal(0, 1); plate obs[3:300] { observed real y ~ normal(mu, 1); } }");
  CHECK(analysed.said == "");
  CHECK(analysed.model->plates[0].lower == 3);
  CHECK(analysed.model->plates[0].upper == 300);
}
