#include "inference/total_flow.hpp"

#include "families.hpp"
#include "inference/losses.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

ArchitectureOptions total(FlowKind flow, AffineScale affine = AffineScale::triangular) {
  auto options = small();
  options.family = Family::total;
  options.flow = flow;
  options.affine = affine;
  return options;
}

}  // namespace

TEST_CASE("the density of draws is the density at their values") {
  for (const auto flow : {FlowKind::none, FlowKind::maf, FlowKind::iaf, FlowKind::spline, FlowKind::coupling}) {
    CAPTURE(static_cast<int>(flow));
    Dual f(compiled(mixed_model), total(flow));
    f.warmed().perturbed();
    const auto inferred = f.infer(f.generative.simulate(2, 7), 5);
    CHECK(inferred.draw.log_q.sizes().vec() == std::vector<std::int64_t>{5, 2});
    // In unconstrained space; the links' log |det| of s and p joins for the draw's own density.
    auto expected = f.log_q(inferred, inferred.draw.z, inferred.draw.values);
    for (std::size_t i = 0; i < inferred.draw.z.size(); ++i) {
      const auto constrained = f.dual.constrain(i, inferred.draw.z[i], inferred.draw.values);
      if (!constrained.log_det.defined()) continue;
      expected =
          expected - (constrained.log_det.dim() > 2 ? constrained.log_det.flatten(2).sum(2) : constrained.log_det);
    }
    CHECK(at::allclose(inferred.draw.log_q, expected, 1e-6, 1e-8));
  }
}

TEST_CASE("values have their plates, and groups are told apart by their own encodings") {
  Dual f(compiled(mixed_model), total(FlowKind::none));
  f.warmed();
  const auto w = f.generative.index("w");
  auto data = f.generative.simulate(1, 3);
  const auto before = f.infer(data, 4).draw.values[w];
  CHECK(before.sizes().vec() == std::vector<std::int64_t>{4, 1, 3, 2});
  auto& y = data[f.generative.index("y")];
  y = y.clone();
  y.select(2, 2).add_(3);  // of the last group
  const auto moved = (f.infer(data, 4).draw.values[w] - before).abs().mean({0, 1, 3});
  CHECK(moved[2].item<double>() > 5 * moved[0].item<double>());
}

TEST_CASE("every loss reaches every weight of the flow") {
  for (const auto loss : {Loss::reverse_kl, Loss::forward_kl, Loss::unregularized_elbo, Loss::map}) {
    CAPTURE(to_string(loss));
    Dual f(compiled(mixed_model), total(loss == Loss::forward_kl ? FlowKind::maf : FlowKind::iaf));
    f.warmed().perturbed();
    const auto values = f.generative.simulate(4, 5);
    auto generator = seeded(6);
    loss_of(loss, f.dual, {values, f.generative.model.observe(values)}, 3, true, generator).backward();
    for (const auto& [name, weight] : f.dual.parameters().weights()) {
      // The first dimension has nothing before it, and a mode has no scale and no flow.
      if (name.find("total.") != 0 || loss == Loss::map) continue;
      CAPTURE(name);
      CHECK(weight.grad().abs().sum().item<double>() > 0);
    }
    CHECK(f.dual.parameters().flat_gradient().isfinite().all().item<bool>());
    CHECK(f.dual.parameters().flat_gradient().abs().sum().item<double>() > 0);
  }
}
