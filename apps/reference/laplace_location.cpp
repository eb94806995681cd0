#include "reference/laplace_location.hpp"

#include <algorithm>
#include <cmath>

namespace adavi::reference {
namespace {

double log_joint(const LaplaceLocation& model, const std::vector<double>& b, double a) {
  double result = model.shape * std::log(model.rate) - std::lgamma(model.shape) - model.rate * a;
  if (model.shape != 1) result += (model.shape - 1) * std::log(a);
  for (const double value : b) result -= std::abs(value - a) / model.scale + std::log(2 * model.scale);
  return result;
}

/// Places where the integrand has a kink, from 0 to where what is left of the tail is below exp(-60).
std::vector<double> kinks(const LaplaceLocation& model, const std::vector<double>& b, double steepest) {
  std::vector<double> places = {0};
  for (const double value : b)
    if (value > 0) places.push_back(value);
  std::sort(places.begin(), places.end());
  places.push_back(places.back() + (60 + 10 * model.shape) / steepest);
  return places;
}

}  // namespace

LaplaceLocationPosterior laplace_location_posterior(const LaplaceLocation& model, const std::vector<double>& b) {
  // The log joint falls at least and changes at most this fast behind the last data point.
  const double steepest = model.rate + static_cast<double>(b.size()) / model.scale;
  const std::vector<double> places = kinks(model, b, steepest);
  std::vector<double> nodes, terms;
  for (std::size_t i = 0; i + 1 < places.size(); ++i) {
    const double width = places[i + 1] - places[i];
    if (width <= 0) continue;
    const int panels = 1 + static_cast<int>(width * steepest / 8);
    const Rule rule = gauss_legendre(places[i], places[i + 1], 16, panels);
    for (std::size_t k = 0; k < rule.nodes.size(); ++k) {
      nodes.push_back(rule.nodes[k]);
      terms.push_back(std::log(rule.weights[k]) + log_joint(model, b, rule.nodes[k]));
    }
  }
  LaplaceLocationPosterior posterior;
  posterior.log_evidence = log_sum_exp(terms);
  double mean = 0, mean_square = 0;
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    const double weight = std::exp(terms[k] - posterior.log_evidence);
    mean += weight * nodes[k];
    mean_square += weight * nodes[k] * nodes[k];
  }
  posterior.a = moments_of(mean, mean_square);
  return posterior;
}

}  // namespace adavi::reference
