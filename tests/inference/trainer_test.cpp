#include "inference/trainer.hpp"

#include <atomic>
#include <cmath>
#include <nlohmann/json.hpp>

#include "diagnostics/failure.hpp"
#include "families.hpp"
#include "inference/tensors.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

using Json = nlohmann::json;

/// A quick training of 30 steps with a validation every 15.
TrainingOptions quick() {
  TrainingOptions options;
  options.phases = {{Loss::reverse_kl, 30}};
  options.batch = 8;
  options.draws = 2;
  options.warm_start_sets = 128;
  options.validation_sets = 8;
  options.validation_draws = 4;
  options.check_every = 15;
  return options;
}

HbmModel model() { return model_file("gre.hbm", {{"N", integer(5)}, {"D", integer(1)}}); }

struct Checkpoint {
  Tensors tensors;
  std::string state;
};

/// What a training left: its result, and the checkpoint if it was interrupted.
struct Run {
  TrainingResult result;
  Checkpoint checkpoint;
  std::vector<Progress> reports;
};

/// Trains a fresh family; interrupted at the validation of step `stop`, resumed from `from`.
Run run(const HbmModel& of, const TrainingOptions& options, std::int64_t stop = -1, const Checkpoint* from = nullptr,
        std::uint64_t seed = 5) {
  Run run;
  Dual f(of, small(), at::kFloat);
  std::atomic<bool> interrupted{false};
  TrainingRequest request;
  request.options = options;
  request.engine.seed = seed;
  request.interrupted = &interrupted;
  request.report = [&](const Progress& progress) {
    run.reports.push_back(progress);
    if (progress.validated && progress.step == stop) interrupted = true;
  };
  request.checkpoint = [&](const Tensors& tensors, const std::string& state) { run.checkpoint = {tensors, state}; };
  if (from) {
    request.resume = &from->tensors;
    request.resume_state = from->state;
  }
  run.result = train(f.dual, request);
  return run;
}

void check_same(const Tensors& found, const Tensors& expected) {
  REQUIRE(found.size() == expected.size());
  for (const auto& [name, array] : expected) {
    CAPTURE(name);
    CHECK(found.at(name).values == array.values);
  }
}

/// A history without what depends on the clock.
Json without_times(const std::string& history) {
  auto json = Json::parse(history);
  for (auto& entry : json) entry.erase("seconds");
  return json;
}

bool all_finite(const Tensors& tensors) {
  for (const auto& [name, array] : tensors) {
    for (const float value : array.values) {
      if (!std::isfinite(value)) return false;
    }
  }
  return true;
}

/// Interrupts at `stop`, resumes, and compares with a run in one piece.
void check_resumes(const TrainingOptions& options, std::int64_t stop, std::int64_t steps) {
  const auto whole = run(model(), options);
  const auto first = run(model(), options, stop);
  CHECK(first.result.interrupted);
  CHECK(first.result.steps == stop);
  REQUIRE_FALSE(first.checkpoint.state.empty());
  const auto second = run(model(), options, -1, &first.checkpoint);
  CHECK_FALSE(second.result.interrupted);
  CHECK(second.result.steps == steps);
  CHECK(whole.result.steps == steps);
  check_same(second.result.tensors, whole.result.tensors);
  CHECK(without_times(second.result.history) == without_times(whole.result.history));
  CHECK(second.result.elbo == whole.result.elbo);
}

}  // namespace

TEST_CASE("a training that was interrupted and resumed ends with the same bits") {
  auto options = quick();
  SUBCASE("simulating on the fly") {}
  SUBCASE("from a fixed training set") { options.simulations = 40; }
  SUBCASE("without a schedule or a warm start") {
    options.schedule = false;
    options.warm_start = false;
  }
  check_resumes(options, 15, 30);
}

TEST_CASE("a schedule of several losses resumes within a phase and between two") {
  auto options = quick();
  options.check_every = 5;
  options.phases = {{Loss::map, 10}, {Loss::forward_kl, 10}, {Loss::reverse_kl, 10}};
  SUBCASE("within the second") { check_resumes(options, 15, 30); }
  SUBCASE("between the first and the second") { check_resumes(options, 10, 30); }
  SUBCASE("at the very beginning") { check_resumes(options, 0, 30); }
}

TEST_CASE("the same seed gives the same weights, another one others") {
  const auto a = run(model(), quick()), b = run(model(), quick());
  check_same(a.result.tensors, b.result.tensors);
  const auto c = run(model(), quick(), -1, nullptr, 6);
  CHECK(c.result.tensors.at("estimator.mu.linear").values != a.result.tensors.at("estimator.mu.linear").values);
}

TEST_CASE("training raises the ELBO, says so, and keeps the best") {
  auto options = quick();
  options.warm_start = false;
  options.phases = {{Loss::reverse_kl, 150}};
  options.validation_sets = 32;
  const auto done = run(model(), options);
  const auto history = Json::parse(done.result.history);
  CHECK(history.front().at("step") == 0);
  CHECK(history.back().at("step") == 150);
  CHECK(history.back().at("phase") == "reverse KL");
  const double before = history.front().at("elbo"), after = history.back().at("elbo");
  CHECK(after > before + 5);
  CHECK(done.result.elbo >= after);
  CHECK(done.result.elbo_se > 0);
  CHECK(done.result.skipped == 0);
  CHECK(done.result.skipped_at.empty());
  std::int64_t last = 0;
  for (const auto& progress : done.reports) {
    CHECK(progress.step >= last);
    last = progress.step;
    CHECK(progress.steps == 150);
  }
}

TEST_CASE("the learning rate warms up and stays; without a schedule it always stays") {
  auto options = quick();
  options.learning_rate = 0.01;
  options.check_every = 10;
  options.batch = 2;
  options.warm_start = false;
  options.phases = {{Loss::forward_kl, 200}};
  std::vector<double> rates;
  for (const auto& entry : Json::parse(run(model(), options).result.history))
    rates.push_back(entry.at("learning_rate"));
  CHECK(std::is_sorted(rates.begin(), rates.end()));
  CHECK(rates.front() < 0.001);
  CHECK(rates[2] < rates[3]);
  CHECK(rates.back() == 0.01);
  options.schedule = false;
  for (const auto& entry : Json::parse(run(model(), options).result.history)) CHECK(entry.at("learning_rate") == 0.01);
}

TEST_CASE("a time limit ends a training that would go on, with what it validated last") {
  auto options = quick();
  options.phases = {{Loss::reverse_kl, 0}};
  options.time_limit = 1;
  const auto done = run(model(), options);
  const auto history = Json::parse(done.result.history);
  CHECK(history.back().at("elbo") == done.result.elbo);
  CHECK(done.result.seconds >= 1);
  CHECK(done.result.steps > 0);
}

TEST_CASE("steps that are not finite are counted and never applied") {
  // Observations overflow float32 now and then.
  const auto wild = compiled("model { real a ~ normal(0, 1); plate obs[2] { observed real y ~ lognormal(a, 45); } }");
  auto options = quick();
  options.warm_start = false;
  options.batch = 2;
  options.phases = {{Loss::reverse_kl, 60}};
  const auto done = run(wild, options);
  CHECK(done.result.steps == 60);
  CHECK(done.result.skipped > 0);
  CHECK(done.result.skipped < 50);
  CHECK(all_finite(done.result.tensors));
  CHECK(done.reports.back().skipped == done.result.skipped);
  CHECK(done.result.skipped_at == "y: " + std::to_string(done.result.skipped));
}

TEST_CASE("where no step is finite training fails with a word, not a crash") {
  const auto hopeless =
      compiled("model { real a ~ normal(0, 1); plate obs[2] { observed real y ~ lognormal(a + 200, 1); } }");
  auto options = quick();
  options.warm_start = false;
  options.phases = {{Loss::reverse_kl, 200}};
  try {
    run(hopeless, options);
    FAIL("nothing was thrown");
  } catch (const Failure& failure) {
    CHECK(failure.status() == ExitStatus::failed);
    CHECK(std::string(failure.what()).find("50 steps in a row gave a loss or gradient that is not finite") !=
          std::string::npos);
    CHECK(std::string(failure.what()).find("traced to y: 50") != std::string::npos);
  }
}

TEST_CASE("a training whose ELBO is not finite can be interrupted and resumed") {
  const auto wild = compiled("model { real a ~ normal(0, 1); plate obs[2] { observed real y ~ lognormal(a, 45); } }");
  auto options = quick();
  options.warm_start = false;
  options.batch = 2;
  options.validation_sets = 32;
  const auto first = run(wild, options, 15);
  REQUIRE(first.result.interrupted);
  REQUIRE(Json::parse(first.result.history).back().at("elbo").is_null());
  const auto second = run(wild, options, -1, &first.checkpoint);
  CHECK(second.result.steps == 30);
  const auto whole = run(wild, options);
  check_same(second.result.tensors, whole.result.tensors);
  CHECK(second.result.skipped_at == whole.result.skipped_at);
}
