#include <doctest/doctest.h>

#include "codegen/dual_plan.hpp"
#include "semantics/models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

HbmModel random_effects(double groups) {
  return *analyse(model_text("gre.hbm"), {{"G", {{}, {groups}, true, "--set"}}}).model;
}

/// The paper's encoder of F.2, a diagonal affine block and a MAF.
ArchitectureOptions paper() {
  ArchitectureOptions options;
  options.family = Family::total;
  options.attention = Attention::isab;
  options.embedding = 8;
  options.heads = 2;
  options.blocks = 2;
  options.moments = false;
  options.message_steps = options.scoring_steps = 0;
  options.trunk.clear();
  options.affine = AffineScale::diagonal;
  options.flow = FlowKind::maf;
  options.flow_hidden = {32, 32, 32};
  return options;
}

}  // namespace

TEST_CASE("one flow grows with the plates") {
  for (const std::int64_t groups : {3, 30, 300}) {
    const auto model = random_effects(static_cast<double>(groups));
    const auto plan = derive(model, paper());
    REQUIRE(plan.total);
    const std::int64_t size = 2 * (groups + 1), context = 8 * (groups + 1);
    CHECK(plan.total->size == size);
    CHECK(plan.total->context == context);
    const std::int64_t affine = context * 2 * size + 2 * size;
    const std::int64_t flow = (size * 32 + 32) + 2 * (32 * 32 + 32) + context * 32 + (32 * 2 * size + 2 * size);
    CHECK(plan.total->weights == affine + flow);
    CHECK(plan.weights == affine + flow + plan.encoder[0].weights + plan.encoder[1].weights);
  }
}

TEST_CASE("without an encoder every instance has its own affine numbers") {
  ArchitectureOptions options = paper();
  options.family = Family::mean_field;
  options.flow = FlowKind::none;
  options.free = true;
  const auto plan = derive(random_effects(30), options);
  CHECK(plan.encoder.empty());
  CHECK(plan.estimators[0].instances.empty());
  CHECK(plan.estimators[1].instances == std::vector<std::int64_t>{30});
  CHECK(plan.weights == 4 + 30 * 4);
}

TEST_CASE("such networks need fixed sizes where latents live") {
  std::string text = model_text("gre.hbm");
  const auto put = [&](const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
  };
  SUBCASE("of the observations alone") {
    put("obs[N]", "obs[10:N]");
    CHECK(unsuited(*analyse(text).model, paper()) == "");
  }
  SUBCASE("of groups") {
    put("group[G]", "group[2:G]");
    const auto model = *analyse(text).model;
    CHECK(unsuited(model, paper()) ==
          "family: total: the number of weights depends on plate group, which has from 2 to 3 elements: it needs a "
          "fixed size");
    ArchitectureOptions options;
    CHECK(unsuited(model, options) == "");
    options.free = true;
    CHECK(unsuited(model, options).find("encoder.free: the number of weights") == 0);
  }
}
