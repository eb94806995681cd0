#pragma once
#include <memory>

#include "inference/dual_family.hpp"
#include "inference/warm_start.hpp"
#include "models.hpp"

/// Dual families in float64 with random weights, and what the tests ask of them.
namespace adavi::testing {

/// A small network, so that the tests are quick.
inline ArchitectureOptions small() {
  ArchitectureOptions options;
  options.embedding = 4;
  options.heads = 2;
  options.inducing = 3;
  options.trunk = {8};
  options.flow_hidden = {8};
  options.spline_bins = 4;
  options.exact = false;  // what is learned is to be tested, too
  return options;
}

/// A constant of the network by its name.
inline at::Tensor constant(const Parameters& parameters, const std::string& name) {
  for (const auto& [own, tensor] : parameters.buffers()) {
    if (own == name) return tensor;
  }
  throw std::runtime_error("no constant " + name);
}

/// Draws with their density for some data sets.
struct Inferred {
  Observation observation;
  Encodings encodings;
  FamilyDraw draw;
};

struct Dual {
  explicit Dual(HbmModel model, const ArchitectureOptions& options = small(), at::ScalarType type = at::kDouble,
                std::uint64_t seed = 1)
      : generative(std::move(model), type), plan(derive(generative.hbm, options)), dual(generative.model, plan, seed) {}

  /// Weights that are neither zero nor symmetric.
  Dual& perturbed(double scale = 0.1, std::uint64_t seed = 2) {
    perturb(dual.parameters(), scale, seed);
    return *this;
  }
  Dual& warmed(std::int64_t data_sets = 512, std::uint64_t seed = 3) {
    auto generator = seeded(seed);
    warm_start(dual, data_sets, generator);
    const auto values = generative.model.simulate(std::min<std::int64_t>(data_sets, 256), generator);
    warm_start_top(dual, {values, generative.model.observe(values)});
    return *this;
  }

  Inferred infer(const VariableValues& data, std::int64_t draws, std::uint64_t seed = 4) const {
    auto generator = seeded(seed);
    Inferred result;
    result.observation = generative.model.observe(data);
    result.encodings = dual.encode(result.observation);
    result.draw = dual.draw(result.encodings, result.observation, draws, generator);
    return result;
  }
  /// log q of unconstrained values, in unconstrained space, computed from them alone.
  at::Tensor log_q(const Inferred& inferred, const std::vector<at::Tensor>& z, const VariableValues& values) const {
    return dual.log_q(inferred.encodings, dual.starts(inferred.encodings, inferred.observation, values, z), z);
  }
  /// Everything known and the latents at z.
  VariableValues values_at(const Inferred& inferred, const std::vector<at::Tensor>& z) const {
    auto values = inferred.observation.values;
    for (std::size_t i = 0; i < z.size(); ++i) {
      const int index = plan.estimators[i].variable;
      values[static_cast<std::size_t>(index)] = generative.model.constrain(index, z[i], values).value;
    }
    return values;
  }
  std::size_t estimator(const std::string& name) const {
    for (std::size_t i = 0; i < plan.estimators.size(); ++i) {
      if (plan.estimators[i].variable == static_cast<int>(generative.index(name))) return i;
    }
    throw std::runtime_error("no estimator of " + name);
  }

  Generative generative;
  DualPlan plan;
  DualFamily dual;
};

/// Latents of two depths with links of several kinds; the last is seen through the data alone.
inline const char* const mixed_model = R"(data {
  int G = 3;
  int N = 4;
}
model {
  real a ~ normal(0, 1);
  real<lower=0> s ~ exponential(1);
  simplex[3] p ~ dirichlet([2, 2, 2]);
  plate group[G] {
    vector[2] w ~ normal(a, s);
    plate obs[N] {
      observed real y ~ normal(w[1] + w[2] * p[1], 0.5);
    }
  }
}
)";

}  // namespace adavi::testing
