#include "inference/dual_family.hpp"

#include <cmath>

#include "distributions/goodness_of_fit.hpp"
#include "families.hpp"
#include "inference/tensors.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// Runs `check` for all flows in both families, with the options that matter to them.
template <class Check>
void for_all_families(Check check) {
  for (const auto family : {Family::structured, Family::mean_field}) {
    for (const auto flow : {FlowKind::none, FlowKind::maf, FlowKind::iaf, FlowKind::spline, FlowKind::coupling}) {
      for (const auto affine : {AffineScale::none, AffineScale::diagonal, AffineScale::triangular}) {
        auto options = small();
        options.family = family;
        options.flow = flow;
        options.affine = affine;
        if (affine == AffineScale::diagonal) options.trunk = {};
        CAPTURE(static_cast<int>(family));
        CAPTURE(static_cast<int>(flow));
        CAPTURE(static_cast<int>(affine));
        check(options);
      }
    }
  }
}

/// log |det| of all links at a draw [K, B].
at::Tensor links_log_det(const Dual& f, const FamilyDraw& draw) {
  at::Tensor total = at::zeros({1, 1}, at::kDouble);
  for (std::size_t i = 0; i < draw.z.size(); ++i) {
    const auto log_det = f.generative.model.constrain(f.plan.estimators[i].variable, draw.z[i], draw.values).log_det;
    if (log_det.defined()) total = total + log_det.reshape({log_det.size(0), log_det.size(1), -1}).sum(2);
  }
  return total;
}

const char* const one_dimension = R"(model {
  real<lower=0> s ~ exponential(1);
  plate obs[3] {
    observed real y ~ normal(0, s);
  }
})";

const char* const near_normal = R"(model {
  real a ~ normal(0, 1);
  plate group[2] {
    vector[2] w ~ normal(a, 0.5);
    plate obs[3] {
      observed real y ~ normal(w[1] - w[2], 1);
    }
  }
})";

}  // namespace

TEST_CASE("the density of a draw is the density of its unconstrained values and the links'") {
  for_all_families([](const ArchitectureOptions& options) {
    Dual f(compiled(mixed_model), options);
    f.warmed().perturbed();
    const auto inferred = f.infer(f.generative.simulate(4, 5), 3);
    const auto& draw = inferred.draw;
    CHECK(draw.log_q.sizes().vec() == std::vector<std::int64_t>{3, 4});
    CHECK(finite(draw.log_q));
    const auto again = f.log_q(inferred, draw.z, draw.values) - links_log_det(f, draw);
    CHECK(largest((again - draw.log_q).detach()) < 1e-6);
  });
}

TEST_CASE("draws have the model's shapes") {
  Dual f(compiled(mixed_model));
  f.perturbed();
  const auto draw = f.infer(f.generative.simulate(4, 5), 6).draw;
  const auto shape = [&](const char* name) { return draw.values[f.generative.index(name)].sizes().vec(); };
  CHECK(shape("a") == std::vector<std::int64_t>{6, 4});
  CHECK(shape("p") == std::vector<std::int64_t>{6, 4, 3});
  CHECK(shape("w") == std::vector<std::int64_t>{6, 4, 3, 2});
  CHECK(draw.z[f.estimator("p")].sizes().vec() == std::vector<std::int64_t>{6, 4, 2});
  CHECK(draw.z[f.estimator("w")].sizes().vec() == std::vector<std::int64_t>{6, 4, 3, 2});
  CHECK(draw.values[f.generative.index("s")].gt(0).all().item<bool>());
  CHECK(largest(draw.values[f.generative.index("p")].sum(-1).detach() - 1) < 1e-12);
}

TEST_CASE("a density in one dimension integrates to one, and draws follow it") {
  at::NoGradGuard no_grad;
  for (const auto flow : {FlowKind::none, FlowKind::maf, FlowKind::iaf, FlowKind::spline, FlowKind::coupling}) {
    for (const bool warm : {false, true}) {
      CAPTURE(static_cast<int>(flow));
      CAPTURE(warm);
      auto options = small();
      options.flow = flow;
      if (!warm) options.trunk = {};
      Dual f(compiled(one_dimension), options);
      if (warm) f.warmed();
      f.perturbed(0.5);
      const std::int64_t n = 8001, draws = 4000;
      const auto inferred = f.infer(f.generative.simulate(1, 6), draws);
      const auto& z = inferred.draw.z.front();
      const double middle = z.mean().item<double>(), reach = 12 * z.std().item<double>();
      const auto grid = at::linspace(middle - reach, middle + reach, n, at::kDouble);
      const std::vector<at::Tensor> at_grid = {grid.view({n, 1, 1})};
      const auto density = f.log_q(inferred, at_grid, f.values_at(inferred, at_grid)).view({n}).exp();
      const auto mass = density * (2 * reach / static_cast<double>(n - 1));
      CHECK(mass.sum().item<double>() == doctest::Approx(1).epsilon(1e-3));
      // Kolmogorov's test with the distribution function between grid points.
      const auto cumulated = mass.cumsum(0) - 0.5 * mass;
      const auto flat = z.view({-1});
      const auto right = at::searchsorted(grid, flat).clamp(1, n - 1), left = right - 1;
      const auto fraction = (flat - grid.take(left)) / (grid.take(right) - grid.take(left));
      const auto p = cumulated.take(left) + fraction * (cumulated.take(right) - cumulated.take(left));
      CHECK(kolmogorov_distance(p) < kolmogorov_limit(draws));
    }
  }
}

TEST_CASE("in several dimensions the mean of a normal density over the family's at its draws is one") {
  at::NoGradGuard no_grad;
  for_all_families([](const ArchitectureOptions& options) {
    auto with_trunk = options;  // without one, no warm start makes it near normal
    with_trunk.trunk = {8};
    Dual f(compiled(near_normal), with_trunk);
    f.warmed().perturbed(0.1);
    const std::int64_t draws = 5000;
    const auto inferred = f.infer(f.generative.simulate(1, 7), draws);
    std::vector<at::Tensor> columns;
    for (const auto& z : inferred.draw.z) columns.push_back(z.reshape({draws, -1}));
    const auto all = at::cat(columns, 1);
    // The normal distribution with the draws' moments, narrower: covered by them.
    const auto centred = all - all.mean(0);
    const auto factor = at::linalg_cholesky(0.5 * at::mm(centred.t(), centred) / static_cast<double>(draws));
    const auto standard = at::linalg_solve_triangular(factor, centred.t().contiguous(), false);
    const double size = static_cast<double>(all.size(1));
    const auto log_normal =
        -0.5 * standard.square().sum(0) - factor.diagonal().log().sum() - 0.5 * size * std::log(2 * M_PI);
    const auto ratio = (log_normal - f.log_q(inferred, inferred.draw.z, inferred.draw.values).view({-1})).exp();
    const double error = ratio.std().item<double>() / std::sqrt(static_cast<double>(draws));
    CAPTURE(error);
    CHECK(error < 0.05);
    CHECK(std::abs(ratio.mean().item<double>() - 1) < 5 * error);
  });
}

TEST_CASE("with groups and observations in another order, top encodings stay and group posteriors follow") {
  for_all_families([](const ArchitectureOptions& options) {
    Dual f(compiled(mixed_model), options);
    f.warmed().perturbed();
    const auto data = f.generative.simulate(2, 8);
    auto moved = data;
    const auto groups = at::tensor({2, 0, 1}, at::kLong), observations = at::tensor({3, 0, 2, 1}, at::kLong);
    auto& y = moved[f.generative.index("y")];
    y = y.index_select(2, groups).index_select(3, observations);
    const auto before = f.infer(data, 3), after = f.infer(moved, 3);
    CHECK(largest((after.encodings.features[0] - before.encodings.features[0]).detach()) < 1e-9);
    CHECK(largest((after.encodings.features[1] - before.encodings.features[1].index_select(2, groups)).detach()) <
          1e-9);
    CHECK(largest((before.encodings.features[1].select(2, 0) - before.encodings.features[1].select(2, 1)).detach()) >
          1e-2);
    CHECK(largest((after.draw.z[0] - before.draw.z[0]).detach()) < 1e-7);  // top latents, same random numbers

    // Group posteriors given the same upper latents, with random numbers that moved along.
    const auto i = f.estimator("w");
    const auto u = normal({3, 2, 3, 2}, 9);
    const auto drawn = [&](const Inferred& inferred, const at::Tensor& own) {
      const auto base = f.dual.context(i, inferred.encodings, before.draw.z);
      const auto start =
          f.dual.start(i, {base, inferred.encodings, inferred.observation, before.draw.values, before.draw.z});
      const auto flow = f.dual.estimators()[i].draw(f.dual.with_start(i, base, inferred.encodings, start), own);
      return onto(start, flow).z.detach();
    };
    const auto expected = drawn(before, u).index_select(2, groups);
    CHECK(largest(drawn(after, u.index_select(2, groups)) - expected) < 1e-6);
    CHECK(largest(drawn(after, u) - expected) > 1e-3);
  });
}

TEST_CASE("one network serves other cardinalities than those it was made for") {
  Dual three(compiled(mixed_model));
  three.warmed().perturbed(0.1);
  Dual five(compiled(mixed_model, {{"G", integer(5)}, {"N", integer(7)}}));
  const auto saved = save_tensors(three.dual.parameters());  // in float32
  load_tensors(three.dual.parameters(), saved);
  load_tensors(five.dual.parameters(), saved);
  const auto data = five.generative.simulate(2, 10);
  const auto by_five = five.infer(data, 3), by_three = three.infer(data, 3);
  CHECK(by_three.draw.values[three.generative.index("w")].size(2) == 5);
  CHECK(largest((by_three.draw.log_q - by_five.draw.log_q).detach()) < 1e-8);
}

TEST_CASE("weights and constants survive saving and loading, bit by bit") {
  Dual f(compiled(mixed_model), small(), at::kFloat), other(compiled(mixed_model), small(), at::kFloat, 77);
  f.warmed().perturbed(0.1);
  const auto saved = save_tensors(f.dual.parameters());
  load_tensors(other.dual.parameters(), saved);
  CHECK(at::equal(f.dual.parameters().flat(), other.dual.parameters().flat()));
  const auto data = f.generative.simulate(3, 11);
  const auto log_q = f.infer(data, 2).draw.log_q;
  CHECK(finite(log_q));
  CHECK(at::equal(other.infer(data, 2).draw.log_q, log_q));
  const auto again = save_tensors(other.dual.parameters());
  REQUIRE(again.size() == saved.size());
  for (const auto& [name, array] : saved) {
    CAPTURE(name);
    CHECK(again.at(name).shape == array.shape);
    CHECK(again.at(name).values == array.values);
  }
}

TEST_CASE("gradients reach every weight of the family that can matter") {
  // Several networks: a unit of a relu may be off for all inputs of one of them.
  std::map<std::string, at::Tensor> reached;
  for (std::uint64_t seed = 0; seed < 12; ++seed) {
    auto options = small();
    options.trunk = {6};
    options.scoring_steps = 0;
    Dual f(compiled(mixed_model), options, at::kDouble, seed);
    f.warmed().perturbed(0.2, seed);
    const auto inferred = f.infer(f.generative.simulate(40, seed), 2);
    functional(inferred.draw.log_q + f.generative.model.log_prior(inferred.draw.values)).backward();
    for (const auto& [name, weight] : f.dual.parameters().weights()) {
      const auto gradient = weight.grad().abs();
      reached[name] = reached.count(name) > 0 ? at::maximum(reached[name], gradient) : gradient.clone();
    }
  }
  const auto contains = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  for (const auto& [name, gradient] : reached) {
    CAPTURE(name);
    if (contains(name, ".key.bias") || contains(name, ".last.key")) continue;  // see the set transformer's test
    if (name == "estimator.a.flow.layer0.weight" || name == "estimator.s.flow.layer0.weight")
      continue;  // one dimension
    // Masked weights of flows stay out of reach: see theirs.
    if (contains(name, "flow.layer0.weight") || contains(name, "flow.output.weight")) {
      CHECK(gradient.max().item<double>() > 1e-9);
    } else {
      // A constant feature, as the logarithm of the cardinality is, is standardised to zero.
      CHECK(gradient.reshape({gradient.size(0), -1}).amax(1).min().item<double>() > 1e-12);
    }
  }
}

TEST_CASE("densities that take many passes are left out where only cheap ones are asked for") {
  auto options = small();
  options.flow = FlowKind::iaf;
  Dual f(compiled("model { vector[9] a ~ normal(0, 1); real b ~ normal(0, 1); plate obs[2] { "
                  "observed real y ~ normal(a[1] + b, 1); } }"),
         options);
  f.perturbed();
  const auto inferred = f.infer(f.generative.simulate(2, 12), 3);
  const auto starts = f.dual.starts(inferred.encodings, inferred.observation, inferred.draw.values, inferred.draw.z);
  const auto cheap = f.dual.log_q(inferred.encodings, starts, inferred.draw.z, true);
  const auto i = f.estimator("b");
  const auto own = f.dual.estimators()[i].log_q(
      f.dual.with_start(i, f.dual.context(i, inferred.encodings, inferred.draw.z), inferred.encodings, starts[i]),
      inferred.draw.z[i]);
  CHECK(largest((cheap - own).detach()) < 1e-12);
  CHECK(largest((cheap - f.dual.log_q(inferred.encodings, starts, inferred.draw.z)).detach()) > 1);
}

TEST_CASE("the shift of the affine block is the middle of a family without a flow") {
  auto options = small();
  options.flow = FlowKind::none;
  options.scoring_steps = 0;  // starts bend
  Dual f(compiled(mixed_model), options);
  f.warmed().perturbed(0.1);
  const auto data = f.generative.simulate(2, 13);
  const auto inferred = f.infer(data, 4000);
  const auto modes = f.dual.modes(inferred.encodings, inferred.observation);
  const auto& a = inferred.draw.values[f.generative.index("a")];  // on the whole line: mean and mode agree
  const auto error = 5 * a.std(0) / std::sqrt(4000.0);
  CHECK(((a.mean(0) - modes[f.generative.index("a")][0]).abs() < error).all().item<bool>());
  CHECK(modes[f.generative.index("w")].sizes().vec() == std::vector<std::int64_t>{1, 2, 3, 2});
}
