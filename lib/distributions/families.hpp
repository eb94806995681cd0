#pragma once
#include <vector>

#include "distributions/distribution.hpp"

/// The rows of each source file; `registry.cpp` collects them.
namespace adavi {

using Rows = std::vector<DistributionImplementation>;

Rows location_scale_rows();  ///< cauchy, double_exponential, logistic, gumbel
Rows normal_rows();          ///< normal, lognormal
Rows student_rows();         ///< student_t
Rows gamma_rows();           ///< gamma, inv_gamma, chi_square
Rows survival_rows();        ///< exponential, weibull, pareto
Rows interval_rows();        ///< beta, uniform
Rows circular_rows();        ///< von_mises
Rows count_rows();           ///< poisson, poisson_log, neg_binomial_2, neg_binomial_2_log
Rows trial_rows();           ///< bernoulli, binomial, their logit forms, beta_binomial
Rows category_rows();        ///< categorical, categorical_logit, ordered_logistic
Rows simplex_rows();         ///< dirichlet, multinomial
Rows multi_normal_rows();    ///< multi_normal, multi_normal_cholesky, multi_normal_prec
Rows correlation_rows();     ///< lkj_corr_cholesky

/// Fills the tail functions of a row, and `cdf` as the exponential of `log_cdf`.
template <auto LogCdf, auto LogSurvival, auto Quantile, auto SurvivalQuantile>
DistributionImplementation with_tails(DistributionImplementation row) {
  row.cdf = [](const at::Tensor& x, const Arguments& a) { return at::exp(LogCdf(x, a)); };
  row.log_cdf = LogCdf;
  row.log_survival = LogSurvival;
  row.quantile = Quantile;
  row.survival_quantile = SurvivalQuantile;
  return row;
}

}  // namespace adavi
