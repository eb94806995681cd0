// Non-amortized training: the posterior of one data set alone.
#include <cmath>

#include "families.hpp"
#include "inference/tensors.hpp"
#include "inference/trainer.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

constexpr std::int64_t groups = 3, observations = 5;

HbmModel model() { return model_file("gre.hbm", {{"N", integer(observations)}, {"D", integer(1)}}); }

/// Data of the model far from its usual ones: [1, G, N, 1].
DoubleArrays data_set() {
  NdArray<double> x{{1, groups, observations, 1}, {}};
  for (std::int64_t i = 0; i < groups * observations; ++i)
    x.values.push_back(1.5 + 0.3 * static_cast<double>(i / observations) + 0.05 * std::sin(static_cast<double>(3 * i)));
  return {{"x", x}};
}

/// log p(X): X is Gaussian, with the covariances that mu and mu_g give it.
double log_evidence(const DoubleArrays& data) {
  const double sigma_mu = 1.0, sigma_g = 0.2, sigma_x = 0.05;
  const auto n = groups * observations;
  const auto x = to_tensor(data.at("x")).view({n, 1});
  const auto group = at::arange(n, at::kLong).div(observations, "floor");
  const auto same = (group.unsqueeze(0) == group.unsqueeze(1)).to(at::kDouble);
  const auto covariance = sigma_mu * sigma_mu * at::ones({n, n}, at::kDouble) + sigma_g * sigma_g * same +
                          sigma_x * sigma_x * at::eye(n, at::kDouble);
  const auto factor = at::linalg_cholesky(covariance);
  const auto scaled = at::linalg_solve_triangular(factor, x, /*upper=*/false);
  return (-0.5 * scaled.square().sum() - factor.diagonal().log().sum()).item<double>() -
         0.5 * static_cast<double>(n) * std::log(2 * M_PI);
}

TrainingOptions steps(std::int64_t count, double learning_rate) {
  TrainingOptions options;
  options.phases = {{Loss::reverse_kl, count}};
  options.learning_rate = learning_rate;
  options.batch = 4;  // times 8 draws
  options.validation_sets = 64;
  options.warm_start_sets = 512;
  options.check_every = 100;
  return options;
}

TrainingResult fit(const ArchitectureOptions& architecture, const TrainingOptions& options, const DoubleArrays& data) {
  Dual f(model(), architecture, at::kFloat);
  TrainingRequest request;
  request.options = options;
  request.fit = &data;
  return train(f.dual, request);
}

ArchitectureOptions free_mean_field() {
  ArchitectureOptions options;
  options.family = Family::mean_field;
  options.free = true;
  options.trunk.clear();
  options.affine = AffineScale::diagonal;
  options.flow = FlowKind::none;
  options.scoring_steps = 0;
  return options;
}

}  // namespace

TEST_CASE("the exact evidence of one data set is reached") {
  const auto data = data_set();
  const double exact = log_evidence(data);
  SUBCASE("with an encoder, from its start") {
    const auto result = fit(small(), steps(50, 2e-3), data);
    CHECK(result.elbo == doctest::Approx(exact).epsilon(0.05 / std::abs(exact)));
    CHECK(result.elbo_se > 0);  // over draws
  }
  SUBCASE("without an encoder") {
    auto options = free_mean_field();
    options.family = Family::structured;
    const auto result = fit(options, steps(4000, 2e-2), data);
    CHECK(result.elbo == doctest::Approx(exact).epsilon(0.05 / std::abs(exact)));
  }
  SUBCASE("one flow over all latents") {
    auto options = free_mean_field();
    options.family = Family::total;
    options.affine = AffineScale::triangular;
    const auto result = fit(options, steps(4000, 2e-2), data);
    CHECK(result.elbo == doctest::Approx(exact).epsilon(0.05 / std::abs(exact)));
  }
}

TEST_CASE("mean-field VI falls short by what its factorisation costs") {
  const auto data = data_set();
  const auto result = fit(free_mean_field(), steps(4000, 2e-2), data);
  // The posterior's precision: mu against the group means, and each of these.
  const double prior_mu = 1, between = 25, within = observations * 400.0;
  const double top = prior_mu + groups * between, group = between + within;
  const double cost = -0.5 * std::log(1 - groups * between * between / (top * group));
  CHECK(cost > 0.005);
  CHECK(result.elbo == doctest::Approx(log_evidence(data) - cost).epsilon(0.01 / std::abs(log_evidence(data))));
}

TEST_CASE("a fit does not see simulations, and an amortized training does") {
  auto data = data_set();
  const auto options = steps(5, 1e-2);
  const auto one = fit(free_mean_field(), options, data);
  data["x"].values[0] += 1;
  const auto other = fit(free_mean_field(), options, data);
  CHECK(one.elbo != other.elbo);
  auto simulated = options;
  simulated.simulations = 64;
  CHECK(fit(free_mean_field(), simulated, data).elbo == other.elbo);
}
