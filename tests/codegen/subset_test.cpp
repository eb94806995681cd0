// Inference over a subset of the latents (B.4): what is derived for it.
#include "codegen/subset.hpp"

#include <doctest/doctest.h>

#include "codegen/dual_plan.hpp"
#include "semantics/models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

using Names = std::vector<std::string>;

HbmModel compiled(const std::string& text) {
  auto result = analyse(text);
  if (!result.model) throw std::runtime_error(result.said);
  return *result.model;
}

DualPlan plan_of(const HbmModel& model, const Names& latents, ArchitectureOptions options = {}) {
  options.latents = latents;
  return derive(model, options);
}

Names names_of(const HbmModel& model, const std::vector<int>& indices) {
  Names names;
  for (const int index : indices) names.push_back(model.variables[static_cast<std::size_t>(index)].name);
  return names;
}

Names estimated(const HbmModel& model, const DualPlan& plan) {
  Names names;
  for (const auto& estimator : plan.estimators)
    names.push_back(model.variables[static_cast<std::size_t>(estimator.variable)].name);
  return names;
}

/// Three levels: b depends on a, c on b, and y on c and the scale s.
const char* const tower = R"(model {
  real a ~ normal(0, 1);
  real<lower=0> s ~ exponential(1);
  plate outer[3] {
    real b ~ normal(a, 1);
    plate inner[3] {
      real c ~ normal(b, 1);
      plate obs[3] {
        observed real y ~ normal(c, s);
      }
    }
  }
})";

}  // namespace

TEST_CASE("the family has the latents asked for, in sampling order, and no more weights than all of them") {
  const auto model = compiled(tower);
  const auto all = plan_of(model, {}), some = plan_of(model, {"c", "a"});
  CHECK(estimated(model, some) == Names{"a", "c"});
  CHECK(names_of(model, some.left_out) == Names{"s", "b"});
  CHECK(some.weights < all.weights);
  CHECK(all.left_out.empty());
}

TEST_CASE("naming all latents is naming none") {
  const auto model = compiled(tower);
  const auto all = plan_of(model, {}), named = plan_of(model, {"c", "b", "a", "s"});
  CHECK(named.left_out.empty());
  CHECK(named.weights == all.weights);
  CHECK(named.marginal == all.marginal);
  for (std::size_t i = 0; i < all.estimators.size(); ++i) {
    CHECK(named.estimators[i].upper == all.estimators[i].upper);
    CHECK(named.estimators[i].around.empty());
    CHECK(named.estimators[i].scores == all.estimators[i].scores);
  }
}

TEST_CASE("a latent is conditioned on those that matter once the ones left out are integrated out") {
  const auto model = compiled(tower);
  const auto kept = [&](const Names& latents) { return kept_latents(model, latents); };
  // Past b, c depends on a, which all data speak of; s joins every y.
  auto found = kept({"a", "c"});
  CHECK(names_of(model, found[1].upper) == Names{"a"});
  CHECK(found[1].around == std::vector<int>{0, 1});  // of s and of b
  CHECK_FALSE(found[1].parents_known);
  found = kept({"a", "s", "c"});
  CHECK(names_of(model, found[2].upper) == Names{"s", "a"});
  CHECK(found[2].around == std::vector<int>{1});
  found = kept({"b", "c", "s"});
  CHECK(names_of(model, found[1].upper) == Names{"s"});
  CHECK(found[1].around == std::vector<int>{0});  // a joins the b
  CHECK(names_of(model, found[2].upper) == Names{"s", "b"});
  CHECK(found[2].around.empty());
  CHECK(found[2].parents_known);
}

TEST_CASE("contexts have the encodings around, which hold what is known of the latents left out") {
  const auto model = compiled(tower);
  const auto plan = plan_of(model, {"c"});
  const auto& c = plan.estimators.front();
  CHECK(c.upper.empty());
  const auto encodings = encoding_size(model, plan, 2) + encoding_size(model, plan, 0) + encoding_size(model, plan, 1);
  CHECK(c.scores == Scores::own_data);  // its prior given b is not known
  CHECK(c.message_from == 1);           // messages are on s, then c
  CHECK(c.context == encodings + 2);
  ArchitectureOptions without;
  without.scoring_steps = 0;
  CHECK(plan_of(model, {"c"}, without).estimators.front().context == encodings);
  // The paper's mean field sees its own encoding alone.
  ArchitectureOptions mean_field;
  mean_field.family = Family::mean_field;
  const auto field = plan_of(model, {"c"}, mean_field);
  CHECK(field.estimators.front().context == encoding_size(model, field, 2));
}

TEST_CASE("starts need no latent that is left out") {
  const auto schools = compiled(model_text("eight_schools.hbm"));
  CHECK(plan_of(schools, {}).marginal.size() == 1);
  CHECK(plan_of(schools, {"mu", "tau"}).marginal.empty());  // the log joint of all would be needed
  // Given its parents a latent with data of its own climbs as ever.
  const auto theta = plan_of(compiled(tower), {"c", "b", "s"}).estimators[2];
  CHECK(theta.scores == Scores::likelihood);
  CHECK(theta.exact);
}

TEST_CASE("a Gaussian conditional is exact with others of its plates integrated out") {
  const auto model = compiled(R"(model {
    real a ~ normal(0, 1);
    real b ~ normal(0, 1);
    plate obs[5] {
      covariate real t ~ normal(0, 1);
      observed real y ~ normal(a + b * t, 1);
    }
  })");
  const auto b = plan_of(model, {"b"}).estimators.front();
  CHECK(b.exact);
  CHECK(b.quadratic);
  CHECK(names_of(model, b.along) == Names{"a"});
}

TEST_CASE("one flow over a subset has the size of its instances") {
  ArchitectureOptions total;
  total.family = Family::total;
  const auto model = compiled(tower);
  const auto plan = plan_of(model, {"a", "b"}, total);
  CHECK(estimated(model, plan) == Names{"a", "b"});
  CHECK(plan.total->size == 1 + 3);
  CHECK(plan.total->context == encoding_size(model, plan, 0) + 3 * encoding_size(model, plan, 1));
}

TEST_CASE("names that are no subset") {
  const auto model = compiled(model_text("eight_schools.hbm"));
  const auto wrong = [&](const Names& names) { return unsuited_latents(model, names); };
  CHECK(wrong({}).empty());
  CHECK(wrong({"mu", "tau"}).empty());
  CHECK(wrong({"mu", ""}) == "expected names of latents separated by commas, found an empty one");
  CHECK(wrong({"mu", "thta"}) == "the model has no latent 'thta'; did you mean 'theta'?");
  CHECK(wrong({"school"}) == "the model has no latent 'school'; it has 'mu', 'tau', 'theta'");
  CHECK(wrong({"mu", "y"}) == "'y' is an observed variable, expected the name of a latent");
  CHECK(wrong({"sigma"}) == "'sigma' is a covariate, expected the name of a latent");
  CHECK(wrong({"mu", "tau", "mu"}) == "'mu' is named twice");
  const auto bounded = compiled(R"(model {
    real a ~ normal(0, 1);
    real twice = 2 * a;
    real<lower=twice> b ~ normal(0, 1);
    plate obs[3] {
      observed real y ~ normal(b, 1);
    }
  })");
  CHECK(unsuited_latents(bounded, {"b"}) == "'b' is bounded by 'a', which has to be named too");
  CHECK(unsuited_latents(bounded, {"twice"}) == "'twice' is a derived quantity, expected the name of a latent");
  CHECK(unsuited_latents(bounded, {"a"}).empty());
}

TEST_CASE("draws have derived quantities that read no latent left out") {
  const auto model = compiled(R"(model {
    real a ~ normal(0, 1);
    real b ~ normal(0, 1);
    real twice = 2 * a;
    real both = twice + b;
    plate obs[3] {
      observed real y ~ normal(both, 1);
    }
  })");
  const auto drawn = [&](const Names& names) {
    return names_of(model, drawn_variables(model, left_out_latents(model, names)));
  };
  CHECK(drawn({}) == Names{"a", "b", "twice", "both"});
  CHECK(drawn({"a"}) == Names{"a", "twice"});
  CHECK(drawn({"b"}) == Names{"b"});
}
