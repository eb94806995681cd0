#pragma once
#include <map>
#include <string>

#include "distributions/tensors.hpp"
#include "nn/parameters.hpp"

/// Networks with weights that are neither zero nor symmetric.
namespace adavi::testing {

inline at::Tensor normal(at::IntArrayRef shape, std::uint64_t seed, at::ScalarType type = at::kDouble) {
  auto generator = seeded(seed);
  return at::empty(shape, type).normal_(0, 1, generator);
}

/// Adds noise to every weight.
inline void perturb(Parameters& parameters, double scale, std::uint64_t seed) {
  at::NoGradGuard no_grad;
  const auto& flat = parameters.flat();
  at::Tensor(flat).add_(normal(flat.sizes(), seed).to(flat.scalar_type()), scale);
}

/// A weight of the network by its name.
inline at::Tensor weight(const Parameters& parameters, const std::string& name) {
  for (const auto& [own, tensor] : parameters.weights()) {
    if (own == name) return tensor;
  }
  throw std::runtime_error("no weight " + name);
}

/// Jacobian [n, m] of `f` from [m] to [n] at `x`.
template <class F>
at::Tensor jacobian(F f, const at::Tensor& x) {
  const auto leaf = x.detach().clone().set_requires_grad(true);
  const auto y = f(leaf);
  std::vector<at::Tensor> rows;
  for (std::int64_t i = 0; i < y.size(0); ++i) {
    leaf.mutable_grad() = at::Tensor();
    y[i].backward({}, true);
    rows.push_back(gradient_of(leaf).clone());
  }
  return at::stack(rows);
}

/// Sums with fixed random weights: no symmetry of `x` cancels in it.
inline at::Tensor functional(const at::Tensor& x, std::uint64_t seed = 99) {
  return (x * normal(x.sizes(), seed).to(x.scalar_type())).sum();
}

}  // namespace adavi::testing
