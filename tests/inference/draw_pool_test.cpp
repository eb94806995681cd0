#include "inference/draw_pool.hpp"

#include <cmath>

#include "families.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

at::Tensor log_density(const at::Tensor& x, double mean, double sd) {
  return -0.5 * ((x - mean) / sd).square() - std::log(sd);
}

/// Pools of three data sets whose posterior is N(0.4, 1): drawn from it, from a wider and from a much too narrow one.
struct Pools {
  explicit Pools(std::int64_t size) {
    auto generator = seeded(5);
    const auto noise = at::randn({size, 3}, generator, at::TensorOptions(at::kDouble));
    const double sds[] = {1, 1.5, 0.3}, means[] = {0.4, 0, 0.4};
    draws = at::empty_like(noise);
    weights = at::empty_like(noise);
    for (std::int64_t b = 0; b < 3; ++b) {
      const auto x = means[b] + sds[b] * noise.select(1, b);
      draws.select(1, b).copy_(x);
      weights.select(1, b).copy_(log_density(x, 0.4, 1) - log_density(x, means[b], sds[b]));
    }
  }
  at::Tensor draws, weights;
};

}  // namespace

TEST_CASE("resampling mends a wide proposal and leaves a hopeless one as it is") {
  const std::int64_t n = 20000;
  const Pools pools(4 * n);
  const auto choice = choose({pools.weights, pools.weights}, n, at::full({3}, 0.37, at::kDouble));
  CHECK(choice.k_hat[1] < 0.2);
  CHECK(choice.k_hat[2] > largest_k_hat);
  CHECK(choice.resampled == std::vector<double>{1, 1, 0});
  const auto chosen = pools.draws.gather(0, choice.positions);
  CHECK(chosen.select(1, 1).mean().item<double>() == doctest::Approx(0.4).epsilon(0.05));
  CHECK(chosen.select(1, 1).std().item<double>() == doctest::Approx(1).epsilon(0.02));
  CHECK(largest(choice.log_weight.narrow(1, 0, 2) + std::log(static_cast<double>(n))) < 1e-12);
  CHECK(at::equal(choice.positions.select(1, 2), at::arange(n, at::kLong)));
  const auto own = choice.log_weight.select(1, 2);  // the importance weights of those that are kept
  CHECK(own.exp().sum().item<double>() == doctest::Approx(1));
  CHECK((own.max() - own.min()).item<double>() > 1);
}

TEST_CASE("draws that are not resampled keep their weights about q, whatever the rest was drawn from") {
  const Pools pools(400);
  const auto choice = choose({at::zeros_like(pools.weights), pools.weights}, 100);
  const auto expected = choose({pools.weights, pools.weights}, 100);
  CHECK(at::equal(choice.log_weight, expected.log_weight));
  CHECK((choice.log_weight.max() - choice.log_weight.min()).item<double>() > 1);
}

TEST_CASE("a pool with widened draws is weighted about the mixture that it comes from") {
  for (const char* name : {"gre.hbm", "eight_schools.hbm"}) {
    CAPTURE(name);
    Dual f(model_file(name));
    f.perturbed();
    const auto observation = f.generative.model.observe(f.generative.simulate(3, 24));
    const auto encodings = f.dual.encode(observation);
    auto generator = seeded(6);
    const std::int64_t plain = 9000, wide = 1000;
    const auto pool = f.dual.draw(encodings, observation, plain + wide, generator, Leaves::drawn, {0.1, wide});
    // With draws of the mixture p, the mean of q / p is one; with those of q, the mean of p / q.
    const auto over = pool.log_widened.exp();
    CHECK(largest(over.reciprocal().mean(0) - 1) < 0.02);
    CHECK(largest(over.narrow(0, 0, plain).mean(0) - 1) < 0.05);
    // Widened draws are where q is lower.
    const auto log_q = pool.log_q - pool.log_q.mean(0);
    CHECK(log_q.narrow(0, plain, wide).mean().item<double>() < log_q.narrow(0, 0, plain).mean().item<double>());
    CHECK_FALSE(f.dual.draw(encodings, observation, 10, generator).log_widened.defined());
  }
}

TEST_CASE("of equal weights one in four is kept, none twice") {
  const Pools pools(400);
  const auto choice = choose({pools.weights, pools.weights}, 100, at::full({3}, 0.5, at::kDouble));
  CHECK(at::equal(choice.positions.select(1, 0).diff(), at::full({99}, 4, at::kLong)));
}

TEST_CASE("without offsets the draws and their importance weights stay") {
  const Pools pools(1000);
  const auto choice = choose({pools.weights, pools.weights}, 1000);
  CHECK(choice.resampled == std::vector<double>(3, 0));
  CHECK(at::equal(choice.positions, first_positions(1000, 3)));
  const auto weights = pools.weights.select(1, 1);
  const auto own = choice.log_weight.select(1, 1);  // all but the smoothed tail: normalised
  const auto small = std::get<1>(weights.topk(500, 0, /*largest=*/false));
  const auto shift = (weights - own).index_select(0, small);
  CHECK(largest(shift - shift[0]) < 1e-9);
}
