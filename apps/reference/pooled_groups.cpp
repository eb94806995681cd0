#include "reference/pooled_groups.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace adavi::reference {
namespace {

constexpr int points = 8;
/// Places with a density below exp(-this) of the largest do not count.
constexpr double negligible = 30;

struct Interval {
  double lower = 0;
  double upper = 0;
};

/// A rectangle of location and scale.
struct Box {
  Interval location;
  Interval scale;
};

/// Log weight of a place (location, scale) in the joint posterior, up to the evidence.
struct Place {
  double location = 0;
  double scale = 0;
  double log_weight = 0;
  double log_density = 0;
};

/// Expectations of theta, theta^2 and the group's functions.
using Expectations = std::vector<double>;

class Pooled {
 public:
  Pooled(const PooledPrior& prior, const std::vector<PooledGroup>& groups, int inner_panels)
      : prior_(prior), groups_(groups), z_(gauss_legendre(-9, 9, points, inner_panels)) {
    for (std::size_t i = 0; i < z_.nodes.size(); ++i)
      log_z_.push_back(std::log(z_.weights[i]) + log_normal_density(z_.nodes[i], 0, 1));
  }

  /// The whole support, as far as the prior reaches.
  Box support() const { return {{prior_.mean - 9 * prior_.sd, prior_.mean + 9 * prior_.sd}, {0, 9 * prior_.scale_sd}}; }

  std::vector<Place> places(const Box& box, int panels) const {
    const Rule location = gauss_legendre(box.location.lower, box.location.upper, points, panels);
    const Rule scale = gauss_legendre(box.scale.lower, box.scale.upper, points, panels);
    std::vector<Place> result;
    for (std::size_t i = 0; i < location.nodes.size(); ++i) {
      for (std::size_t k = 0; k < scale.nodes.size(); ++k) {
        Place place{location.nodes[i], scale.nodes[k], 0, 0};
        place.log_density = log_density(place.location, place.scale);
        place.log_weight = place.log_density + std::log(location.weights[i]) + std::log(scale.weights[k]);
        result.push_back(place);
      }
    }
    return result;
  }

  Expectations expectations(const Place& place, const PooledGroup& group) const {
    const std::vector<double> terms = inner_terms(place.location, place.scale, group);
    const double total = log_sum_exp(terms);
    Expectations result(2 + group.functions.size());
    for (std::size_t i = 0; i < terms.size(); ++i) {
      const double weight = std::exp(terms[i] - total);
      if (weight < 1e-14) continue;
      const double theta = place.location + place.scale * z_.nodes[i];
      result[0] += weight * theta;
      result[1] += weight * theta * theta;
      for (std::size_t k = 0; k < group.functions.size(); ++k) result[2 + k] += weight * group.functions[k](theta);
    }
    return result;
  }

 private:
  /// log of prior times likelihood, each theta integrated out.
  double log_density(double location, double scale) const {
    double result = log_normal_density(location, prior_.mean, prior_.sd * prior_.sd) + std::log(2.0) +
                    log_normal_density(scale, 0, prior_.scale_sd * prior_.scale_sd);
    for (const PooledGroup& group : groups_) result += log_sum_exp(inner_terms(location, scale, group));
    return result;
  }

  /// log of weight, prior and likelihood at every theta = location + scale z.
  std::vector<double> inner_terms(double location, double scale, const PooledGroup& group) const {
    std::vector<double> terms(log_z_);
    for (std::size_t i = 0; i < terms.size(); ++i) terms[i] += group.log_likelihood(location + scale * z_.nodes[i]);
    return terms;
  }

  const PooledPrior& prior_;
  const std::vector<PooledGroup>& groups_;
  Rule z_;
  std::vector<double> log_z_;
};

double largest_density(const std::vector<Place>& places) {
  double largest = -std::numeric_limits<double>::infinity();
  for (const Place& place : places) largest = std::max(largest, place.log_density);
  return largest;
}

/// The part of `box` outside which nothing counts, with a margin of one panel of it on each side.
Box around_mass(const Pooled& pooled, const Box& box, int panels) {
  const std::vector<Place> places = pooled.places(box, panels);
  const double largest = largest_density(places);
  Box mass{{box.location.upper, box.location.lower}, {box.scale.upper, box.scale.lower}};
  const auto widen = [](Interval& interval, double value) {
    interval = {std::min(interval.lower, value), std::max(interval.upper, value)};
  };
  for (const Place& place : places) {
    if (place.log_density < largest - negligible) continue;
    widen(mass.location, place.location);
    widen(mass.scale, place.scale);
  }
  const auto with_margin = [&](const Interval& inside, const Interval& outside) {
    // The widest gap between neighbouring points of a panel of 8 is about a fifth of it.
    const double margin = 0.2 * (outside.upper - outside.lower) / panels;
    return Interval{std::max(outside.lower, inside.lower - margin), std::min(outside.upper, inside.upper + margin)};
  };
  return {with_margin(mass.location, box.location), with_margin(mass.scale, box.scale)};
}

/// Sums of expectations over places.
void add(std::vector<Expectations>& sums, const Pooled& pooled, const std::vector<PooledGroup>& groups,
         const Place& place, double weight) {
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const Expectations at_place = pooled.expectations(place, groups[g]);
    sums[g].resize(at_place.size());
    for (std::size_t k = 0; k < at_place.size(); ++k) sums[g][k] += weight * at_place[k];
  }
}

}  // namespace

PooledPosterior pooled_posterior(const PooledPrior& prior, const std::vector<PooledGroup>& groups,
                                 const PooledResolution& resolution) {
  const Pooled pooled(prior, groups, resolution.inner);
  const Box box = around_mass(pooled, around_mass(pooled, pooled.support(), 3), 2);
  const std::vector<Place> places = pooled.places(box, resolution.outer);
  const double largest = largest_density(places);
  std::vector<double> terms;
  for (const Place& place : places) terms.push_back(place.log_weight);

  PooledPosterior posterior;
  posterior.log_evidence = log_sum_exp(terms);
  std::vector<Expectations> sums(groups.size());
  double location[2] = {}, scale[2] = {};
  for (const Place& place : places) {
    if (place.log_density < largest - negligible) continue;
    const double weight = std::exp(place.log_weight - posterior.log_evidence);
    location[0] += weight * place.location;
    location[1] += weight * place.location * place.location;
    scale[0] += weight * place.scale;
    scale[1] += weight * place.scale * place.scale;
    add(sums, pooled, groups, place, weight);
  }
  posterior.location = moments_of(location[0], location[1]);
  posterior.scale = moments_of(scale[0], scale[1]);
  for (const Expectations& sum : sums) {
    posterior.theta.push_back(moments_of(sum[0], sum[1]));
    posterior.functions.emplace_back(sum.begin() + 2, sum.end());
  }
  return posterior;
}

}  // namespace adavi::reference
