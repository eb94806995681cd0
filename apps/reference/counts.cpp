#include "reference/counts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>

namespace adavi::reference {
namespace {

/// A smooth function on an equidistant grid, with cubic interpolation.
class Table {
 public:
  Table(double lower, double step, std::vector<double> values)
      : lower_(lower), step_(step), values_(std::move(values)) {}

  bool covers(double x) const { return x >= lower_ && x <= lower_ + step_ * static_cast<double>(values_.size() - 1); }
  /// Lagrange's polynomial through the four points around x; x must be covered.
  double operator()(double x) const {
    const double place = (x - lower_) / step_;
    const std::size_t first = std::clamp<std::size_t>(static_cast<std::size_t>(place), 1, values_.size() - 3) - 1;
    const double t = place - static_cast<double>(first);
    const double* v = &values_[first];
    return -v[0] * (t - 1) * (t - 2) * (t - 3) / 6 + v[1] * t * (t - 2) * (t - 3) / 2 -
           v[2] * t * (t - 1) * (t - 3) / 2 + v[3] * t * (t - 1) * (t - 2) / 6;
  }

 private:
  double lower_;
  double step_;
  std::vector<double> values_;
};

constexpr double table_lower = -15;
constexpr double table_upper = 12;
constexpr double table_step = 0.02;

std::function<double(double)> expectation(std::vector<double> values) {
  const auto table = std::make_shared<Table>(table_lower, table_step, std::move(values));
  return [table](double beta) { return table->covers(beta) ? (*table)(beta) : 0.0; };
}

}  // namespace

PooledGroup logistic_group(double successes, double trials) {
  const auto log_likelihood = [=](double theta) {
    const double log1p_exp = std::max(theta, 0.0) + std::log1p(std::exp(-std::abs(theta)));
    return successes * theta - trials * log1p_exp;
  };
  return {log_likelihood, {}};
}

SiteAtBeta site_at(const PoissonSite& site, double beta) {
  const double variance = site.sd * site.sd;
  const auto n = static_cast<double>(site.counts.size());
  const double total = std::accumulate(site.counts.begin(), site.counts.end(), 0.0);
  const auto log_joint = [&](double gamma) {
    return log_normal_density(gamma, beta, variance) + total * gamma - n * std::exp(gamma);
  };
  // Gamma lies between what the prior and what the counts say.
  const double own = std::log((total + 0.5) / n);
  const Interval range = concentrate({std::min(beta, own) - 9 * site.sd, std::max(beta, own) + 9 * site.sd}, log_joint);
  static const Rule unit = gauss_legendre(0, 1, 40);
  std::vector<double> gammas, terms;
  for (std::size_t i = 0; i < unit.nodes.size(); ++i) {
    gammas.push_back(range.lower + (range.upper - range.lower) * unit.nodes[i]);
    terms.push_back(std::log(unit.weights[i]) + log_joint(gammas.back()));
  }
  SiteAtBeta result;
  const double log_sum = log_sum_exp(terms);
  result.log_likelihood = log_sum + std::log(range.upper - range.lower);
  for (const double count : site.counts) result.log_likelihood -= std::lgamma(count + 1);
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const double weight = std::exp(terms[i] - log_sum);
    result.mean += weight * gammas[i];
    result.mean_square += weight * gammas[i] * gammas[i];
  }
  return result;
}

PooledGroup poisson_region(const std::vector<PoissonSite>& sites) {
  const auto size = static_cast<std::size_t>(std::lround((table_upper - table_lower) / table_step)) + 1;
  std::vector<double> log_likelihood(size, 0.0);
  PooledGroup region;
  for (const PoissonSite& site : sites) {
    std::vector<double> mean, mean_square;
    for (std::size_t i = 0; i < size; ++i) {
      const SiteAtBeta at = site_at(site, table_lower + table_step * static_cast<double>(i));
      log_likelihood[i] += at.log_likelihood;
      mean.push_back(at.mean);
      mean_square.push_back(at.mean_square);
    }
    region.functions.push_back(expectation(std::move(mean)));
    region.functions.push_back(expectation(std::move(mean_square)));
  }
  const auto table = std::make_shared<Table>(table_lower, table_step, std::move(log_likelihood));
  region.log_likelihood = [table](double beta) {
    return table->covers(beta) ? (*table)(beta) : -std::numeric_limits<double>::infinity();
  };
  return region;
}

}  // namespace adavi::reference
