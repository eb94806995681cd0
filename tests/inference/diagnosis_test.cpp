#include "inference/diagnosis.hpp"

#include <cmath>

#include "diagnostics/failure.hpp"
#include "families.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

struct Step {
  Dual f;
  Batch batch;

  explicit Step(const std::string& text, const ArchitectureOptions& options = small()) : f(compiled(text), options) {
    f.perturbed();
    batch.values = f.generative.simulate(4, 71);
    batch.observation = f.generative.model.observe(batch.values);
  }
  std::string culprit_of(Loss loss = Loss::reverse_kl) {
    auto generator = seeded(72);
    return culprit(loss, f.dual, batch, 3, generator);
  }
  void set(const std::string& name, double value) {
    at::NoGradGuard no_grad;
    weight(f.dual.parameters(), name).fill_(value);
  }
};

const char* const positive = R"(model {
  real a ~ normal(0, 1);
  real<lower=0> t ~ lognormal(a, 1);
  plate obs[3] {
    observed real y ~ normal(exp(a), t);
  }
})";

}  // namespace

TEST_CASE("a sound step has no culprit") {
  Step step(mixed_model);
  for (const Loss loss : {Loss::reverse_kl, Loss::forward_kl, Loss::unregularized_elbo, Loss::map}) {
    CHECK(step.culprit_of(loss).empty());
  }
}

TEST_CASE("the first latent whose draw or density is not finite is named, not those that follow") {
  Step step(mixed_model);
  for (const char* name : {"w", "p", "s"}) {  // against the sampling order
    CAPTURE(name);
    step.set(std::string("estimator.") + name + ".affine.bias", INFINITY);
    CHECK(step.culprit_of() == name);
    CHECK(step.culprit_of(Loss::forward_kl) == name);
    CHECK(step.culprit_of(Loss::map) == name);
  }
}

TEST_CASE("a latent whose density overflows is named although its number is finite") {
  Step step(positive);
  CHECK(step.culprit_of().empty());
  step.set("estimator.a.affine.bias", 1e200);
  CHECK(step.culprit_of() == "a");
}

TEST_CASE("where all latents are fine but the data's density is not, the data are named") {
  auto options = small();
  options.scoring_steps = options.message_steps = 0;  // else the climb meets the overflow first
  Step step("model { real a ~ normal(0, 1); plate obs[3] { observed real y ~ normal(exp(a), 1); } }", options);
  CHECK(step.culprit_of().empty());
  constant(step.f.dual.parameters(), "estimator.a.base").fill_(1e4);
  CHECK(step.culprit_of() == "y");
  CHECK(step.culprit_of(Loss::forward_kl).empty());  // which does not ask for it
}

TEST_CASE("simulated values that overflow come first") {
  Step step(mixed_model);
  step.set("estimator.s.affine.bias", INFINITY);
  step.batch.values[step.f.generative.index("y")][0][0][0][0] = -INFINITY;
  CHECK(step.culprit_of() == "y");
  step.batch.values[step.f.generative.index("w")][0][0][0][0] = INFINITY;
  CHECK(step.culprit_of() == "w");
}

TEST_CASE("where the step is finite the last estimator is named whose gradient is not") {
  Step step(mixed_model);
  const auto poison = [&](const std::string& name) { weight(step.f.dual.parameters(), name).grad().fill_(NAN); };
  poison("estimator.a.affine.bias");
  CHECK(step.culprit_of() == "a");
  poison("estimator.w.affine.bias");
  CHECK(step.culprit_of() == "w");
}

TEST_CASE("skipped steps are counted by variable, the most frequent first") {
  SkippedSteps steps;
  CHECK(steps.text().empty());
  CHECK(steps.total() == 0);
  steps.add("theta", 1);
  for (const int step : {2, 3}) steps.add("tau", step);
  steps.add("", 4);
  CHECK(steps.text() == "tau: 2, the encoder: 1, theta: 1");
  CHECK(steps.total() == 4);
  SkippedSteps again;
  again.restore(steps.counts());
  CHECK(again.text() == steps.text());
}

TEST_CASE("fifty skipped steps in a row are too many, and the message names what they were traced to") {
  SkippedSteps steps;
  for (int step = 0; step < 49; ++step) steps.add("tau", step);
  steps.applied();
  for (int step = 50; step < 99; ++step) steps.add("theta", step);
  try {
    steps.add("theta", 99);
    FAIL("nothing was thrown");
  } catch (const Failure& failure) {
    CHECK(failure.status() == ExitStatus::failed);
    CHECK(std::string(failure.what()) ==
          "training cannot go on: 50 steps in a row gave a loss or gradient that is not finite "
          "(step 99; traced to theta: 50, tau: 49)");
  }
}
