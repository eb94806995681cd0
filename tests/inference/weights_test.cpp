#include "families.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const char* const categories_model = R"(model {
  vector[3] logits ~ normal(0, 1);
  plate group[4] {
    covariate real t ~ normal(0, 1);
    real b ~ normal(0, 1);
    plate obs[5] {
      observed int k ~ categorical_logit(logits + b * t);
      observed real<lower=0> d ~ lognormal(b, 1);
    }
  }
})";

/// Builds the network: `DualFamily` throws if it takes more or fewer weights than the plan says.
void check_weights(const HbmModel& model, const ArchitectureOptions& options) {
  const Generative g(model);
  const auto plan = derive(g.hbm, options);
  const DualFamily family(g.model, plan, 0);
  CHECK(family.parameters().used() == plan.weights);
  CHECK(family.parameters().flat().numel() == plan.weights);
  std::int64_t named = 0;
  for (const auto& [name, weight] : family.parameters().weights()) named += weight.numel();
  CHECK(named == plan.weights);
}

}  // namespace

TEST_CASE("networks have the weights that their plans count, for every combination of options") {
  for (const auto& model : {model_file("gre.hbm"), compiled(categories_model)}) {
    for (const auto family : {Family::structured, Family::mean_field}) {
      for (const auto attention : {Attention::none, Attention::sab, Attention::isab}) {
        for (const auto affine : {AffineScale::none, AffineScale::diagonal, AffineScale::triangular}) {
          for (const auto flow : {FlowKind::none, FlowKind::maf, FlowKind::iaf, FlowKind::spline, FlowKind::coupling}) {
            for (const auto& trunk : std::vector<std::vector<std::int64_t>>{{}, {6}, {7, 5}}) {
              auto options = small();
              options.family = family;
              options.attention = attention;
              options.affine = affine;
              options.flow = flow;
              options.trunk = trunk;
              check_weights(model, options);
            }
          }
        }
      }
    }
  }
}

TEST_CASE("networks have the weights that their plans count, for every model and size") {
  for (const char* name : {"gre.hbm", "nc.hbm", "eight_schools.hbm", "poisson.hbm", "logistic.hbm"}) {
    CAPTURE(name);
    const auto model = model_file(name);
    check_weights(model, {});
    ArchitectureOptions options;
    options.moments = false;
    options.embedding = 6;
    options.heads = 3;
    options.inducing = 5;
    options.blocks = 3;
    options.flow_hidden = {16, 9, 12};
    options.spline_bins = 5;
    check_weights(model, options);
    options.attention = Attention::sab;
    options.moments = true;
    options.scoring_steps = 0;
    check_weights(model, options);
  }
}
