#include "inference/triangular_map.hpp"

#include <cmath>

#include "families.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

constexpr std::int64_t data_sets = 3;

at::TensorOptions float64() { return at::TensorOptions(at::kDouble); }

/// v_2 has a mean and a scale that depend on v_1, and v_3 on both.
struct Curved {
  at::Tensor strength = at::linspace(0.8, 1.5, data_sets, at::kDouble);
  /// log p [N, B] of v [N, B, 3].
  at::Tensor log_density(const at::Tensor& v) const {
    const auto a = v.select(-1, 0), b = v.select(-1, 1), c = v.select(-1, 2);
    const auto sd_b = 0.2 * strength * a, sd_c = 0.1 * strength * b;
    const auto mean_b = 0.15 * strength * (a.square() - 1), mean_c = 0.2 * strength * a * b;
    const auto term = [](const at::Tensor& x, const at::Tensor& mean, const at::Tensor& log_sd) {
      return -0.5 * ((x - mean) * at::exp(-log_sd)).square() - log_sd;
    };
    return -0.5 * a.square() + term(b, mean_b, sd_b) + term(c, mean_c, sd_c);
  }
  TriangularMap fitted() const {
    return TriangularRegression(3)([this](const at::Tensor& v) { return log_density(v); }, data_sets, float64());
  }
  /// Half the variance of the log weights of draws, about the gap, of each data set.
  at::Tensor gap(const TriangularMap& map) const {
    const auto u = normal({4000, data_sets, 3}, 1);
    if (!map.defined()) return 0.5 * (log_density(u) + 0.5 * u.square().sum(-1)).var(0);
    const auto v = onto(map.given(0, 3, nobody(4000)), u);
    return 0.5 * (log_density(v.value) + v.log_slope.sum(-1) + 0.5 * u.square().sum(-1)).var(0);
  }
  static at::Tensor nobody(std::int64_t draws) { return at::zeros({draws, data_sets, 0}, at::kDouble); }
};

}  // namespace

TEST_CASE("products of Hermite polynomials are orthogonal, those of the first numbers first") {
  const HermiteBasis basis(3, 3);
  CHECK(basis.size(0) == 1);
  CHECK(basis.size(1) == 4);
  CHECK(basis.size(2) == 10);
  CHECK(basis.size(3) == 20);
  // But for what is cut at the flat ends.
  const auto line = at::linspace(-3, 3, 121, at::kDouble);
  const auto grid = at::stack(at::meshgrid({line, line}, "ij"), -1).flatten(0, 1);
  const auto weight = at::exp(-0.5 * grid.square().sum(-1));
  const auto products = basis(grid);
  const auto gram = at::matmul((products * weight.unsqueeze(-1)).t(), products) / weight.sum();
  const auto scale = gram.diagonal().sqrt();
  CHECK(largest(gram / (scale.unsqueeze(-1) * scale) - at::eye(10, at::kDouble)) < 0.25);
  CHECK(at::equal(basis(grid.narrow(-1, 0, 1)), products.narrow(-1, 0, 4)));
  CHECK(at::equal(basis(at::full({1, 2}, 50.0, at::kDouble)), basis(at::full({1, 2}, 2.5, at::kDouble))));
}

TEST_CASE("a map and its inverse undo each other, and its slopes are its Jacobian's") {
  const auto map = Curved().fitted();
  const auto u = normal({5, data_sets, 3}, 2);
  const auto whole = map.given(0, 3, Curved::nobody(5));
  const auto v = onto(whole, u);
  const auto back = off(whole, v.value);
  CHECK(largest(back.value - u) < 1e-9);
  CHECK(largest(back.log_slope + v.log_slope) < 1e-9);
  CHECK(largest(v.value - u) > 0.1);
  const auto one = [&](const at::Tensor& x) {
    return onto(whole, x.view({1, 1, 3}).expand({5, data_sets, 3})).value[0][1];
  };
  const auto j = jacobian(one, u[0][1]);
  CHECK(largest(j.triu(1)) == 0);
  CHECK(largest(j.diagonal().log() - onto(whole, u[0][1].expand({5, data_sets, 3})).log_slope[0][1]) < 1e-6);
}

TEST_CASE("parts of a map given the numbers before make up the whole") {
  const auto map = Curved().fitted();
  const auto u = normal({5, data_sets, 3}, 3);
  const auto v = onto(map.given(0, 3, Curved::nobody(5)), u);
  const auto first = v.value.narrow(-1, 0, 1);
  const auto others = map.given(1, 2, first);
  const auto rest = onto(others, u.narrow(-1, 1, 2));
  CHECK(largest(rest.value - v.value.narrow(-1, 1, 2)) < 1e-12);
  CHECK(largest(rest.log_slope - v.log_slope.narrow(-1, 1, 2)) < 1e-12);
  CHECK(largest(off(others, rest.value).value - u.narrow(-1, 1, 2)) < 1e-9);
}

TEST_CASE("a Gaussian is found as it is") {
  const auto factor = vector({0.8, 0.0, 0.3, 1.2}).view({2, 2});
  const auto mean = vector({0.2, -0.1});
  const auto inverse = at::linalg_inv(factor);
  const auto log_density = [&](const at::Tensor& v) {
    return -0.5 * at::matmul(v - mean, inverse.t()).square().sum(-1);
  };
  const auto map = TriangularRegression(2)(log_density, 1, float64());
  const auto u = normal({50, 1, 2}, 4);
  const auto v = onto(map.given(0, 2, at::zeros({50, 1, 0}, at::kDouble)), u).value;
  const auto apart = (v - mean - at::matmul(u, factor.t())).abs();
  CHECK(largest(at::where(u.abs().amax(-1, true) < 2, apart, at::zeros_like(apart))) < 0.03);
}

TEST_CASE("where densities bend, next to all of the gap is gone") {
  const Curved curved;
  const auto before = curved.gap({}), after = curved.gap(curved.fitted());
  CHECK(before[0].item<double>() > 0.02);
  CHECK((after < 0.15 * before).all().item<bool>());
}

TEST_CASE("a skewed number is found, however it is skewed by another") {
  const auto log_density = [](const at::Tensor& v) {
    const auto a = v.select(-1, 0), b = v.select(-1, 1);
    const auto rate = at::exp(0.5 * at::tanh(a));  // of minus a log gamma variate of shape 4
    const auto x = 2 + 0.5 * b;
    return -0.5 * a.square() - 0.05 * a.pow(4) + 4 * x * rate - at::exp(x * rate - 0.6);
  };
  const auto map = TriangularRegression(2)(log_density, 1, float64());
  const auto u = normal({4000, 1, 2}, 6);
  const auto gap = [&](const Bijected& v) {
    return 0.5 * (log_density(v.value) + v.log_slope.sum(-1) + 0.5 * u.square().sum(-1)).var(0).item<double>();
  };
  const double before = gap({u, at::zeros_like(u)});
  const double after = gap(onto(map.given(0, 2, at::zeros({4000, 1, 0}, at::kDouble)), u));
  CHECK(after < 0.05 * before);
}

TEST_CASE("densities that are not finite leave a map that is") {
  const Curved curved;
  const auto holes = [&](const at::Tensor& v) {
    const auto density = curved.log_density(v);
    auto result = at::where(v.select(-1, 0) > 0.5, at::full_like(density, -1e30), density);
    result.select(1, 0).fill_(-1e30);
    return result;
  };
  const auto map = TriangularRegression(3)(holes, data_sets, float64());
  const auto v = onto(map.given(0, 3, Curved::nobody(7)), normal({7, data_sets, 3}, 5));
  CHECK(finite(v.value));
  CHECK(finite(v.log_slope));
  CHECK_FALSE(TriangularRegression(1)(holes, data_sets, float64()).defined());
}
