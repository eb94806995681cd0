#include "nn/parameters.hpp"

#include <cmath>
#include <stdexcept>

#include "nn/layers.hpp"
#include "random_weights.hpp"

using namespace adavi;
using namespace adavi::testing;

TEST_CASE("weights and their gradients are windows into one block") {
  Parameters parameters(10, at::kDouble);
  const auto a = parameters.add("a", {2, 3});
  const auto b = parameters.add("b", {4});
  CHECK(parameters.used() == 10);
  CHECK(largest(parameters.flat()) == 0);

  at::Tensor(parameters.flat()).copy_(at::arange(10, at::kDouble));
  CHECK(at::equal(a.detach(), at::arange(6, at::kDouble).view({2, 3})));
  CHECK(at::equal(b.detach(), at::arange(6, 10, at::kDouble)));
  {
    at::NoGradGuard no_grad;
    at::Tensor(b).fill_(-1);
  }
  CHECK(parameters.flat().narrow(0, 6, 4).sum().item<double>() == -4);

  (a.sum() * 2 + (b * b).sum()).backward();
  const auto expected = at::cat({at::full({6}, 2.0, at::kDouble), at::full({4}, -2.0, at::kDouble)});
  CHECK(at::equal(parameters.flat_gradient(), expected));
  a.sum().backward();  // a second gradient adds to the first, still in the block
  CHECK(parameters.flat_gradient().narrow(0, 0, 6).sum().item<double>() == 18);
  at::Tensor(parameters.flat_gradient()).zero_();
  CHECK(largest(a.grad()) == 0);
}

TEST_CASE("more weights than there is room for is a mistake of the program") {
  Parameters parameters(5, at::kDouble);
  parameters.add("a", {4});
  CHECK_THROWS_WITH_AS(parameters.add("late", {2}), "more weights than the plan counts, at late", std::logic_error);
  CHECK(parameters.used() == 4);
}

TEST_CASE("fresh weights are uniform within one over the root of the fan-in") {
  auto generator = seeded(1);
  Parameters parameters(4000, at::kDouble);
  const auto w = parameters.add_uniform("w", {40, 100}, 100, generator).detach();
  CHECK(largest(w) <= 0.1);
  CHECK(largest(w) > 0.099);
  CHECK(std::abs(w.mean().item<double>()) < 0.005);
  CHECK(w.std().item<double>() == doctest::Approx(0.1 / std::sqrt(3.0)).epsilon(0.03));
}

TEST_CASE("constants are kept by name, apart from the weights") {
  Parameters parameters(1, at::kDouble);
  auto buffer = parameters.add_buffer("c", {2}, 3);
  CHECK(parameters.used() == 0);
  CHECK(parameters.weights().empty());
  REQUIRE(parameters.buffers().size() == 1);
  buffer.fill_(7);
  CHECK(parameters.buffers()[0].second.sum().item<double>() == 14);
  CHECK_FALSE(buffer.requires_grad());
}

TEST_CASE("a linear layer over parts of a context is that over their concatenation") {
  auto generator = seeded(2);
  Parameters parameters(100, at::kDouble);
  const Linear layer(parameters, "l", 7, 3, generator);
  perturb(parameters, 1, 3);
  const auto once = normal({1, 4, 1, 5}, 4), each = normal({6, 4, 2, 2}, 5);
  const auto joined = at::cat({once.expand({6, 4, 2, 5}), each}, -1);
  const auto expected = at::matmul(joined, layer.weight.t()) + layer.bias;
  CHECK(largest((affine_map(Context{once, each}, layer.weight, layer.bias) - expected).detach()) < 1e-12);
  CHECK(largest((layer(joined) - expected).detach()) < 1e-12);
}

TEST_CASE("layer normalisation has mean zero and variance one before gain and shift") {
  Parameters parameters(10, at::kDouble);
  const LayerNorm layer(parameters, "n", 5);
  const auto x = 3 + 10 * normal({20, 5}, 6);
  const auto y = layer(x).detach();
  CHECK(largest(y.mean(-1)) < 1e-12);
  CHECK(largest(y.var(-1, false) - 1) < 1e-4);
  perturb(parameters, 1, 7);
  CHECK(largest((layer(x) - (y * layer.gain + layer.shift)).detach()) < 1e-12);
}
