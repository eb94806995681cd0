#include "inference/training_data.hpp"

#include <set>

#include "families.hpp"
#include "inference/warm_start.hpp"

using namespace adavi;
using namespace adavi::testing;

TEST_CASE("the first steps go round the data sets that were climbed in before, with their peaks") {
  Dual f(model_file("eight_schools.hbm"), ArchitectureOptions());
  f.warmed(256);
  REQUIRE_FALSE(f.plan.marginal.empty());
  auto options = settled({}, f.generative.hbm, f.plan);
  options.batch = 4;
  TrainingData data(f.generative.model, options, 7);
  const std::int64_t batches = 3;
  const auto before = data.before_steps(batches);
  warm_start_top(f.dual, before);
  data.begin_with(before, batches);
  std::set<const FoundPeaks*> seen;
  for (std::int64_t step = 0; step < batches * options.reuse; ++step) {
    const auto batch = data.batch(step);
    REQUIRE(batch.peaks->known);
    if (!seen.insert(batch.peaks.get()).second) continue;
    const auto kept = batch.encoded(f.dual), anew = f.dual.encode(batch.observation);
    CHECK(largest(kept.top.warp.location - anew.top.warp.location) < 1e-2);
    CHECK(largest(kept.top.bends - anew.top.bends) < 1e-1);
  }
  CHECK(seen.size() == batches);
  CHECK_FALSE(data.batch(batches * options.reuse).peaks->known);

  // They are those that a training without climbs begins with, one after the other.
  TrainingData other(f.generative.model, options, 7);
  const auto first = other.batch(0);
  for (std::size_t i = 0; i < first.values.size(); ++i) {
    if (first.values[i].defined()) CHECK(at::equal(first.values[i], before.values[i].narrow(1, 0, options.batch)));
  }
}

TEST_CASE("data sets and draws of large models are as many as fit into memory") {
  const auto settled_of = [](const std::string& text) {
    const auto model = compiled(text);
    const auto plan = derive(model, {});
    return settled({}, model, plan);
  };
  const TrainingOptions usual;
  const auto few = settled_of("model { real m ~ normal(0, 1); plate o[20] { observed real y ~ normal(m, 1); } }");
  CHECK(few.draws == usual.draws);
  CHECK(few.validation_sets == usual.validation_sets);
  CHECK(few.validation_draws == usual.validation_draws);
  CHECK(few.validation_at_once >= few.validation_sets);
  const auto many = settled_of(
      "model { vector[100] m ~ normal(0, 1); plate g[300] { plate o[200] { observed vector[100] y ~ normal(m, 1); } } "
      "}");
  const double numbers = 300.0 * 200 * 100;
  CHECK(many.batch == 1);
  CHECK(many.draws < usual.draws);
  CHECK(many.draws * numbers < 1e8);
  CHECK(many.validation_draws * numbers < 2e8);
  CHECK(many.validation_at_once == 1);
  CHECK(many.warm_start_sets * numbers < 3e8);
  CHECK(many.warm_start_sets >= 4);
}
