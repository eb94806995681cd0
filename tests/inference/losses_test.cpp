#include "inference/losses.hpp"

#include <cmath>

#include "families.hpp"
#include "inference/adam.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

Batch batch_of(const Dual& f, std::int64_t sets, std::uint64_t seed) {
  const auto values = f.generative.simulate(sets, seed);
  return {values, f.generative.model.observe(values)};
}

/// Gradient of a loss [weights].
at::Tensor gradient(Dual& f, Loss loss, const Batch& batch, std::int64_t draws, bool path, std::uint64_t seed) {
  at::Tensor(f.dual.parameters().flat_gradient()).zero_();
  auto generator = seeded(seed);
  loss_of(loss, f.dual, batch, draws, path, generator).backward();
  return f.dual.parameters().flat_gradient().clone();
}

double value(const Dual& f, Loss loss, const Batch& batch, std::int64_t draws, bool path, std::uint64_t seed) {
  auto generator = seeded(seed);
  return loss_of(loss, f.dual, batch, draws, path, generator).item<double>();
}

const char* const tiny_model = R"(model {
  real a ~ normal(0, 1);
  real<lower=0> s ~ exponential(1);
  plate group[2] {
    real w ~ normal(a, s + 0.5);
    plate obs[3] {
      observed real y ~ normal(w, 1);
    }
  }
})";

ArchitectureOptions tiny(FlowKind flow) {
  auto options = small();
  options.attention = Attention::none;
  options.trunk = {3};
  options.flow = flow;
  options.flow_hidden = {3};
  options.spline_bins = 3;
  return options;
}

/// Mean and its standard error over the first axis.
struct Average {
  explicit Average(const std::vector<at::Tensor>& samples) {
    const auto all = at::stack(samples);
    mean = all.mean(0);
    error = all.std(0) / std::sqrt(static_cast<double>(samples.size()));
  }
  at::Tensor mean, error;
};

}  // namespace

TEST_CASE("the path gradient and the total gradient have the same expectation") {
  for (const auto flow : {FlowKind::none, FlowKind::maf, FlowKind::spline}) {
    CAPTURE(static_cast<int>(flow));
    Dual f(compiled(tiny_model), tiny(flow));
    f.warmed(512).perturbed(0.2);
    const auto batch = batch_of(f, 1, 31);
    std::vector<at::Tensor> differences, totals;
    for (std::uint64_t i = 0; i < 70; ++i) {
      const auto total = gradient(f, Loss::reverse_kl, batch, 64, false, 100 + i);
      totals.push_back(total);
      differences.push_back(gradient(f, Loss::reverse_kl, batch, 64, true, 100 + i) - total);
    }
    const Average difference(differences), total(totals);
    const auto apart = difference.mean.abs() / (difference.error + 1e-12);
    CHECK(largest(apart) < 5);
    CHECK(largest(difference.error) > 1e-4);                  // they do differ draw by draw
    CHECK(largest(total.mean / (total.error + 1e-12)) > 10);  // and point somewhere
  }
}

TEST_CASE("at the exact posterior the path gradient has hardly any noise left") {
  auto options = tiny(FlowKind::none);
  options.moments = true;
  Dual f(model_file("gre.hbm"), options);
  f.warmed(4096);
  const auto batch = batch_of(f, 32, 32);
  const auto path = gradient(f, Loss::reverse_kl, batch, 8, true, 33);
  const auto total = gradient(f, Loss::reverse_kl, batch, 8, false, 33);
  CHECK(path.norm().item<double>() < 0.5 * total.norm().item<double>());
}

TEST_CASE("the reverse KL is minus the ELBO, whichever its gradient") {
  Dual f(compiled(mixed_model));
  f.warmed().perturbed(0.05);
  const auto batch = batch_of(f, 1, 34);
  auto generator = seeded(35);
  const auto encodings = f.dual.encode(batch.observation);
  const auto weights = log_weights(f.dual, encodings, batch.observation, 16, generator);
  const double elbo = weights.log_weight().mean().item<double>();
  CHECK(value(f, Loss::reverse_kl, batch, 16, true, 35) == doctest::Approx(-elbo).epsilon(1e-12));
  CHECK(value(f, Loss::reverse_kl, batch, 16, false, 35) == doctest::Approx(-elbo).epsilon(1e-12));
  const auto joint = f.generative.model.log_prior(weights.draw.values) +
                     f.generative.model.log_likelihood(batch.observation, weights.draw.values);
  CHECK(largest((joint - weights.draw.log_q - weights.log_weight()).detach()) < 1e-9);
  CHECK(value(f, Loss::unregularized_elbo, batch, 16, false, 35) ==
        doctest::Approx(-joint.mean().item<double>()).epsilon(1e-12));
}

TEST_CASE("integrated leaves weigh a draw of those above them as any draw of the leaves does, and so do gradients") {
  auto options = tiny(FlowKind::spline);
  options.exact = true;
  Dual f(compiled(R"(model {
    real a ~ normal(0, 1);
    real<lower=0> s ~ exponential(1);
    plate group[4] {
      real w ~ normal(a, s + 0.5);
      plate obs[3] {
        observed int y ~ poisson_log(w);
      }
    }
  })"),
         options);
  REQUIRE(f.plan.estimators.back().is_tabulated());
  f.warmed().perturbed(0.05);
  const auto batch = batch_of(f, 8, 36);
  const auto encodings = f.dual.encode(batch.observation);
  const auto weights_and_gradient = [&](Leaves leaves) {
    at::Tensor(f.dual.parameters().flat_gradient()).zero_();
    auto generator = seeded(37);
    const auto draw = f.dual.draw(encodings, batch.observation, 16, generator, leaves);
    const auto weights = f.generative.model.log_prior(draw.values) +
                         f.generative.model.log_likelihood(batch.observation, draw.values) - draw.log_q;
    weights.mean().backward({}, /*retain_graph=*/true);
    return std::pair(weights.detach(), f.dual.parameters().flat_gradient().clone());
  };
  const auto [drawn, drawn_gradient] = weights_and_gradient(Leaves::drawn);
  const auto [integrated, gradient] = weights_and_gradient(Leaves::integrated);
  CHECK((integrated - drawn).abs().mean().item<double>() < 5e-3);
  // The table's spline in the tails, and one look from the top's peak at draws far from it.
  CHECK(largest(integrated - drawn) < 0.5);
  CHECK((gradient - drawn_gradient).norm().item<double>() < 0.02 * drawn_gradient.norm().item<double>());
}

TEST_CASE("the forward KL is minus the density of the true latents, and its best is the warm start's") {
  Dual f(compiled(mixed_model));
  f.warmed(2048);
  const auto batch = batch_of(f, 64, 36);
  const double loss = value(f, Loss::forward_kl, batch, 1, false, 1);
  CHECK(std::isfinite(loss));
  const auto encodings = f.dual.encode(batch.observation);
  std::vector<at::Tensor> z;
  for (const auto& e : f.plan.estimators) z.push_back(f.generative.model.unconstrain(e.variable, batch.values));
  const auto starts = f.dual.starts(encodings, batch.observation, batch.values, z);
  CHECK(loss == doctest::Approx(-f.dual.log_q(encodings, starts, z).mean().item<double>()).epsilon(1e-10));
  CHECK(finite(gradient(f, Loss::forward_kl, batch, 1, false, 1)));
  f.perturbed(0.2);
  CHECK(value(f, Loss::forward_kl, batch, 1, false, 1) > loss);
}

TEST_CASE("every loss falls when one follows its gradient") {
  for (const auto loss : {Loss::reverse_kl, Loss::forward_kl, Loss::unregularized_elbo, Loss::map}) {
    CAPTURE(std::string(to_string(loss)));
    // No scale of this model can shrink to zero, where its log joint has no bound.
    Dual f(compiled(tiny_model));
    f.warmed(512).perturbed(0.1);
    const auto batch = batch_of(f, 16, 37);
    Adam adam(f.dual.parameters().flat());
    const double before = value(f, loss, batch, 64, true, 38);
    for (std::uint64_t i = 0; i < 30; ++i) {
      const auto direction = gradient(f, loss, batch, 8, true, 40 + i);
      REQUIRE(finite(direction));
      at::NoGradGuard no_grad;
      adam.step(f.dual.parameters().flat(), direction, 5e-3);
    }
    CHECK(value(f, loss, batch, 64, true, 38) < before - 0.1);
  }
}

TEST_CASE("the MAP loss moves the affine shift alone") {
  Dual f(compiled(mixed_model));
  f.warmed(512).perturbed(0.1);
  gradient(f, Loss::map, batch_of(f, 16, 39), 1, false, 1);
  bool moved = false;
  for (const auto& [name, weight] : f.dual.parameters().weights()) {
    CAPTURE(name);
    if (name.find(".flow.") != std::string::npos) CHECK(largest(weight.grad()) == 0);
    moved = moved || largest(weight.grad()) > 0;
  }
  CHECK(moved);
  const auto i = f.estimator("w");
  const auto size = f.plan.estimators[i].size;
  const auto bias = f.dual.estimators()[i].bias.grad();
  CHECK(largest(bias.narrow(0, 0, size)) > 0);
  CHECK(largest(bias.narrow(0, size, bias.size(0) - size)) == 0);
}

TEST_CASE("losses have names for people") {
  CHECK(std::string(to_string(Loss::reverse_kl)) == "reverse KL");
  CHECK(std::string(to_string(Loss::forward_kl)) == "forward KL");
  CHECK(std::string(to_string(Loss::unregularized_elbo)) == "unregularized ELBO");
  CHECK(std::string(to_string(Loss::map)) == "MAP");
}
