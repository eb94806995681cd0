#include "nn/autoregressive.hpp"

#include "random_weights.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

constexpr std::int64_t context_size = 3;

/// A flow with random weights; `hidden` layers, `bins` 0 for affine, `groups` of dimensions.
struct Net {
  Net(std::int64_t size, std::int64_t bins, std::int64_t groups, const std::vector<std::int64_t>& hidden = {12})
      : parameters(5000, at::kDouble) {
    auto generator = seeded(1);
    flow = AutoregressiveFlow(parameters, "flow", size, context_size, hidden, bins, groups, generator);
    fresh = parameters.flat().clone();
    perturb(parameters, 0.5, 2);
  }
  Parameters parameters;
  AutoregressiveFlow flow;
  at::Tensor fresh;
};

/// Which group each dimension is in, from 1.
using Groups = std::vector<std::int64_t>;

const std::vector<std::pair<std::int64_t, std::int64_t>> sizes_and_groups = {{1, 1}, {2, 2}, {3, 3}, {5, 5},
                                                                             {1, 2}, {3, 2}, {5, 2}};

Groups group_of(std::int64_t size, std::int64_t groups) {
  if (groups == size) {
    Groups result;
    for (std::int64_t i = 1; i <= size; ++i) result.push_back(i);
    return result;
  }
  return size == 1 ? Groups{1} : size == 3 ? Groups{1, 1, 2} : Groups{1, 1, 1, 2, 2};
}

/// `check(net, size, group of each dimension)`: autoregressive flows and coupling layers.
template <class Check>
void for_all_flows(Check check) {
  for (const auto& [size, groups] : sizes_and_groups) {
    for (const std::int64_t bins : {0, 6}) {
      for (const auto& hidden : std::vector<std::vector<std::int64_t>>{{12}, {9, 8}}) {
        INFO(size, " in ", groups);
        CAPTURE(bins);
        CAPTURE(hidden.size());
        check(Net(size, bins, groups, hidden), size, group_of(size, groups));
      }
    }
  }
}

}  // namespace

TEST_CASE("a fresh flow is the identity") {
  for_all_flows([](Net net, std::int64_t size, const Groups&) {
    at::Tensor(net.parameters.flat()).copy_(net.fresh);
    const auto prepared = net.flow.prepare(normal({7, context_size}, 3));
    const auto x = normal({7, size}, 4);
    for (const auto& y : {net.flow.along(x, prepared), net.flow.against(x, prepared)}) {
      CHECK(largest((y.value - x).detach()) < 1e-12);
      CHECK(largest(y.log_slope.detach()) < 1e-12);
    }
  });
}

TEST_CASE("along and against a flow undo each other") {
  for_all_flows([](const Net& net, std::int64_t size, const Groups&) {
    const auto prepared = net.flow.prepare(normal({2, 50, context_size}, 3));
    const auto x = normal({2, 50, size}, 4);
    const auto y = net.flow.along(x, prepared);
    const auto back = net.flow.against(y.value, prepared);
    CHECK(largest((back.value - x).detach()) < 1e-8);
    CHECK(largest((back.log_slope + y.log_slope).detach()) < 1e-6);
    CHECK(largest((y.value - x).detach()) > 0.1);
  });
}

TEST_CASE("a flow's Jacobian is lower triangular with the slopes on its diagonal") {
  for_all_flows([](const Net& net, std::int64_t size, const Groups& group) {
    const auto prepared = net.flow.prepare(normal({context_size}, 5).unsqueeze(0)).squeeze(0).detach();
    const auto x = normal({size}, 6);
    for (const bool along : {true, false}) {
      CAPTURE(along);
      const auto map = [&](const at::Tensor& v) {
        return along ? net.flow.along(v, prepared) : net.flow.against(v, prepared);
      };
      const auto j = jacobian([&](const at::Tensor& v) { return map(v).value; }, x);
      CHECK(largest(j.triu(1)) == 0);
      const auto slopes = map(x).log_slope.detach();
      CHECK(largest(j.diagonal().log() - slopes) < 1e-7);
      CHECK(std::get<1>(at::linalg_slogdet(j)).item<double>() == doctest::Approx(slopes.sum().item<double>()));
      for (std::int64_t i = 0; i < size; ++i) {
        for (std::int64_t k = 0; k < i; ++k) {
          const bool later = group[static_cast<std::size_t>(i)] > group[static_cast<std::size_t>(k)];
          CHECK((std::abs(j[i][k].item<double>()) > 1e-9) == later);
        }
      }
    }
  });
}

TEST_CASE("every dimension of a flow depends on the context, whole or in parts") {
  for_all_flows([](const Net& net, std::int64_t size, const Groups&) {
    const auto x = normal({size}, 7).expand({30, size});
    const auto context = normal({30, context_size}, 8);
    const auto y = net.flow.along(x, net.flow.prepare(context)).value.detach();
    CHECK((y.std(0) > 1e-3).all().item<bool>());
    const auto parts = net.flow.prepare(Context{context.narrow(1, 0, 1), context.narrow(1, 1, 2)});
    CHECK(largest((net.flow.along(x, parts).value - y).detach()) < 1e-12);
  });
}

TEST_CASE("gradients reach exactly the weights that the masks leave") {
  for (const auto& [size, groups] : sizes_and_groups) {
    for (const std::int64_t bins : {0, 6}) {
      INFO(size, " in ", groups);
      CAPTURE(bins);
      const std::int64_t hidden = 12, count = bins > 0 ? 3 * bins - 1 : 2;
      Net net(size, bins, groups, {hidden});
      const auto group = group_of(size, groups);
      const std::int64_t passes = group.back();
      const auto y = net.flow.along(1.5 * normal({200, size}, 9), net.flow.prepare(normal({200, context_size}, 10)));
      (functional(y.value) + functional(y.log_slope, 98)).backward();
      // Hidden units of degree 0 .. G - 1 in turn see so many leading groups and speak to those behind them.
      const auto degree = [&](std::int64_t unit) { return unit % passes; };
      auto in = at::zeros({hidden, size}, at::kBool), out = at::zeros({size * count, hidden}, at::kBool);
      for (std::int64_t unit = 0; unit < hidden; ++unit) {
        for (std::int64_t i = 0; i < size; ++i) in[unit][i] = degree(unit) >= group[static_cast<std::size_t>(i)];
        for (std::int64_t o = 0; o < size * count; ++o) {
          out[o][unit] = group[static_cast<std::size_t>(o / count)] > degree(unit);
        }
      }
      const auto reached = [&](const std::string& name) { return weight(net.parameters, name).grad().abs() > 1e-9; };
      CHECK(at::equal(reached("flow.layer0.weight"), in));
      CHECK(at::equal(reached("flow.output.weight"), out));
      for (const char* name : {"flow.context", "flow.layer0.bias", "flow.output.bias"}) {
        CAPTURE(name);
        CHECK(reached(name).all().item<bool>());
      }
    }
  }
}

TEST_CASE("wild weights of an affine flow cannot overflow") {
  Net net(3, 0, 3);
  at::Tensor(net.parameters.flat()).mul_(1e6);
  const auto prepared = net.flow.prepare(normal({20, context_size}, 11));
  const auto y = net.flow.along(normal({20, 3}, 12), prepared);
  CHECK(finite(y.value));
  CHECK(largest(y.log_slope.detach()) <= 5);
}
