#include <doctest/doctest.h>

#include "codegen/dual_plan.hpp"
#include "semantics/models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

HbmModel compiled(const std::string& text, const ConstantOverrides& overrides = {}) {
  auto result = analyse(text, overrides);
  if (!result.model) throw std::runtime_error(result.said);
  return *result.model;
}

ConstantValue integer(double value) { return {{}, {value}, true, "--set"}; }

/// GRE with `groups` groups of `observations`.
HbmModel gre(double groups, double observations = 50) {
  return compiled(model_text("gre.hbm"), {{"G", integer(groups)}, {"N", integer(observations)}});
}

/// The architecture of the paper's GRE experiments (appendix F.2): 2 ISABs of 8 inducing points, embedding 8, a
/// triangular affine block and a masked autoregressive flow of three layers, in the mean field.
ArchitectureOptions paper() {
  ArchitectureOptions options;
  options.family = Family::mean_field;
  options.embedding = 8;
  options.heads = 2;
  options.inducing = 8;
  options.blocks = 2;
  options.moments = false;
  options.message_steps = options.scoring_steps = 0;
  options.trunk = {};
  options.affine = AffineScale::triangular;
  options.flow = FlowKind::maf;
  options.flow_hidden = {32, 32, 32};
  return options;
}

const EstimatorPlan& estimator(const HbmModel& model, const DualPlan& plan, const std::string& name) {
  for (const auto& candidate : plan.estimators) {
    if (model.variables[static_cast<std::size_t>(candidate.variable)].name == name) return candidate;
  }
  throw std::runtime_error("no estimator of " + name);
}

using Transforms = std::vector<std::pair<InputTransform, std::int64_t>>;

/// What the encoder sees of the one observed variable of a model.
Transforms inputs_of(const std::string& lines, const std::string& observed, bool moments) {
  ArchitectureOptions options;
  options.moments = moments;
  const auto plan = derive(compiled(around(lines, observed)), options);
  Transforms result;
  for (const auto& input : plan.encoder.front().inputs) {
    result.emplace_back(input.transform, input.size);
  }
  return result;
}

}  // namespace

TEST_CASE("the number of weights does not depend on cardinalities") {
  for (const auto& options : {ArchitectureOptions(), paper()}) {
    const auto weights = derive(gre(3), options).weights;
    CHECK(derive(gre(30), options).weights == weights);
    CHECK(derive(gre(300), options).weights == weights);
    CHECK(derive(gre(3, 7), options).weights == weights);
  }
}

TEST_CASE("the paper's architecture for GRE, layer by layer") {
  const auto model = gre(3);
  const auto plan = derive(model, paper());
  // MAB: four maps 8 -> 8 and two layer norms; ISAB: two MABs and inducing points; pooling: row-wise map, seed, MAB.
  const std::int64_t mab = 4 * (8 * 8 + 8) + 4 * 8, isab = 2 * mab + 8 * 8, pooling = (8 * 8 + 8) + 8 + mab;
  const std::int64_t rest = 2 * isab + pooling + mab + (8 * 8 + 8);
  REQUIRE(plan.encoder.size() == 2);
  CHECK(plan.encoder[0].input == 2);
  CHECK(plan.encoder[0].weights == (2 * 8 + 8) + rest);
  CHECK(plan.encoder[1].input == 8);
  CHECK(plan.encoder[1].weights == (8 * 8 + 8) + rest);
  CHECK(plan.encoder[1].output == 8);
  // Affine block: shift, log diagonal, one entry below it; flow: context, three layers of 32, shift and scale.
  const std::int64_t affine = 8 * 5 + 5;
  const std::int64_t maf = 8 * 32 + (2 * 32 + 32) + 2 * (32 * 32 + 32) + (32 * 4 + 4);
  for (const auto& e : plan.estimators) {
    CHECK(e.size == 2);
    CHECK(e.context == 8);
    CHECK(e.upper.empty());
    CHECK(e.weights == affine + maf);
  }
  CHECK(plan.weights == plan.encoder[0].weights + plan.encoder[1].weights + 2 * (affine + maf));
  // Table 2 rounds to 12,000.
  CHECK(plan.weights > 9000);
  CHECK(plan.weights < 15000);
}

TEST_CASE("conditionals that are Gaussian or of one number are exact and have no weights") {
  const auto plan_of = [](const char* file, const char* latent) {
    const auto model = compiled(model_text(file));
    return estimator(model, derive(model, {}), latent);
  };
  const auto gaussian = plan_of("rats.hbm", "alpha"), counts = plan_of("epilepsy.hbm", "theta");
  CHECK(gaussian.exact);
  CHECK_FALSE(gaussian.is_tabulated());
  CHECK(gaussian.weights == 0);
  CHECK(counts.is_tabulated());
  CHECK(counts.weights == 0);
  CHECK(plan_of("compositions.hbm", "theta").dirichlet);
  CHECK(plan_of("compositions.hbm", "theta").weights == 0);
  CHECK_FALSE(plan_of("compositions.hbm", "phi").exact);
  CHECK_FALSE(plan_of("epilepsy.hbm", "tau").exact);  // no data of its own
  const auto model = compiled(model_text("epilepsy.hbm"));
  ArchitectureOptions learned;
  learned.exact = false;
  CHECK_FALSE(estimator(model, derive(model, learned), "theta").exact);
}

TEST_CASE("in the structured family a latent is conditioned on those above that matter, in the mean field on none") {
  const auto model = compiled(model_text("poisson.hbm"));
  ArchitectureOptions options;
  options.exact = false;
  options.attention = Attention::isab;
  const auto plan = derive(model, options);
  CHECK(names(model, estimator(model, plan, "tau").upper) == "");  // scales come first
  CHECK(names(model, estimator(model, plan, "alpha").upper) == "tau");
  CHECK(names(model, estimator(model, plan, "beta").upper) == "tau alpha");
  CHECK(names(model, estimator(model, plan, "gamma").upper) == "beta");
  options.family = Family::mean_field;
  const auto flat = derive(model, options);
  for (const auto& e : flat.estimators) CHECK(e.upper.empty());
  CHECK(flat.weights < plan.weights);
  std::vector<int> order;
  for (const auto& e : plan.estimators) order.push_back(e.variable);
  CHECK(order == model.sampling_order);
}

TEST_CASE("every level's features are the moments and the embedding of the level below") {
  const auto model = compiled(model_text("poisson.hbm"));
  ArchitectureOptions options;
  options.message_steps = 0;
  options.embedding = 16;
  const auto plan = derive(model, options);
  REQUIRE(plan.encoder.size() == 3);
  CHECK(plan.encoder[0].input == 2);  // the count and its log1p
  CHECK(plan.encoder[0].output == 16 + 2 * 2 + 1);
  CHECK(plan.encoder[1].input == 21);
  CHECK(plan.encoder[1].output == 16 + 2 * 21 + 1);
  CHECK(plan.encoder[2].output == 16 + 2 * 59 + 1);
  for (int depth = 0; depth <= 3; ++depth) {
    const std::int64_t expected[] = {135, 59, 21, 2};
    CHECK(encoding_size(model, plan, depth) == expected[depth]);
  }
  options.attention = Attention::none;
  CHECK(derive(model, options).encoder[0].output == 5);
  CHECK(derive(model, options).encoder[0].weights == 0);
}

TEST_CASE("messages begin where the deepest parents of the data live, and are pooled from there up") {
  const auto model = compiled(model_text("poisson.hbm"));
  const auto plan = derive(model, {});
  CHECK(names(model, plan.message.latents) == "gamma");
  CHECK(plan.message.depth == 2);
  CHECK(plan.message.size == 1);
  // Below them the data's moments are all: no attention.
  CHECK(plan.encoder[0].message == 0);
  CHECK(plan.encoder[0].attention == Attention::none);
  CHECK(plan.encoder[0].output == 2 * 2 + 1);
  CHECK(plan.encoder[1].input == 5 + 2);
  CHECK(plan.encoder[1].message == 1);
  // Nor where the top climbs.
  REQUIRE_FALSE(plan.marginal.empty());
  CHECK(plan.encoder[1].attention == Attention::none);
  CHECK(plan.encoder[1].output == 2 * 7 + 1 + 3);
  ArchitectureOptions options;
  options.scoring_steps = 0;
  const auto without_climbs = derive(model, options);
  CHECK(without_climbs.encoder[1].attention == Attention::isab);
  CHECK(without_climbs.encoder[1].output == 16 + 2 * 7 + 1 + 3);
  CHECK(estimator(model, plan, "gamma").scores == Scores::likelihood);
  CHECK(estimator(model, plan, "beta").scores == Scores::message);
  // tau would have no start of its own.
  CHECK(estimator(model, plan, "alpha").scores == Scores::marginal);
  CHECK(estimator(model, plan, "tau").scores == Scores::marginal);
  CHECK(names(model, plan.marginal) == "tau alpha");
  CHECK(estimator(model, plan, "alpha").context == encoding_size(model, plan, 0) + 1 + 2 + 4);
}

TEST_CASE("latents that share data are climbed together, mixtures and flat densities are not") {
  const std::string plates = "plate g[3] { real a ~ normal(0, 1); real<lower=0> s ~ exponential(1); plate o[4] { ";
  const auto together = compiled("model { " + plates + "observed real y ~ normal(a, s); } } }");
  const auto plan = derive(together, {});
  // The scale is drawn first.
  CHECK(names(together, estimator(together, plan, "s").along) == "a");
  CHECK(estimator(together, plan, "s").scoring_size == 2);
  CHECK(estimator(together, plan, "a").along.empty());
  const auto flat = compiled("model { " + plates + "observed real y ~ double_exponential(a, s); } } }");
  CHECK(derive(flat, {}).message.size == 0);
  CHECK(estimator(flat, derive(flat, {}), "s").scores == Scores::none);
  const auto mixed =
      compiled("model { " + plates + "observed real y ~ mixture([0.5, 0.5], normal(a, s), normal(-a, s)); } } }");
  CHECK(derive(mixed, {}).message.size == 0);
  for (const auto& e : derive(mixed, {}).estimators) CHECK(e.scores == Scores::none);
}

TEST_CASE("mixtures of exchangeable components are searched, and have messages and starts like other data") {
  const auto model = compiled(model_text("gm.hbm"));
  const auto plan = derive(model, {});
  CHECK(plan.message.mixture == static_cast<int>(&variable(model, "x") - model.variables.data()));
  CHECK(names(model, plan.message.latents) == "mu_g pi_g");
  CHECK(estimator(model, plan, "mu").scores == Scores::message);
  CHECK(estimator(model, plan, "mu_g").scores == Scores::expansion);
  CHECK(names(model, estimator(model, plan, "mu_g").along) == "pi_g");
  CHECK(estimator(model, plan, "pi_g").scores == Scores::expansion);
  const auto toy = compiled(model_text("mshbm_toy.hbm"));
  CHECK(names(toy, derive(toy, {}).marginal) == "epsilon sigma kappa eta pi");
  CHECK(estimator(toy, derive(toy, {}), "eta_s").scores == Scores::message);

  ArchitectureOptions options;
  options.message_steps = 0;
  const auto without = derive(model, options);
  CHECK(without.message.mixture == -1);
  for (const auto& e : without.estimators) CHECK(e.scores == Scores::none);

  // All at the top, without groups.
  const std::string latents = "vector[2] m ~ normal(0, 3); simplex[2] p ~ dirichlet([2, 2]); ";
  const auto plain = compiled("model { " + latents + "plate o[50] { observed real y ~ mixture(p, normal(m, 0.5)); } }");
  CHECK(names(plain, derive(plain, {}).marginal) == "m p");
  // Components that are told apart by the model, and mixtures beside other data.
  const auto told =
      compiled("model { " + latents + "plate o[50] { observed real y ~ mixture(p, normal(m, [0.5, 1])); } }");
  CHECK(derive(told, {}).message.size == 0);
  const auto beside = compiled("model { " + latents +
                               "plate o[50] { observed real y ~ mixture(p, normal(m, 0.5)); observed real z ~ "
                               "normal(0, 1); } }");
  CHECK(derive(beside, {}).message.mixture == -1);
}

TEST_CASE("a plate of one element contracts nothing, and covariates join at their depth") {
  const auto model = compiled(model_text("eight_schools.hbm"));
  const auto plan = derive(model, {});
  REQUIRE(plan.encoder.size() == 2);
  CHECK_FALSE(plan.encoder[0].contracts);
  CHECK(plan.encoder[0].weights == 0);
  CHECK(plan.encoder[0].output == 1);
  // sigma as it is and its log1p, as it is declared: its law says nothing of the user's values.
  REQUIRE(plan.encoder[1].inputs.size() == 2);
  CHECK(plan.encoder[1].inputs[0].transform == InputTransform::identity);
  CHECK(plan.encoder[1].inputs[1].transform == InputTransform::log1p);
  CHECK(plan.encoder[1].input == 3 + 2);  // and a message on theta
}

TEST_CASE("data enter by their kind") {
  using T = InputTransform;
  const std::string location = "real m ~ normal(0, 1);";
  CHECK(inputs_of(location, "observed vector[3] y ~ normal(m, 1);", true) == Transforms{{T::identity, 3}});
  CHECK(inputs_of(location, "observed int y ~ poisson_log(m);", true) == Transforms{{T::identity, 1}, {T::log1p, 1}});
  CHECK(inputs_of(location, "observed int y ~ poisson_log(m);", false) == Transforms{{T::identity, 1}});
  CHECK(inputs_of("vector[4] m ~ normal(0, 1);", "observed int y ~ categorical_logit(m);", true) ==
        Transforms{{T::one_hot, 4}});
  CHECK(inputs_of(location, "observed real<lower=0> y ~ lognormal(m, 1);", false) == Transforms{{T::inverse_link, 1}});
  CHECK(inputs_of(location, "observed real<lower=0> y ~ lognormal(m, 1);", true) ==
        Transforms{{T::inverse_link, 1}, {T::identity, 1}});
  CHECK(inputs_of("simplex[3] p ~ dirichlet([1, 1, 1]);", "observed simplex[3] y ~ dirichlet(10 * p);", true) ==
        Transforms{{T::inverse_link, 2}, {T::identity, 3}});
}

TEST_CASE("what is climbed is known to be a parabola from the text alone") {
  const auto quadratic = [](const std::string& prior, const std::string& likelihood) {
    const auto model = compiled("model { real m ~ normal(0, 1); real<lower=0> s ~ normal(0, 1); plate g[3] { " + prior +
                                " plate o[4] { covariate real x ~ normal(0, 1); " + likelihood + " } } }");
    const auto plan = derive(model, {});
    const auto& found = estimator(model, plan, "a");
    REQUIRE(found.scores == Scores::likelihood);
    CHECK(found.scoring_steps == (found.quadratic ? 1 : 2));
    return found.quadratic;
  };
  const std::string a = "real a ~ normal(m, s);", line = "observed real y ~ normal(m + a * (x - 1) / 2, s);";
  CHECK(quadratic(a, line));
  CHECK(quadratic(a, "observed real<lower=0> y ~ lognormal(-a, s);"));
  CHECK(quadratic(a + " real b = 2 * a - m;", "observed real y ~ normal(b, s);"));
  CHECK(quadratic("vector[2] a ~ normal(m, s);", "observed real y ~ normal(a[1] + dot_product(a, [x, m]), s);"));
  CHECK_FALSE(quadratic("real a ~ student_t(3, m, s);", line));
  CHECK_FALSE(quadratic("real<lower=0> a ~ normal(m, s);", line));
  CHECK_FALSE(quadratic(a, "observed real y ~ normal(square(a), s);"));
  CHECK_FALSE(quadratic(a, "observed real y ~ normal(a * a, s);"));
  CHECK_FALSE(quadratic(a, "observed real y ~ normal(m, exp(a));"));
  CHECK_FALSE(quadratic(a, "observed real y ~ normal(x / a, s);"));
  CHECK_FALSE(quadratic(a, "observed int y ~ poisson_log(a);"));
}

TEST_CASE("independent numbers are tabulated each by itself, where all densities work number by number") {
  const auto tabulated = [](const std::string& latent, const std::string& likelihood) {
    const auto model = compiled("model { real<lower=0> s ~ exponential(1); plate g[3] { " + latent + " plate o[4] { " +
                                "covariate vector[2] x ~ normal(0, 1); " + likelihood + " } } }");
    return estimator(model, derive(model, {}), "a").is_tabulated();
  };
  const std::string a = "vector<lower=0>[2] a ~ gamma(2, 1);";
  CHECK(tabulated(a, "observed vector[2] y ~ double_exponential(a, s);"));
  CHECK(tabulated(a, "observed vector[2] y ~ normal(exp(a) .* x - 1, s);"));
  CHECK(tabulated(a, "vector[2] b = log(a); observed vector[2] y ~ student_t(4, b, a);"));
  CHECK(tabulated("array[2] real a ~ normal(0, s);", "observed array[2] int y ~ poisson_log(a);"));
  CHECK(tabulated("real a ~ normal(0, s);", "observed vector[2] y ~ laplace(a * x, 1);"));  // one number
  CHECK_FALSE(tabulated(a, "observed real y ~ double_exponential(sum(a), s);"));
  CHECK_FALSE(tabulated(a, "observed real y ~ double_exponential(a[1], s);"));
  CHECK_FALSE(tabulated(a, "observed vector[2] y ~ double_exponential([a[2], a[1]], s);"));
  CHECK_FALSE(tabulated(a, "observed vector[2] y ~ double_exponential(softmax(a), s);"));
  CHECK_FALSE(tabulated(a, "observed vector[2] y ~ uniform(0, a);"));  // jumps
  CHECK_FALSE(tabulated("simplex[3] a ~ dirichlet([1, 1, 1]);", "observed vector[3] y ~ double_exponential(a, s);"));
  CHECK_FALSE(tabulated("vector[2] a ~ multi_normal([0, 0], [[1, 0.5], [0.5, 1]]);",
                        "observed vector[2] y ~ double_exponential(a, s);"));
}

TEST_CASE("where every conditional is exact there is nothing to learn") {
  const auto plan = derive(compiled(model_text("nc.hbm")), {});
  CHECK(is_exact(plan));
  CHECK(plan.weights == 0);
  CHECK_FALSE(is_exact(derive(compiled(model_text("eight_schools.hbm")), {})));
}

TEST_CASE("Gaussian latents at the top are eliminated to, those that are not climb") {
  const auto model = compiled(model_text("radon.hbm"));
  const auto plan = derive(model, {});
  CHECK(names(model, plan.marginal) == "tau_alpha tau_beta sigma");
  const auto& first = estimator(model, plan, "mu_alpha");
  CHECK(first.scores == Scores::elimination);
  CHECK(names(model, first.along) == "mu_beta gamma");
  CHECK(names(model, first.eliminated) == "alpha beta");
  CHECK(first.exact);
  const auto top = [](const std::string& theta) {
    const auto text = "model { real mu ~ normal(0, 1); real<lower=0> tau ~ normal(0, 1); plate g[5] { " + theta +
                      " plate o[2] { observed real y ~ normal(theta, 1); } } }";
    const auto compiled_model = compiled(text);
    return names(compiled_model, derive(compiled_model, {}).marginal);
  };
  CHECK(top("real theta ~ normal(mu, tau);") == "tau");
  CHECK(top("real theta ~ normal(exp(mu), tau);") == "tau mu");
  CHECK(top("real theta ~ student_t(4, mu, tau);") == "tau mu");
  CHECK(top("real theta ~ normal(mu, exp(mu) + tau);") == "tau mu");
}

TEST_CASE("a simplex is Dirichlet given categories and counts that it alone is the probabilities of") {
  const auto dirichlet = [](const std::string& latent, const std::string& likelihood) {
    const auto model = compiled("model { real<lower=0> s ~ exponential(1); plate g[3] { " + latent + " plate o[4] { " +
                                likelihood + " } } }");
    return estimator(model, derive(model, {}), "p").dirichlet;
  };
  const std::string p = "simplex[3] p ~ dirichlet(rep_vector(s, 3));",
                    counts = "observed array[3] int y ~ multinomial(";
  CHECK(dirichlet(p, counts + "p, 10);"));
  CHECK(dirichlet(p, "observed int y ~ categorical(p);"));
  CHECK_FALSE(dirichlet(p, "observed int y ~ categorical(softmax(s * p));"));
  CHECK_FALSE(dirichlet(p, "observed simplex[3] y ~ dirichlet(10 * p);"));
  CHECK_FALSE(dirichlet(p + " simplex[3] q ~ dirichlet(5 * p);", counts + "q, 10);"));
  CHECK_FALSE(dirichlet("simplex[3] p ~ transformed(softmax_centered, normal([0, 0], 1));", counts + "p, 10);"));
}
