#include "catalog/foreign_names.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace adavi {

namespace {

constexpr std::string_view half =
    "use 'normal(0, scale)' or 'cauchy(0, scale)' and declare the variable 'real<lower=0>'";
constexpr std::string_view no_sizes = "sizes are constants: use the one in the declaration";
constexpr std::string_view covariance =
    "build a covariance from scales and a correlation: 'L ~ lkj_corr_cholesky(2)' on 'cholesky_factor_corr[n]', then "
    "'multi_normal_cholesky(mu, diag_pre_multiply(scales, L))'";
constexpr std::string_view proper = "a prior must be proper: 'normal(0, scale)' with a wide scale";
constexpr std::string_view linear = "write the linear predictor out: 'normal(alpha + X * beta, sigma)'";
constexpr std::string_view self_product = "L * L' of a lower triangular L is 'multiply_lower_tri_self_transpose(L)'";
constexpr std::string_view no_branch = "expressions do not choose; 'mixture' draws from one of several distributions";
constexpr std::string_view expression = "write 'real z = ...;', a derived quantity";
constexpr std::string_view product = "write 'A * x'";

constexpr std::array<std::string_view, 9> density_suffixes = {"_lpdf", "_lpmf",  "_lupdf", "_lupmf", "_lcdf",
                                                              "_cdf",  "_lccdf", "_rng",   "_log"};

std::string plain(std::string_view name) {
  std::string result;
  for (const char c : name) {
    if (c != '_') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return result;
}

std::string of_suffix(std::string_view name) {
  for (const std::string_view suffix : density_suffixes) {
    if (name.size() <= suffix.size() || name.substr(name.size() - suffix.size()) != suffix) continue;
    const std::string distribution(name.substr(0, name.size() - suffix.size()));
    return "densities are not called: draw from the distribution, 'real z ~ " + distribution + "(...);'";
  }
  return "";
}

}  // namespace

const std::vector<ForeignName>& foreign_names() {
  static const std::vector<ForeignName> names = {
      // BUGS and JAGS; their scales are precisions.
      {"dnorm", "use 'normal(mu, sigma)'; its sigma is a standard deviation, 1 / sqrt(tau) of BUGS"},
      {"dlnorm", "use 'lognormal(mu, sigma)'; its sigma is a standard deviation, 1 / sqrt(tau) of BUGS"},
      {"dt", "use 'student_t(nu, mu, sigma)'; its sigma is 1 / sqrt(tau) of BUGS"},
      {"ddexp", "use 'double_exponential(mu, sigma)'; its sigma is 1 / tau of BUGS"},
      {"dlogis", "use 'logistic(mu, sigma)'; its sigma is 1 / tau of BUGS"},
      {"dgamma", "use 'gamma(shape, rate)'"},
      {"dexp", "use 'exponential(rate)'"},
      {"dunif", "use 'uniform(lower, upper)'"},
      {"dbeta", "use 'beta(alpha, beta)'"},
      {"dweib", "use 'weibull(alpha, sigma)'; its sigma is lambda^(-1 / alpha) of BUGS"},
      {"dpar", "use 'pareto(y_min, alpha)'"},
      {"dchisq", "use 'chi_square(nu)'"},
      {"dchisqr", "use 'chi_square(nu)'"},
      {"dbern", "use 'bernoulli(theta)'"},
      {"dbin", "use 'binomial(N, theta)': the number of trials comes first"},
      {"dpois", "use 'poisson(lambda)'"},
      {"dnegbin", "use 'neg_binomial_2(mu, phi)'; with p and r of BUGS its mu is r * (1 - p) / p, its phi is r"},
      {"dcat", "use 'categorical(theta)'"},
      {"dmulti", "use 'multinomial(theta, N)'"},
      {"ddirch", "use 'dirichlet(alpha)'"},
      {"ddirich", "use 'dirichlet(alpha)'"},
      {"dmnorm", "use 'multi_normal_prec(mu, Omega)'"},
      {"dwish", covariance},
      {"dflat", proper},
      {"inprod", "use 'dot_product(x, y)'"},
      {"ilogit", "use 'inv_logit'"},
      {"ifelse", no_branch},
      {"step", no_branch},
      // Distributions of Stan.
      {"stdnormal", "use 'normal(0, 1)'"},
      {"negbinomial", "use 'neg_binomial_2(mu, phi)'; with alpha and beta its mu is alpha / beta, its phi is alpha"},
      {"lkjcorr", "use 'lkj_corr_cholesky(eta)' and declare the variable 'cholesky_factor_corr[n]'"},
      {"wishart", covariance},
      {"invwishart", covariance},
      {"wishartcholesky", covariance},
      {"invwishartcholesky", covariance},
      {"invchisquare", "use 'inv_gamma(nu / 2, 0.5)'"},
      {"scaledinvchisquare", "use 'inv_gamma(nu / 2, nu * sigma^2 / 2)'"},
      {"rayleigh", "use 'weibull(2, sqrt(2) * sigma)'"},
      {"logmix", "use 'mixture(weights, d1, d2)'"},
      {"normalidglm", linear},
      {"bernoullilogitglm", linear},
      {"poissonlogglm", linear},
      {"negbinomial2logglm", linear},
      {"categoricallogitglm", linear},
      {"orderedlogisticglm", linear},
      // Distributions of PyMC and NumPyro.
      {"gaussian", "use 'normal(mu, sigma)'"},
      {"halfnormal", half},
      {"halfcauchy", half},
      {"halfstudentt", "use 'student_t(nu, 0, scale)' and declare the variable 'real<lower=0>'"},
      {"halfflat", proper},
      {"flat", proper},
      {"improperuniform", proper},
      {"truncatednormal", "declare the bounds, 'real<lower=0> x', and draw from 'normal(mu, sigma)'"},
      {"truncated", "declare the bounds, 'real<lower=0> x', and draw from the distribution itself"},
      {"inversegamma", "use 'inv_gamma(alpha, beta)'"},
      {"mvnormal", "use 'multi_normal(mu, Sigma)'"},
      {"multivariatenormal", "use 'multi_normal(mu, Sigma)'"},
      {"lkj", "use 'lkj_corr_cholesky(eta)' and declare the variable 'cholesky_factor_corr[n]'"},
      {"lkjcholesky", "use 'lkj_corr_cholesky(eta)'"},
      {"lkjcholeskycov", covariance},
      {"negativebinomial", "use 'neg_binomial_2(mu, phi)'"},
      {"negativebinomial2", "use 'neg_binomial_2(mu, phi)'"},
      {"geometric", "use 'neg_binomial_2(mu, 1)', whose mean mu is (1 - p) / p"},
      {"normalmixture", "use 'mixture(weights, normal(mu, sigma))', with one entry of mu a component"},
      {"mixturesamefamily", "use 'mixture(weights, d)', with one entry of d's arguments a component"},
      {"deterministic", expression},
      {"data", expression},
      // Functions.
      {"sigmoid", "use 'inv_logit'"},
      {"expit", "use 'inv_logit'"},
      {"ln", "use 'log'"},
      {"power", "write 'x ^ y'"},
      {"dot", "use 'dot_product(x, y)'"},
      {"norm2", "use 'sqrt(dot_self(x))'"},
      {"variance", "use 'mean(square(x)) - square(mean(x))'"},
      {"log1m", "use 'log1p(-x)'"},
      {"log1pexp", "use 'softplus(x)'"},
      {"loginvlogit", "use '-softplus(-x)'"},
      {"invcloglog", "use '1 - exp(-exp(x))'"},
      {"invphi", "its inverse alone is here: 'Phi'"},
      {"normcdf", "use 'Phi(x)'"},
      {"pnorm", "use 'Phi(x)'"},
      {"fmax", "use 'max([x, y])'"},
      {"fmin", "use 'min([x, y])'"},
      {"intstep", no_branch},
      {"where", no_branch},
      {"pi", "write the number: 3.141592653589793"},
      {"e", "write the number: 2.718281828459045"},
      {"tcrossprod", self_product},
      {"choleskydecompose", "supply the factor in the 'data' block, or draw it: 'lkj_corr_cholesky'"},
      {"size", no_sizes},
      {"rows", no_sizes},
      {"cols", no_sizes},
      {"numelements", no_sizes},
      {"length", no_sizes},
      {"repmatrix", "use 'rep_array(x, m, n)'"},
      {"reprowvector", "use 'rep_vector(x, n)'"},
      {"torowvector", "use 'to_vector(x)'"},
      {"quadformdiag", "use 'diag_matrix(s) * A * diag_matrix(s)'"},
      {"matmul", product},
      {"multiply", product},
      {"add", "write 'x + y'"},
      {"subtract", "write 'x - y'"},
      {"divide", "write 'x / y'"},
      {"negate", "write '-x'"},
      {"eltmultiply", "write 'x .* y'"},
      {"eltdivide", "write 'x ./ y'"},
  };
  return names;
}

std::string way_out_of_foreign(std::string_view name) {
  const std::string wanted = plain(name);
  const auto& names = foreign_names();
  const auto found = std::find_if(names.begin(), names.end(), [&](const ForeignName& f) { return f.name == wanted; });
  return found == names.end() ? of_suffix(name) : std::string(found->way_out);
}

}  // namespace adavi
