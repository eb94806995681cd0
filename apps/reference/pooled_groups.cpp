#include "reference/pooled_groups.hpp"

#include <cmath>

namespace adavi::reference {
namespace {

/// Weights below this share of the whole do not count.
constexpr double negligible = 1e-14;

/// Points of an integral with the logarithms of weight times density; `log_integral` is that of their sum.
struct Integral {
  std::vector<double> nodes;
  std::vector<double> terms;
  double log_integral = 0;

  double share(std::size_t i) const { return std::exp(terms[i] - log_integral); }
};

class Pooled {
 public:
  Pooled(const PooledPrior& prior, const std::vector<PooledGroup>& groups, int points)
      : prior_(prior), groups_(groups), unit_(gauss_legendre(0, 1, points)) {}

  Integral over_scale() const {
    return integrate({0, 9 * prior_.scale_sd}, [&](double scale) {
      return std::log(2.0) + log_normal_density(scale, 0, prior_.scale_sd * prior_.scale_sd) +
             over_location(scale).log_integral;
    });
  }

  Integral over_location(double scale) const {
    return integrate({prior_.mean - 9 * prior_.sd, prior_.mean + 9 * prior_.sd}, [&](double location) {
      double result = log_normal_density(location, prior_.mean, prior_.sd * prior_.sd);
      for (const PooledGroup& group : groups_) result += over_theta(group, location, scale).log_integral;
      return result;
    });
  }

  Integral over_theta(const PooledGroup& group, double location, double scale) const {
    return integrate({location - 9 * scale, location + 9 * scale}, [&](double theta) {
      return log_normal_density(theta, location, scale * scale) + group.log_likelihood(theta);
    });
  }

 private:
  template <class LogDensity>
  Integral integrate(const Interval& support, const LogDensity& log_density) const {
    const Interval range = concentrate(support, log_density);
    const double width = range.upper - range.lower;
    Integral integral;
    for (std::size_t i = 0; i < unit_.nodes.size(); ++i) {
      integral.nodes.push_back(range.lower + width * unit_.nodes[i]);
      integral.terms.push_back(std::log(width * unit_.weights[i]) + log_density(integral.nodes.back()));
    }
    integral.log_integral = log_sum_exp(integral.terms);
    return integral;
  }

  const PooledPrior& prior_;
  const std::vector<PooledGroup>& groups_;
  Rule unit_;
};

/// Sums of a quantity and its square over weighted points.
struct MomentSums {
  double mean = 0;
  double mean_square = 0;

  void add(double weight, double value) {
    mean += weight * value;
    mean_square += weight * value * value;
  }
  Moments moments() const { return moments_of(mean, mean_square); }
};

/// Sums over everything that is wanted of a group.
struct GroupSums {
  MomentSums theta;
  std::vector<double> functions;

  void add(double weight, const Integral& integral, const PooledGroup& group) {
    functions.resize(group.functions.size());
    for (std::size_t i = 0; i < integral.nodes.size(); ++i) {
      const double share = weight * integral.share(i);
      if (share < negligible) continue;
      theta.add(share, integral.nodes[i]);
      for (std::size_t k = 0; k < functions.size(); ++k) functions[k] += share * group.functions[k](integral.nodes[i]);
    }
  }
};

}  // namespace

PooledPosterior pooled_posterior(const PooledPrior& prior, const std::vector<PooledGroup>& groups, int points) {
  const Pooled pooled(prior, groups, points);
  const Integral scales = pooled.over_scale();
  MomentSums scale_sums, location_sums;
  std::vector<GroupSums> sums(groups.size());
  for (std::size_t i = 0; i < scales.nodes.size(); ++i) {
    const double scale = scales.nodes[i], scale_share = scales.share(i);
    if (scale_share < negligible) continue;
    scale_sums.add(scale_share, scale);
    const Integral locations = pooled.over_location(scale);
    for (std::size_t k = 0; k < locations.nodes.size(); ++k) {
      const double location = locations.nodes[k], share = scale_share * locations.share(k);
      if (share < negligible) continue;
      location_sums.add(share, location);
      for (std::size_t g = 0; g < groups.size(); ++g)
        sums[g].add(share, pooled.over_theta(groups[g], location, scale), groups[g]);
    }
  }
  PooledPosterior posterior;
  posterior.log_evidence = scales.log_integral;
  posterior.scale = scale_sums.moments();
  posterior.location = location_sums.moments();
  for (GroupSums& group : sums) {
    posterior.theta.push_back(group.theta.moments());
    posterior.functions.push_back(std::move(group.functions));
  }
  return posterior;
}

}  // namespace adavi::reference
