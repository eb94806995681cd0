#include "cli/component_order.hpp"

#include <doctest/doctest.h>

using namespace adavi;

namespace {

Variable latent(const char* name, int depth, Shape shape) {
  Variable variable;
  variable.name = name;
  variable.depth = depth;
  variable.type.shape = std::move(shape);
  return variable;
}

/// Two components: mu of two numbers each, weights a group, and a latent of no component.
HbmModel mixture() {
  HbmModel model;
  model.variables = {latent("w", 1, {2}), latent("mu", 0, {2, 2}), latent("tau", 0, {2})};
  model.exchangeable = {{2, {0, 1}}};
  return model;
}

}  // namespace

TEST_CASE("components are ordered by the first number of the outermost member, each data set by itself") {
  DoubleArrays values;
  values["mu"] = {{2, 2, 2}, {5, 6, 3, 9, /**/ 1, 2, 3, 4}};
  values["w"] = {{2, 3, 2}, {0.1, 0.9, 0.2, 0.8, 0.3, 0.7, /**/ 0.4, 0.6, 0.5, 0.5, 0.1, 0.9}};
  values["tau"] = {{2, 2}, {2, 1, 4, 3}};
  order_components(mixture(), 1, values);
  CHECK(values["mu"].values == std::vector<double>{3, 9, 5, 6, 1, 2, 3, 4});
  CHECK(values["w"].values == std::vector<double>{0.9, 0.1, 0.8, 0.2, 0.7, 0.3, 0.4, 0.6, 0.5, 0.5, 0.1, 0.9});
  CHECK(values["tau"].values == std::vector<double>{2, 1, 4, 3});
}

TEST_CASE("every draw has an order of its own") {
  FloatArrays values;
  values["mu"] = {{2, 1, 2, 2}, {5, 6, 3, 9, /**/ 1, 2, 3, 4}};
  order_components(mixture(), 2, values);
  CHECK(values["mu"].values == std::vector<float>{3, 9, 5, 6, 1, 2, 3, 4});
}

TEST_CASE("without the outermost member the next one decides, by its mean over the plates") {
  DoubleArrays values;
  values["w"] = {{1, 2, 2}, {0.4, 0.6, 0.9, 0.1}};
  order_components(mixture(), 1, values);
  CHECK(values["w"].values == std::vector<double>{0.6, 0.4, 0.1, 0.9});
}
