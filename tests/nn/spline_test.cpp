#include "nn/spline.hpp"

#include <cmath>

#include "random_weights.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

constexpr std::int64_t rows = 400;

struct Case {
  std::int64_t bins;
  double scale;  ///< of the parameters
};
const Case cases[] = {{2, 1}, {3, 3}, {8, 1}, {8, 4}, {20, 2}};

at::Tensor parameters_of(const Case& c, std::uint64_t seed) { return c.scale * normal({rows, 3 * c.bins - 1}, seed); }

at::Tensor points() { return at::linspace(-5.99, 6.01, rows, at::kDouble); }

/// Values and slopes of a map by autograd against what it says.
template <class F>
void check_slope(F map, const at::Tensor& x) {
  const auto leaf = x.clone().set_requires_grad(true);
  const Bijected y = map(leaf);
  y.value.sum().backward();
  CHECK(largest(at::log(leaf.grad()) - y.log_slope) < 1e-8);
  const auto step = 1e-6;
  const auto difference = (map(x + step).value - map(x - step).value) / (2 * step);
  // Bins may be a thousandth of the interval wide and bend a lot, hence the tolerance.
  CHECK(largest((at::log(difference) - y.log_slope).detach()) < 5e-3);
}

}  // namespace

TEST_CASE("a spline and its inverse undo each other, in value and slope") {
  for (const auto& c : cases) {
    CAPTURE(c.bins);
    CAPTURE(c.scale);
    const auto parameters = parameters_of(c, 3);
    const auto x = points();
    const auto y = spline(x, parameters);
    const auto back = invert_spline(y.value, parameters);
    CHECK(largest(back.value - x) < 1e-7);
    CHECK(largest(back.log_slope + y.log_slope) < 1e-5);
    const auto again = spline(invert_spline(x, parameters).value, parameters);
    CHECK(largest(again.value - x) < 1e-7);
  }
}

TEST_CASE("a spline's log slope is that of autograd and of finite differences") {
  for (const auto& c : cases) {
    CAPTURE(c.bins);
    CAPTURE(c.scale);
    const auto parameters = parameters_of(c, 4);
    check_slope([&](const at::Tensor& x) { return spline(x, parameters); }, points());
    check_slope([&](const at::Tensor& y) { return invert_spline(y, parameters); }, points());
  }
}

TEST_CASE("zero parameters are the identity") {
  for (const std::int64_t bins : {2, 8, 20}) {
    const auto parameters = at::zeros({rows, 3 * bins - 1}, at::kDouble);
    for (const auto& y : {spline(points(), parameters), invert_spline(points(), parameters)}) {
      CHECK(largest(y.value - points()) < 1e-12);
      CHECK(largest(y.log_slope) < 1e-12);
    }
  }
}

TEST_CASE("outside its interval a spline is the identity, and it meets it without a jump") {
  const auto parameters = parameters_of({8, 3}, 5).narrow(0, 0, 6);
  const auto far = vector({-1e6, -5.5, -5, 5, 7, 1e12});
  for (const auto& y : {spline(far, parameters), invert_spline(far, parameters)}) {
    CHECK(at::equal(y.value, far));
    CHECK(largest(y.log_slope) == 0);
  }
  const auto edge = vector({-5 + 1e-9, 5 - 1e-9, -5 + 1e-9, 5 - 1e-9, -5 + 1e-9, 5 - 1e-9});
  for (const auto& y : {spline(edge, parameters), invert_spline(edge, parameters)}) {
    CHECK(largest(y.value - edge) < 1e-6);
    CHECK(largest(y.log_slope) < 1e-4);
  }
}

TEST_CASE("the density of a normal pushed through a spline integrates to one") {
  for (const auto& c : cases) {
    CAPTURE(c.bins);
    const std::int64_t n = 40001;
    const auto y = at::linspace(-12, 12, n, at::kDouble);
    // Of moderate size, so that the grid resolves the narrowest bin.
    const auto parameters = at::tanh(parameters_of(c, 6)[0]);
    const auto x = invert_spline(y, parameters.expand({n, -1}));
    const auto density = at::exp(-0.5 * x.value.square() + x.log_slope) / std::sqrt(2 * M_PI);
    CHECK((density.sum() * 24.0 / (n - 1)).item<double>() == doctest::Approx(1).epsilon(1e-4));
  }
}

TEST_CASE("extreme parameters in float32 give finite values, slopes and gradients") {
  for (const float scale : {30.0F, 1e3F, 1e8F}) {
    CAPTURE(scale);
    for (const bool inverse : {false, true}) {
      CAPTURE(inverse);
      const auto one = (scale * normal({1, 23}, 7)).to(at::kFloat);
      auto parameters = one.repeat({rows, 1}).set_requires_grad(true);
      auto x = points().to(at::kFloat).set_requires_grad(true);
      const auto y = inverse ? invert_spline(x, parameters) : spline(x, parameters);
      CHECK(finite(y.value));
      CHECK(finite(y.log_slope));
      CHECK((y.value.diff() >= -1e-3).all().item<bool>());
      (y.value.sum() + y.log_slope.sum()).backward();
      CHECK(finite(x.grad()));
      CHECK(finite(parameters.grad()));
    }
  }
}

TEST_CASE("a spline of ordinary size and its inverse undo each other in float32") {
  const auto parameters = parameters_of({8, 2}, 9).to(at::kFloat);
  const auto x = points().to(at::kFloat);
  const auto y = spline(x, parameters);
  const auto back = invert_spline(y.value, parameters);
  // One rounding of y, stretched by the inverse's slope, and a few of its own.
  const auto tolerance = 1e-5 * (1 + at::exp(-y.log_slope));
  CHECK(((back.value - x).abs() < tolerance).all().item<bool>());
}

TEST_CASE("every spline parameter changes the spline") {
  auto parameters = parameters_of({8, 1}, 8)[0].clone().set_requires_grad(true);
  const auto y = spline(points(), parameters.expand({rows, -1}));
  functional(y.value + y.log_slope).backward();
  CHECK((parameters.grad().abs() > 1e-6).all().item<bool>());
}
