#include "reference/reference_model.hpp"

#include <algorithm>
#include <numeric>

#include "diagnostics/failure.hpp"
#include "reference/counts.hpp"
#include "reference/eight_schools.hpp"
#include "reference/laplace_location.hpp"
#include "reference/random_effects.hpp"

namespace adavi::reference {
namespace {

const Variable& variable(const HbmModel& model, const std::string& name) {
  const auto named = [&](const Variable& v) { return v.name == name; };
  return *std::find_if(model.variables.begin(), model.variables.end(), named);
}

[[noreturn]] void refuse(const std::string& reason) {
  throw Failure(ExitStatus::mismatch, "no exact posterior: " + reason);
}

/// A distribution's argument, which must be one known number.
double argument(const HbmModel& model, const std::string& name, std::size_t position) {
  const Expr& expression = model.expression(variable(model, name).distribution->arguments.at(position).expression);
  if (expression.op == ExprOp::literal && expression.values.size() == 1) return expression.values.front();
  if (expression.op == ExprOp::constant) {
    const auto& values = model.constants[static_cast<std::size_t>(expression.index)].values;
    if (values.size() == 1) return values.front();
  }
  refuse("argument " + std::to_string(position + 1) + " of '" + name + "' is not one known number");
}

/// The spread of a prior that must be centred at zero.
double spread(const HbmModel& model, const std::string& name) {
  if (argument(model, name, 0) != 0) refuse("the prior of '" + name + "' is not centred at 0");
  return argument(model, name, 1);
}

/// The spread of tau's half-normal or half-Cauchy prior.
double half_spread(const HbmModel& model) {
  if (variable(model, "tau").distribution->lower == no_expr) refuse("'tau' has no lower bound");
  return spread(model, "tau");
}

/// An array of one data set, as the axes behind the first.
struct Block {
  const NdArray<double>& array;
  std::size_t size(std::size_t axis) const { return static_cast<std::size_t>(array.shape.at(axis + 1)); }
  double at(std::size_t i, std::size_t j = 0, std::size_t k = 0) const {
    std::size_t place = i;
    if (array.shape.size() > 2) place = place * size(1) + j;
    if (array.shape.size() > 3) place = place * size(2) + k;
    return array.values.at(place);
  }
};

ReferencePosterior random_effects(const HbmModel& model, const DoubleArrays& data) {
  const Block x{data.at("x")};  // [group, obs, D]
  const RandomEffects scales{spread(model, "mu"), argument(model, "mu_g", 1), argument(model, "x", 1)};
  const std::size_t groups = x.size(0), n = x.size(1), dimensions = x.size(2);
  ReferencePosterior result;
  result.latents["mu_g"].resize(groups * dimensions);
  for (std::size_t d = 0; d < dimensions; ++d) {
    std::vector<std::vector<double>> values(groups);
    for (std::size_t g = 0; g < groups; ++g)
      for (std::size_t i = 0; i < n; ++i) values[g].push_back(x.at(g, i, d));
    const RandomEffectsPosterior posterior = random_effects_posterior(scales, values);
    result.log_evidence += posterior.log_evidence;
    result.latents["mu"].push_back(posterior.mu);
    for (std::size_t g = 0; g < groups; ++g) result.latents["mu_g"][g * dimensions + d] = posterior.mu_g[g];
  }
  return result;
}

ReferencePosterior laplace_location(const HbmModel& model, const DoubleArrays& data) {
  const Block b{data.at("b")};  // [obs, D]
  const LaplaceLocation parameters{argument(model, "a", 0), argument(model, "a", 1), argument(model, "b", 1)};
  ReferencePosterior result;
  for (std::size_t d = 0; d < b.size(1); ++d) {
    std::vector<double> values;
    for (std::size_t i = 0; i < b.size(0); ++i) values.push_back(b.at(i, d));
    const LaplaceLocationPosterior posterior = laplace_location_posterior(parameters, values);
    result.log_evidence += posterior.log_evidence;
    result.latents["a"].push_back(posterior.a);
  }
  return result;
}

ReferencePosterior eight_schools(const HbmModel& model, const DoubleArrays& data) {
  const Block y{data.at("y")};  // [school, result]
  if (y.size(1) != 1) refuse("more than one result a school");
  const EightSchools parameters{argument(model, "mu", 0), argument(model, "mu", 1), half_spread(model)};
  const EightSchoolsPosterior posterior =
      eight_schools_posterior(parameters, data.at("y").values, data.at("sigma").values);
  return {posterior.log_evidence, {{"mu", {posterior.mu}}, {"tau", {posterior.tau}}, {"theta", posterior.theta}}};
}

PooledPrior pooled_prior(const HbmModel& model, const std::string& location) {
  return {argument(model, location, 0), argument(model, location, 1), half_spread(model)};
}

ReferencePosterior logistic(const HbmModel& model, const DoubleArrays& data) {
  const Block y{data.at("y")};  // [group, trial]
  std::vector<PooledGroup> groups;
  for (std::size_t g = 0; g < y.size(0); ++g) {
    double successes = 0;
    for (std::size_t i = 0; i < y.size(1); ++i) successes += y.at(g, i);
    groups.push_back(logistic_group(successes, static_cast<double>(y.size(1))));
  }
  const PooledPosterior posterior = pooled_posterior(pooled_prior(model, "mu"), groups);
  return {posterior.log_evidence,
          {{"mu", {posterior.location}}, {"tau", {posterior.scale}}, {"theta", posterior.theta}}};
}

ReferencePosterior poisson(const HbmModel& model, const DoubleArrays& data) {
  const Block y{data.at("y")};  // [region, site, visit]
  const double site_sd = argument(model, "gamma", 1);
  std::vector<PooledGroup> regions;
  for (std::size_t r = 0; r < y.size(0); ++r) {
    std::vector<PoissonSite> sites(y.size(1));
    for (std::size_t s = 0; s < sites.size(); ++s) {
      sites[s].sd = site_sd;
      for (std::size_t i = 0; i < y.size(2); ++i) sites[s].counts.push_back(y.at(r, s, i));
    }
    regions.push_back(poisson_region(sites));
  }
  const PooledPosterior posterior = pooled_posterior(pooled_prior(model, "alpha"), regions);
  ReferencePosterior result{posterior.log_evidence,
                            {{"alpha", {posterior.location}}, {"tau", {posterior.scale}}, {"beta", posterior.theta}}};
  for (const std::vector<double>& sites : posterior.functions)
    for (std::size_t s = 0; s < sites.size(); s += 2)
      result.latents["gamma"].push_back(moments_of(sites[s], sites[s + 1]));
  return result;
}

/// "mu ~ normal; x ~ normal(mu)": the random variables with their distributions and parents.
std::string structure(const HbmModel& model) {
  std::string text;
  for (const Variable& v : model.variables) {
    if (!v.distribution || v.role == ast::Role::covariate) continue;
    std::string parents;
    for (const int parent : v.parents)
      parents += (parents.empty() ? "" : ", ") + model.variables[static_cast<std::size_t>(parent)].name;
    text += (text.empty() ? "" : "; ") + v.name + " ~ " + v.distribution->name;
    if (!parents.empty()) text += "(" + parents + ")";
  }
  return text;
}

using Computation = ReferencePosterior (*)(const HbmModel&, const DoubleArrays&);
const std::map<std::string, Computation> computations = {
    {"mu ~ normal; mu_g ~ normal(mu); x ~ normal(mu_g)", random_effects},
    {"a ~ gamma; b ~ double_exponential(a)", laplace_location},
    {"mu ~ normal; tau ~ cauchy; theta ~ normal(mu, tau); y ~ normal(theta, sigma)", eight_schools},
    {"mu ~ normal; tau ~ normal; theta ~ normal(mu, tau); y ~ bernoulli_logit(theta)", logistic},
    {"alpha ~ normal; tau ~ normal; beta ~ normal(alpha, tau); gamma ~ normal(beta); y ~ poisson_log(gamma)", poisson},
};

}  // namespace

ReferenceMethod reference_method(const HbmModel& model) {
  const auto found = computations.find(structure(model));
  if (found == computations.end())
    throw Failure(ExitStatus::mismatch, "no exact posterior is known for this model: " + structure(model));
  return [model, compute = found->second](const DoubleArrays& data) { return compute(model, data); };
}

}  // namespace adavi::reference
