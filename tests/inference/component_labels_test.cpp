#include "inference/component_labels.hpp"

#include <algorithm>
#include <numeric>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// The least sum over all orders.
double least_cost(const at::Tensor& cost) {
  std::vector<std::int64_t> order(static_cast<std::size_t>(cost.size(0)));
  std::iota(order.begin(), order.end(), 0);
  double least = INFINITY;
  do {
    double sum = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      sum += cost[static_cast<std::int64_t>(i)][order[i]].item<double>();
    }
    least = std::min(least, sum);
  } while (std::next_permutation(order.begin(), order.end()));
  return least;
}

}  // namespace

TEST_CASE("an assignment costs as little as the cheapest of all orders") {
  auto generator = seeded(1);
  for (const std::int64_t size : {1, 2, 3, 5}) {
    CAPTURE(size);
    const auto cost = at::empty({3, 4, size, size}, at::kDouble).normal_(0, 1, generator);
    const auto columns = assignment(cost);
    CHECK(columns.sizes() == at::IntArrayRef({3, 4, size}));
    CHECK(std::get<0>(columns.sort(-1)).equal(at::arange(size).expand({3, 4, size})));  // each column once
    for (std::int64_t i = 0; i < 12; ++i) {
      const auto matrix = cost.view({12, size, size})[i];
      const auto paid = matrix.gather(1, columns.view({12, size})[i].unsqueeze(1)).sum().item<double>();
      CHECK(paid == doctest::Approx(least_cost(matrix)));
    }
  }
}

TEST_CASE("costs that are not finite are avoided") {
  const auto cost = at::tensor({double(NAN), 5.0, 1.0, double(INFINITY)}, at::kDouble).view({2, 2});
  CHECK(assignment(cost).equal(at::tensor({1, 0}, at::kLong)));
}

TEST_CASE("labels change for everything that belongs to the components, and the joint density stays") {
  Generative gm(model_file("gm.hbm"));
  const auto values = gm.simulate(2, 3);
  const auto order = at::tensor({2, 0, 1, 0, 2, 1}, at::kLong).view({1, 2, 3});
  auto other = values;
  relabel(gm.hbm, gm.hbm.exchangeable.front(), order, other);
  const auto mu = gm.index("mu"), mu_g = gm.index("mu_g"), pi_g = gm.index("pi_g");
  CHECK(other[mu][0][0][0].equal(values[mu][0][0][2]));
  CHECK(other[mu_g][0][0][1][0].equal(values[mu_g][0][0][1][2]));
  CHECK(other[pi_g][0][1][2][1].equal(values[pi_g][0][1][2][2]));
  const auto observation = gm.model.observe(values);
  const auto joint = [&](const VariableValues& at) {
    return gm.model.log_prior(at) + gm.model.log_likelihood(observation, at);
  };
  CHECK(at::allclose(joint(other), joint(values)));
}
