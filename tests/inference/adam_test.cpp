#include "inference/adam.hpp"

#include <cmath>

#include "distributions/tensors.hpp"

using namespace adavi;
using namespace adavi::testing;

TEST_CASE("three steps of Adam by hand") {
  auto weights = vector({1, -2, 0.5});
  Adam adam(weights);
  const std::vector<std::vector<double>> gradients = {{0.3, -4, 0}, {-0.1, 2, 1e-6}, {0.2, 0, 5}};
  const double beta1 = 0.9, beta2 = 0.99, rate = 0.05;
  std::vector<double> expected = {1, -2, 0.5}, m(3), v(3);
  for (std::size_t step = 0; step < gradients.size(); ++step) {
    adam.step(weights, vector(gradients[step]), rate);
    const double t = static_cast<double>(step) + 1;
    for (std::size_t i = 0; i < 3; ++i) {
      const double g = gradients[step][i];
      m[i] = beta1 * m[i] + (1 - beta1) * g;
      v[i] = beta2 * v[i] + (1 - beta2) * g * g;
      const double first = m[i] / (1 - std::pow(beta1, t)), second = v[i] / (1 - std::pow(beta2, t));
      expected[i] -= rate * first / (std::sqrt(second) + 1e-8);
    }
    CHECK(largest(weights - vector(expected)) < 1e-12);
  }
  CHECK(adam.steps == 3);
}

TEST_CASE("Adam's first step has the learning rate's size, whatever the gradient's") {
  for (const double size : {1e-4, 1.0, 1e6}) {
    auto weights = vector({0, 0});
    Adam adam(weights);
    adam.step(weights, vector({size, -size}), 0.01);
    CHECK(largest(weights - vector({-0.01, 0.01})) < 1e-5);
  }
}
