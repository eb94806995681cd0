#include "io/value_rules.hpp"

#include "fixtures.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// A model of constants and one observed variable whose distribution has them as arguments.
struct Case {
  HbmModel model;
  Variable variable;

  explicit Case(const char* distribution, Kind kind = Kind::real, const Shape& shape = {}) {
    variable.type = {kind, 0, shape};
    variable.distribution.emplace();
    variable.distribution->name = distribution;
  }
  Case& argument(double value, const Shape& shape = {}) {
    variable.distribution->arguments.push_back({literal(value, shape), 0});
    return *this;
  }
  ExprId literal(double value, const Shape& shape = {}) {
    Expr expr;
    expr.type.shape = shape;
    expr.values = {value};
    model.expressions.push_back(expr);
    return static_cast<ExprId>(model.expressions.size() - 1);
  }
  /// What is wrong with these numbers, with their place.
  std::string fault(const std::vector<double>& values) const {
    const auto offence = find_offence(value_rule(model, variable), values.data(), values.size());
    return offence ? std::to_string(offence->position) + " " + offence->message : "";
  }
};

}  // namespace

TEST_CASE("supports exclude numbers") {
  CHECK(Case("normal").fault({-1e300, 0, 1}).empty());
  CHECK(Case("lognormal").fault({1, 0}) == "1 is 0: expected a number > 0");
  CHECK(Case("beta").fault({0.5, 1}) == "1 is 1: expected a number in (0, 1)");
  CHECK(Case("bernoulli", Kind::integer).fault({0, 1, 2}) == "2 is 2: expected 0 or 1");
  CHECK(Case("poisson", Kind::integer).fault({3, -1}) == "1 is -1: expected an integer >= 0");
  CHECK(Case("binomial", Kind::integer).argument(5).argument(0.5).fault({5, 6}) ==
        "1 is 6: expected an integer in [0, 5]");
  CHECK(Case("uniform").argument(-2).argument(3).fault({-2, 3, 3.5}) == "2 is 3.5: expected a number in [-2, 3]");
  CHECK(Case("categorical", Kind::integer).argument(0, {4}).fault({1, 4, 0}) ==
        "2 is 0: expected an integer in [1, 4]");
  CHECK(Case("ordered_logistic", Kind::integer).argument(0).argument(0, {4}).fault({5, 6}) ==
        "1 is 6: expected an integer in [1, 5]");
}

TEST_CASE("bounds that depend on variables decide nothing") {
  Case uniform("uniform");
  Expr variable;
  variable.op = ExprOp::variable;
  uniform.model.expressions.push_back(variable);
  uniform.variable.distribution->arguments.push_back({0, 0});
  uniform.argument(3);
  CHECK(uniform.fault({-1e9, 3}).empty());
  CHECK_FALSE(uniform.fault({4}).empty());
}

TEST_CASE("declared bounds are computed from constants") {
  Case bounded("normal");
  Expr constant;
  constant.op = ExprOp::constant;
  constant.index = 0;
  bounded.model.constants.resize(1);
  bounded.model.constants[0].values = {2.5};
  bounded.model.expressions = {constant};
  Expr negated;
  negated.op = ExprOp::call;
  negated.function = "negate";
  negated.arguments = {0};
  bounded.model.expressions.push_back(negated);
  bounded.variable.declared_lower = 1;
  bounded.variable.declared_upper = 0;
  CHECK(bounded.fault({-2.5, 2.5, -2.6}) == "2 is -2.6: expected a number in [-2.5, 2.5]");
}

TEST_CASE("events are looked at as a whole") {
  CHECK(Case("dirichlet", Kind::simplex, {2}).fault({0.5, 0.5, 0.6, 0.5}) ==
        "2 begins an entry whose elements sum to 1.1: expected 1");
  CHECK(Case("dirichlet", Kind::simplex, {2}).fault({1.5, -0.5}) == "1 is -0.5: expected a number >= 0");
  Case sphere("transformed", Kind::vector, {2});
  sphere.variable.distribution->link = LinkKind::sqrt_softmax_centered;
  CHECK(sphere.fault({0.6, 0.8}).empty());
  CHECK(sphere.fault({0.6, 0.9}) == "0 begins an entry whose squares sum to 1.17: expected 1");
  CHECK(Case("normal", Kind::ordered, {3}).fault({1, 2, 2}) ==
        "0 begins an entry that does not increase: expected ordered numbers");
}

TEST_CASE("a mixture of like components has their support") {
  Case mixture("mixture");
  Distribution component;
  component.name = "gamma";
  mixture.variable.distribution->components = {component, component};
  CHECK(mixture.fault({-1}) == "0 is -1: expected a number > 0");
  mixture.variable.distribution->components[1].name = "normal";
  CHECK(mixture.fault({-1}).empty());
}
