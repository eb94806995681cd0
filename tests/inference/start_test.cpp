#include "inference/start.hpp"

#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "nn/random_weights.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

using Function = std::function<at::Tensor(const at::Tensor&)>;

struct Density {
  const char* name;
  Function log_density;        // of z [...], up to a constant
  double near, near_sd;        // where the table is looked for
  double from, to, tolerance;  // of KL(q || p), nats
};

const std::vector<Density>& densities() {
  static const std::vector<Density> all = {
      {"Gaussian", [](const at::Tensor& z) { return -0.5 * ((z - 3) / 0.2).square(); }, 3.1, 0.3, 0, 6, 1e-6},
      {"Poisson counts", [](const at::Tensor& z) { return 2 * z - at::exp(z) - 0.5 * (z / 2).square(); }, 0, 1, -8, 6,
       1e-4},
      {"no counts", [](const at::Tensor& z) { return -4 * at::exp(z) - 0.5 * (z / 3).square(); }, -2, 1, -18, 4, 1e-3},
      {"Student-t prior and a far observation",
       [](const at::Tensor& z) { return -2.5 * at::log1p((z / 0.5).square() / 4) - 0.5 * ((z - 3) / 1.0).square(); }, 1,
       0.5, -8, 10, 1e-3},
      {"two modes",
       [](const at::Tensor& z) { return -2.5 * at::log1p((z / 0.2).square() / 4) - 0.5 * ((z - 2.5) / 0.7).square(); },
       0, 0.2, -4, 7, 2e-2},
      {"far narrower than where it is looked for",
       [](const at::Tensor& z) { return -0.5 * ((z - 0.1) / 1e-4).square(); }, 0, 1, 0.099, 0.101, 1e-6},
      {"kink", [](const at::Tensor& z) { return -2 * z.abs() - 0.5 * (z - 0.5).square(); }, 0, 0.5, -7, 7, 1e-2},
  };
  return all;
}

Start table_of(const Density& density) {
  const auto options = at::TensorOptions(at::kDouble);
  const Affine near{
      at::full({1, 1, 1}, density.near, options), at::full({1, 1, 1}, std::log(density.near_sd), options), {}};
  const LogDensity log_density = [&](const at::Tensor& z) { return density.log_density(z.squeeze(-1)); };
  return tabulated(log_density, moments(log_density, near, 3));
}

at::Tensor log_q_of(const Start& start, const at::Tensor& z) {
  const auto inner = off(start, z.view({-1, 1, 1}));
  return (inner.log_q - 0.5 * inner.z.squeeze(-1).square() - 0.5 * std::log(2 * M_PI)).flatten();
}

}  // namespace

TEST_CASE("the density at a point is normalised, and follows what it depends on") {
  const auto options = at::TensorOptions(at::kDouble);
  for (const auto& density : densities()) {
    CAPTURE(density.name);
    const auto tilt = at::zeros({}, options).requires_grad_();  // of the density: log p + tilt z
    const LogDensity log_density = [&](const at::Tensor& z) {
      const auto x = z.squeeze(-1);
      return density.log_density(x) + tilt * x;
    };
    const Affine near{
        at::full({1, 1, 1}, density.near, options), at::full({1, 1, 1}, std::log(density.near_sd), options), {}};
    const auto point = point_of(log_density, moments(log_density, near, 3));
    constexpr std::int64_t points = 40001;
    const auto z = at::linspace(density.from, density.to, points, at::kDouble);
    const auto log_p = density.log_density(z);
    const auto log_total = at::logsumexp(log_p, 0) + std::log((density.to - density.from) / (points - 1));
    CHECK(point.log_q.item<double>() ==
          doctest::Approx((density.log_density(point.z) - log_total).item<double>()).epsilon(20 * density.tolerance));
    // The derivative of log q(z) is z minus the mean.
    point.log_q.backward();
    const double mean = (at::softmax(log_p, 0) * z).sum().item<double>();
    CHECK(tilt.grad().item<double>() ==
          doctest::Approx(point.z.item<double>() - mean).epsilon(0.1).scale(density.near_sd));
  }
}

TEST_CASE("one look at a Gaussian is enough, however narrow, and pointed densities get more") {
  const auto options = at::TensorOptions(at::kDouble);
  for (const double sd : {2.0, 0.5, 1e-2, 1e-4}) {
    const Affine near{at::full({1, 1, 1}, 0.37, options), at::zeros({1, 1, 1}, options), {}};
    const auto narrow = moments([&](const at::Tensor& z) { return -0.5 * (z.squeeze(-1) / sd).square(); }, near, 1);
    CHECK(narrow.shift.item<double>() == doctest::Approx(0).scale(sd).epsilon(0.1));
    CHECK(std::exp(narrow.log_diagonal.item<double>()) == doctest::Approx(sd).epsilon(0.1));
    const auto pointed =
        moments([&](const at::Tensor& z) { return -2.5 * at::log1p((z.squeeze(-1) / sd).square() / 4); }, near, 1);
    const double found_within = std::max(4 * sd, 0.01);  // four looks narrow it down so far
    CHECK(std::abs(pointed.shift.item<double>()) < found_within);
    CHECK(std::exp(pointed.log_diagonal.item<double>()) < found_within);
  }
}

TEST_CASE("a tabulated density integrates to one and is the one that was tabulated") {
  for (const auto& density : densities()) {
    CAPTURE(density.name);
    const auto start = table_of(density);
    constexpr std::int64_t points = 40001;
    const auto z = at::linspace(density.from, density.to, points, at::kDouble);
    const double step = (density.to - density.from) / (points - 1);
    const auto log_q = log_q_of(start, z);
    const auto q = at::exp(log_q);
    CHECK((q.sum() * step).item<double>() == doctest::Approx(1).epsilon(2e-3));
    auto log_p = density.log_density(z);
    log_p = log_p - at::logsumexp(log_p, 0) - std::log(step);
    const double kl = ((q * (log_q - log_p)).sum() * step).item<double>();
    CHECK(std::abs(kl) < density.tolerance);
  }
}

TEST_CASE("a simplex is broken off part by part, and volumes stay") {
  const auto logits = normal({5, 3}, 21);
  const auto z = broken_off(logits);
  CHECK(largest(breaks(z) - logits) < 1e-12);
  const auto theta = at::softmax(at::cat({z, at::zeros({5, 1}, at::kDouble)}, -1), -1);
  const auto first = at::sigmoid(logits.select(-1, 0)), second = at::sigmoid(logits.select(-1, 1));
  CHECK(largest(theta.select(-1, 0) - first) < 1e-12);
  CHECK(largest(theta.select(-1, 1) - (1 - first) * second) < 1e-12);
  for (std::int64_t row = 0; row < 5; ++row) {
    const auto at = logits[row].clone().set_requires_grad(true);
    std::vector<at::Tensor> rows;
    const auto z_at = broken_off(at);
    for (std::int64_t i = 0; i < 3; ++i) rows.push_back(torch::autograd::grad({z_at[i]}, {at}, {}, true).front());
    CHECK(std::abs(at::linalg_det(at::stack(rows)).item<double>() - 1) < 1e-12);
  }
}
