#include "inference/refinement.hpp"

#include <cmath>

#include "families.hpp"
#include "inference/losses.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// Gaussian random effects: the evidence is a Gaussian density.
const char* const random_effects = R"(model {
  real a ~ normal(0, 1);
  plate group[3] {
    real w ~ normal(a, 0.5);
    plate obs[4] {
      observed real y ~ normal(w, 0.3);
    }
  }
}
)";

/// log N(y; 0, 1 + 0.25 within groups + 0.09 I) of y [B, 3, 4].
at::Tensor exact_log_evidence(const at::Tensor& y) {
  const auto options = at::TensorOptions(at::kDouble);
  const auto group = at::arange(12, options).div(4, "floor");
  const auto covariance =
      1 + 0.25 * (group.unsqueeze(0) == group.unsqueeze(1)).to(at::kDouble) + 0.09 * at::eye(12, options);
  const auto x = y.reshape({-1, 12});
  const auto squares = (x * x.matmul(at::inverse(covariance))).sum(1);
  return -0.5 * (squares + at::logdet(covariance) + 12 * std::log(2 * std::acos(-1.0)));
}

struct Case {
  explicit Case(double spoilt, std::int64_t sets = 8) : family(compiled(random_effects)) {
    family.warmed();
    if (spoilt > 0) family.perturbed(spoilt);
    auto values = family.generative.simulate(sets, 11);
    observation = family.generative.model.observe(values);
    at::NoGradGuard no_grad;
    encodings = family.dual.encode(observation);
    evidence = exact_log_evidence(values[family.generative.index("y")].squeeze(0));
  }
  /// Log evidence minus ELBO [B].
  at::Tensor gap(const Encodings& some) const {
    at::NoGradGuard no_grad;
    auto generator = seeded(21);
    return evidence - log_weights(family.dual, some, observation, 2000, generator).log_weight().mean(0);
  }
  Encodings refined(std::int64_t steps) const {
    auto generator = seeded(31);
    return refine(family.dual, observation, encodings, {steps}, generator);
  }

  Dual family;
  Observation observation;
  Encodings encodings;
  at::Tensor evidence;
};

}  // namespace

TEST_CASE("refinement closes most of the gap of a spoilt family, and leaves its weights alone") {
  const Case spoilt(0.1);
  const auto weights = spoilt.family.dual.parameters().flat().clone();
  const auto before = spoilt.gap(spoilt.encodings), after = spoilt.gap(spoilt.refined(200));
  MESSAGE("gap ", before.mean().item<double>(), " -> ", after.mean().item<double>());
  CHECK((before > 0).all().item<bool>());
  CHECK(before.mean().item<double>() > 0.02);
  CHECK(after.mean().item<double>() < 0.5 * before.mean().item<double>());
  CHECK((after < before + 1e-3).all().item<bool>());
  CHECK((after > -0.01).all().item<bool>());
  CHECK(at::equal(weights, spoilt.family.dual.parameters().flat()));
}

TEST_CASE("no steps change nothing, and where nothing is gained nothing is changed") {
  const Case exact(0);
  const auto same = exact.refined(0);
  for (std::size_t d = 0; d < same.features.size(); ++d) {
    CHECK(at::equal(same.features[d], exact.encodings.features[d]));
  }
  CHECK((exact.gap(exact.refined(3)) < exact.gap(exact.encodings) + 2e-3).all().item<bool>());
}

TEST_CASE("a data set whose numbers are hopeless does not touch the others") {
  const Case spoilt(0.1);
  auto broken = spoilt.encodings;
  for (auto& features : broken.features) {
    features = features.clone();
    features.select(1, 0).fill_(std::nan(""));
  }
  auto generator = seeded(31);
  const auto refined = refine(spoilt.family.dual, spoilt.observation, broken, {50}, generator);
  const auto expected = spoilt.refined(50);
  for (std::size_t d = 0; d < refined.features.size(); ++d) {
    const auto others = refined.features[d].narrow(1, 1, 7);
    CHECK(largest(others - expected.features[d].narrow(1, 1, 7)) < 1e-9);
  }
}
