#include "inference/adam.hpp"

#include <cmath>

namespace adavi {
namespace {
constexpr double beta1 = 0.9, beta2 = 0.99, epsilon = 1e-8;
}

Adam::Adam(const at::Tensor& weights) : first(at::zeros_like(weights)), second(at::zeros_like(weights)) {}

void Adam::step(at::Tensor weights, const at::Tensor& gradient, double learning_rate) {
  ++steps;
  first.mul_(beta1).add_(gradient, 1 - beta1);
  second.mul_(beta2).addcmul_(gradient, gradient, 1 - beta2);
  const double bias1 = 1 - std::pow(beta1, static_cast<double>(steps));
  const double bias2 = 1 - std::pow(beta2, static_cast<double>(steps));
  weights.addcdiv_(first, (second.sqrt() / std::sqrt(bias2)).add_(epsilon), -learning_rate / bias1);
}

}  // namespace adavi
