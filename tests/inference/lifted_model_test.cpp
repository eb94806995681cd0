#include "inference/lifted_model.hpp"

#include <cmath>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const char* const text = R"(data {
  int G = 3;
  int N = 4;
}
model {
  real a ~ normal(0, 1);
  real<lower=0> s ~ exponential(1);
  vector[2] c ~ normal(0, 1);
  real middle = a + c[1];
  real far = 2 * middle;
  plate group[G] {
    covariate real x ~ normal(0, 1);
    real b ~ normal(0, 1);
    plate obs[N] {
      covariate int k ~ categorical([0.5, 0.5]);
      observed real y ~ normal(far + b * x + c[k], s);
    }
  }
}
)";

/// `value` [1, B, event...] with a copy in each of `cardinality` groups.
at::Tensor copies(const at::Tensor& value, std::int64_t cardinality) {
  auto shape = value.sizes().vec();
  shape.insert(shape.begin() + 2, cardinality);
  return value.unsqueeze(2).expand(shape).contiguous();
}

struct Lifted {
  Generative original{compiled(text)};
  std::vector<int> variables;
  HbmModel model;
  GenerativeModel generative;

  explicit Lifted(const std::vector<std::string>& names, int depth = 1)
      : variables(indices(names)), model(lifted(original.hbm, variables, depth)), generative(model, at::kDouble) {}

  std::vector<int> indices(const std::vector<std::string>& names) const {
    std::vector<int> result;
    for (const auto& name : names) result.push_back(static_cast<int>(original.index(name)));
    return result;
  }
  VariableValues lift(VariableValues values) const {
    for (const int index : variables) {
      auto& value = values[static_cast<std::size_t>(index)];
      if (original.hbm.variables[static_cast<std::size_t>(index)].depth == 0) value = copies(value, 3);
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (model.variables[i].role == ast::Role::derived) values[i] = at::Tensor();  // from the copies
    }
    return values;
  }
};

}  // namespace

TEST_CASE("with equal copies the lifted model's likelihood is the model's") {
  const Lifted f({"a", "s", "c", "b"});
  const auto values = f.original.simulate(5, 1);
  const auto observation = f.original.model.observe(values);
  const auto expected = f.original.model.log_likelihood(observation, values);
  CHECK(largest(f.generative.log_likelihood(observation, f.lift(values)) - expected) < 1e-10);
  // One alone will do, too.
  const Lifted alone({"c"});
  CHECK(largest(alone.generative.log_likelihood(observation, alone.lift(values)) - expected) < 1e-10);
}

TEST_CASE("depths of variables, derived quantities and expressions follow, the others stay") {
  const Lifted f({"a"});
  const auto depth = [&](const std::string& name) { return variable(f.model, name).depth; };
  CHECK(depth("a") == 1);
  CHECK(depth("middle") == 1);
  CHECK(depth("far") == 1);
  CHECK(depth("s") == 0);
  CHECK(depth("c") == 0);
  CHECK(depth("b") == 1);
  CHECK(depth("y") == 2);
  const auto& y = *variable(f.model, "y").distribution;
  CHECK(f.model.expression(y.arguments[0].expression).depth == 2);
  CHECK(f.model.expression(y.arguments[1].expression).depth == 0);
  const Lifted deeper({"a", "s"}, 2);
  CHECK(variable(deeper.model, "s").depth == 2);
  CHECK(deeper.model.expression(variable(deeper.model, "y").distribution->arguments[1].expression).depth == 2);
  for (std::size_t i = 0; i < f.model.expressions.size(); ++i) {
    for (const ExprId argument : f.model.expressions[i].arguments) {
      CHECK(f.model.expressions[i].depth >= f.model.expression(argument).depth);
    }
  }
}

TEST_CASE("a copy changes the terms of its own instance alone") {
  const Lifted f({"a", "s", "c"});
  const auto values = f.original.simulate(2, 3);
  const auto observation = f.original.model.observe(values);
  auto moved = f.lift(values);
  const auto at = [&](const char* name) -> at::Tensor& { return moved[f.original.index(name)]; };
  const auto before = f.generative.log_likelihood(observation, moved);
  const double a = 0.7, s = 1.3;
  at("a")[0][1][2] = a;
  at("s")[0][1][2] = s;
  const auto after = f.generative.log_likelihood(observation, moved);
  CHECK(after[0][0].item<double>() == before[0][0].item<double>());  // the other data set
  double expected = before[0][1].item<double>();
  const auto number = [&](const char* name, std::vector<std::int64_t> position) {
    return f.original.at(values, name, position);
  };
  for (std::int64_t i = 0; i < 4; ++i) {
    const auto k = static_cast<std::int64_t>(number("k", {0, 1, 2, i})) - 1;
    const double rest =
        2 * number("c", {0, 1, 0}) + number("b", {0, 1, 2}) * number("x", {0, 1, 2}) + number("c", {0, 1, k});
    const double y = number("y", {0, 1, 2, i});
    expected += plain::normal(y, 2 * a + rest, s);
    expected -= plain::normal(y, 2 * number("a", {0, 1}) + rest, number("s", {0, 1}));
  }
  CHECK(after[0][1].item<double>() == doctest::Approx(expected).epsilon(1e-10));
}
