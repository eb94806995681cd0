#pragma once
#include "nn/random_weights.hpp"
// After ATen, see tensors.hpp.
#include "inference/generative_model.hpp"
#include "semantics/models.hpp"

/// Models in float64 and their values by name.
namespace adavi::testing {

inline HbmModel compiled(const std::string& text, const ConstantOverrides& overrides = {}) {
  auto result = analyse(text, overrides);
  if (!result.model) throw std::runtime_error(result.said);
  return *result.model;
}
inline HbmModel model_file(const std::string& name, const ConstantOverrides& overrides = {}) {
  return compiled(model_text(name), overrides);
}
inline ConstantValue integer(double value) { return {{}, {value}, true, "--set"}; }
inline ConstantValue number(double value) { return {{}, {value}, false, "--set"}; }

inline std::size_t index_of(const HbmModel& model, const std::string& name) {
  return static_cast<std::size_t>(&variable(model, name) - model.variables.data());
}

/// A model of its own with its generative model, in float64.
struct Generative {
  explicit Generative(HbmModel own, at::ScalarType type = at::kDouble) : hbm(std::move(own)), model(hbm, type) {}
  Generative(const Generative&) = delete;

  std::size_t index(const std::string& name) const { return index_of(hbm, name); }
  /// `n` data sets.
  VariableValues simulate(std::int64_t n, std::uint64_t seed) const {
    auto generator = seeded(seed);
    return model.simulate(n, generator);
  }
  /// K draws of the latents for the same `n` data sets: [K, n, ...], observed variables [1, n, ...].
  VariableValues draws(std::int64_t k, std::int64_t n, std::uint64_t seed) const {
    auto values = simulate(n, seed);
    for (std::int64_t draw = 1; draw < k; ++draw) {
      const auto next = simulate(n, seed + static_cast<std::uint64_t>(draw));
      for (const int i : hbm.sampling_order) {
        auto& own = values[static_cast<std::size_t>(i)];
        own = at::cat({own, next[static_cast<std::size_t>(i)]}, 0);
      }
    }
    return values;
  }
  /// One number of a variable; an index of 0 is taken along axes of size 1.
  double at(const VariableValues& values, const std::string& name, std::vector<std::int64_t> position) const {
    auto value = values[index(name)];
    for (const auto i : position) value = value.select(0, value.size(0) == 1 ? 0 : i);
    return value.item<double>();
  }

  HbmModel hbm;
  GenerativeModel model;
};

/// Densities in plain numbers, independent of the library's.
namespace plain {

inline double normal(double x, double mean, double sd) {
  return -0.5 * std::log(2 * M_PI) - std::log(sd) - 0.5 * (x - mean) * (x - mean) / (sd * sd);
}
inline double laplace(double x, double location, double scale) {
  return -std::log(2 * scale) - std::abs(x - location) / scale;
}
inline double half_cauchy(double x, double scale) {
  return std::log(2 / (M_PI * scale)) - std::log1p(x * x / (scale * scale));
}
inline double exponential(double x, double rate) { return std::log(rate) - rate * x; }
inline double poisson_log(double n, double log_rate) { return n * log_rate - std::exp(log_rate) - std::lgamma(n + 1); }
inline double bernoulli_logit(double y, double logit) { return -std::log1p(std::exp(y > 0.5 ? -logit : logit)); }
inline double log_sum_exp(const std::vector<double>& x) {
  double sum = 0;
  for (const double value : x) sum += std::exp(value);
  return std::log(sum);
}

}  // namespace plain
}  // namespace adavi::testing
