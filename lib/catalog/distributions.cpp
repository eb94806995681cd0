#include "catalog/distributions.hpp"

namespace adavi {

namespace {

constexpr bool discrete = true, continuous = false;
constexpr bool truncatable = true, closed_cdf_missing = false;

Parameter integer(std::string_view name, Domain domain) { return {name, Kind::integer, domain, false}; }
Parameter real(std::string_view name, Domain domain = Domain::real) { return {name, Kind::real, domain, false}; }
Parameter scale(std::string_view name) { return {name, Kind::real, Domain::positive, true}; }
Parameter vector(std::string_view name, Domain domain = Domain::real) { return {name, Kind::vector, domain, false}; }
Parameter matrix(std::string_view name, Domain domain) { return {name, Kind::matrix, domain, false}; }

std::vector<DistributionRow> univariate_continuous() {
  return {
      {"normal",
       {real("mu"), scale("sigma")},
       Kind::real,
       Support::real,
       continuous,
       truncatable,
       "Gaussian with mean mu and standard deviation sigma"},
      {"lognormal",
       {real("mu"), scale("sigma")},
       Kind::real,
       Support::positive,
       continuous,
       truncatable,
       "exponential of a Gaussian with mean mu and standard deviation sigma"},
      {"student_t",
       {real("nu", Domain::positive), real("mu"), scale("sigma")},
       Kind::real,
       Support::real,
       continuous,
       truncatable,
       "Student's t with nu degrees of freedom, location mu and scale sigma"},
      {"cauchy",
       {real("mu"), scale("sigma")},
       Kind::real,
       Support::real,
       continuous,
       truncatable,
       "Cauchy with location mu and scale sigma"},
      {"double_exponential",
       {real("mu"), scale("sigma")},
       Kind::real,
       Support::real,
       continuous,
       truncatable,
       "Laplace with location mu and scale sigma; `laplace` is the same"},
      {"logistic",
       {real("mu"), scale("sigma")},
       Kind::real,
       Support::real,
       continuous,
       truncatable,
       "logistic with location mu and scale sigma"},
      {"gumbel",
       {real("mu"), scale("beta")},
       Kind::real,
       Support::real,
       continuous,
       truncatable,
       "Gumbel (largest value) with location mu and scale beta"},
      {"exponential",
       {real("beta", Domain::positive)},
       Kind::real,
       Support::nonnegative,
       continuous,
       truncatable,
       "exponential with rate beta, mean 1 / beta"},
      {"gamma",
       {real("alpha", Domain::positive), real("beta", Domain::positive)},
       Kind::real,
       Support::positive,
       continuous,
       closed_cdf_missing,
       "gamma with shape alpha and rate beta, mean alpha / beta"},
      {"inv_gamma",
       {real("alpha", Domain::positive), scale("beta")},
       Kind::real,
       Support::positive,
       continuous,
       closed_cdf_missing,
       "inverse gamma with shape alpha and scale beta"},
      {"chi_square",
       {real("nu", Domain::positive)},
       Kind::real,
       Support::positive,
       continuous,
       closed_cdf_missing,
       "chi-square with nu degrees of freedom"},
      {"weibull",
       {real("alpha", Domain::positive), scale("sigma")},
       Kind::real,
       Support::nonnegative,
       continuous,
       truncatable,
       "Weibull with shape alpha and scale sigma"},
      {"beta",
       {real("alpha", Domain::positive), real("beta", Domain::positive)},
       Kind::real,
       Support::unit_interval,
       continuous,
       closed_cdf_missing,
       "beta on (0, 1), mean alpha / (alpha + beta)"},
      {"uniform",
       {real("alpha"), real("beta")},
       Kind::real,
       Support::interval,
       continuous,
       truncatable,
       "uniform between alpha and beta"},
      {"von_mises",
       {real("mu"), real("kappa", Domain::positive)},
       Kind::real,
       Support::circle,
       continuous,
       closed_cdf_missing,
       "von Mises angle with mean direction mu and concentration kappa"},
      {"pareto",
       {real("y_min", Domain::positive), real("alpha", Domain::positive)},
       Kind::real,
       Support::lower_bounded,
       continuous,
       truncatable,
       "Pareto above y_min with shape alpha"},
  };
}

std::vector<DistributionRow> multivariate_continuous() {
  return {
      {"dirichlet",
       {vector("alpha", Domain::positive_vector)},
       Kind::simplex,
       Support::simplex,
       continuous,
       closed_cdf_missing,
       "Dirichlet with concentrations alpha"},
      {"multi_normal",
       {vector("mu"), matrix("Sigma", Domain::positive_definite)},
       Kind::vector,
       Support::real_vector,
       continuous,
       closed_cdf_missing,
       "Gaussian vector with mean mu and covariance Sigma"},
      {"multi_normal_cholesky",
       {vector("mu"), matrix("L", Domain::cholesky_factor)},
       Kind::vector,
       Support::real_vector,
       continuous,
       closed_cdf_missing,
       "Gaussian vector with mean mu and covariance L L'"},
      {"multi_normal_prec",
       {vector("mu"), matrix("Omega", Domain::positive_definite)},
       Kind::vector,
       Support::real_vector,
       continuous,
       closed_cdf_missing,
       "Gaussian vector with mean mu and precision Omega"},
      {"lkj_corr_cholesky",
       {real("eta", Domain::positive)},
       Kind::cholesky_factor_corr,
       Support::cholesky_factor_corr,
       continuous,
       closed_cdf_missing,
       "Cholesky factor of an LKJ correlation matrix with shape eta"},
  };
}

std::vector<DistributionRow> counts_and_categories() {
  const Parameter total = integer("N", Domain::nonnegative_integer);
  const Parameter alpha = real("alpha", Domain::positive), beta = real("beta", Domain::positive);
  const Parameter phi = real("phi", Domain::positive);
  return {
      {"bernoulli",
       {real("theta", Domain::unit_interval)},
       Kind::integer,
       Support::binary,
       discrete,
       closed_cdf_missing,
       "0 or 1, 1 with probability theta"},
      {"bernoulli_logit",
       {real("alpha")},
       Kind::integer,
       Support::binary,
       discrete,
       closed_cdf_missing,
       "0 or 1, 1 with probability inv_logit(alpha)"},
      {"binomial",
       {total, real("theta", Domain::unit_interval)},
       Kind::integer,
       Support::count_up_to,
       discrete,
       closed_cdf_missing,
       "successes in N trials of probability theta"},
      {"binomial_logit",
       {total, real("alpha")},
       Kind::integer,
       Support::count_up_to,
       discrete,
       closed_cdf_missing,
       "successes in N trials of probability inv_logit(alpha)"},
      {"poisson",
       {real("lambda", Domain::nonnegative)},  // 0: the structural zeros of a zero-inflated count
       Kind::integer,
       Support::count,
       discrete,
       closed_cdf_missing,
       "Poisson count with rate lambda"},
      {"poisson_log",
       {real("alpha")},
       Kind::integer,
       Support::count,
       discrete,
       closed_cdf_missing,
       "Poisson count with rate exp(alpha)"},
      {"neg_binomial_2",
       {real("mu", Domain::positive), phi},
       Kind::integer,
       Support::count,
       discrete,
       closed_cdf_missing,
       "negative binomial count with mean mu and precision phi: variance mu + mu^2 / phi"},
      {"neg_binomial_2_log",
       {real("eta"), phi},
       Kind::integer,
       Support::count,
       discrete,
       closed_cdf_missing,
       "negative binomial count with mean exp(eta) and precision phi"},
      {"categorical",
       {vector("theta", Domain::simplex)},
       Kind::integer,
       Support::category,
       discrete,
       closed_cdf_missing,
       "a category from 1 to K with probabilities theta"},
      {"categorical_logit",
       {vector("beta")},
       Kind::integer,
       Support::category,
       discrete,
       closed_cdf_missing,
       "a category from 1 to K with probabilities softmax(beta)"},
      {"ordered_logistic",
       {real("eta"), vector("c", Domain::ordered)},
       Kind::integer,
       Support::category,
       discrete,
       closed_cdf_missing,
       "a category from 1 to K of a logistic variable around eta, cut at c (K - 1 points)"},
      {"beta_binomial",
       {total, alpha, beta},
       Kind::integer,
       Support::count_up_to,
       discrete,
       closed_cdf_missing,
       "successes in N trials of a beta(alpha, beta) probability"},
      {"multinomial",
       {vector("theta", Domain::simplex), total},
       Kind::integer,
       Support::multinomial_counts,
       discrete,
       closed_cdf_missing,
       "array of counts of N draws from the probabilities theta"},
  };
}

}  // namespace

int event_rank(const DistributionRow& row) {
  return row.support == Support::multinomial_counts ? 1 : element_rank(row.variate);
}

std::string signature(const DistributionRow& row) {
  std::string text = std::string(row.name) + "(";
  for (std::size_t i = 0; i < row.parameters.size(); ++i) {
    if (i > 0) text += ", ";
    text.append(to_string(row.parameters[i].kind)).append(" ").append(row.parameters[i].name);
  }
  return text + ")";
}

const std::vector<DistributionRow>& distribution_catalogue() {
  static const std::vector<DistributionRow> rows = [] {
    std::vector<DistributionRow> all = univariate_continuous();
    for (DistributionRow& row : multivariate_continuous()) all.push_back(std::move(row));
    for (DistributionRow& row : counts_and_categories()) all.push_back(std::move(row));
    return all;
  }();
  return rows;
}

const DistributionRow* find_distribution(std::string_view name) {
  if (name == "laplace") name = "double_exponential";
  for (const DistributionRow& row : distribution_catalogue()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace adavi
