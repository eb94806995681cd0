#include "distributions/tensors.hpp"
#include "nn/layers.hpp"

using namespace adavi;
using namespace adavi::testing;

TEST_CASE("a standardizer brings a sample to median zero and unit interquartile range") {
  auto generator = seeded(1);
  const auto sample =
      at::empty({3, 2000, 2}, at::kDouble).normal_(0, 1, generator) * vector({0.01, 300}) + vector({5, -7});
  Parameters parameters(0, at::kDouble);
  Standardizer standardizer(parameters, "s", 2);
  standardizer.fit(sample);
  CHECK(largest((standardizer.center - vector({5, -7})) / vector({0.01, 300})) < 0.05);
  CHECK(largest(standardizer.scale / vector({0.01, 300}) - 1) < 0.05);
  const auto z = standardizer(sample);
  CHECK(largest(std::get<0>(z.reshape({-1, 2}).median(0))) < 1e-3);
  CHECK(largest(z - (sample - standardizer.center) / standardizer.scale) < 1e-12);
}

TEST_CASE("where most values are equal a standardizer uses mean and standard deviation") {
  auto sample = at::zeros({100, 2}, at::kDouble);
  sample.select(1, 0).narrow(0, 0, 10).fill_(1);
  sample.select(1, 1).fill_(4);
  Parameters parameters(0, at::kDouble);
  Standardizer standardizer(parameters, "s", 2);
  standardizer.fit(sample);
  CHECK(largest(standardizer.center - vector({0.1, 4})) < 1e-12);
  CHECK(largest(standardizer.scale - vector({0.3, 1})) < 1e-12);
}

TEST_CASE("a constant keeps its unit, whatever the rounding of its mean") {
  for (const double constant : {std::log(50.0), 0.1, -1e6, 0.0}) {
    CAPTURE(constant);
    Parameters parameters(0, at::kDouble);
    Standardizer standardizer(parameters, "s", 1);
    standardizer.fit(at::full({1500, 1}, constant, at::kDouble));
    CHECK(standardizer.scale.item<double>() == 1);
    CHECK(standardizer.center.item<double>() == doctest::Approx(constant));
  }
}

TEST_CASE("what a heavy tail sends far away grows logarithmically, with one slope at the knee") {
  Parameters parameters(0, at::kDouble);
  const Standardizer standardizer(parameters, "s", 1);
  const auto x = vector({-1e30, -32, -20, 0.3, 19.9999, 20.0001, 1e6}).unsqueeze(1);
  const auto z = standardizer(x).squeeze(1);
  const auto expected = vector({-(20 + std::log1p(1e30 - 20)), -(20 + std::log1p(12.0)), -20, 0.3, 19.9999,
                                20 + std::log1p(0.0001), 20 + std::log1p(1e6 - 20)});
  CHECK(largest(z - expected) < 1e-9);
}
