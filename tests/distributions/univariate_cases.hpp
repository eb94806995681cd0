#pragma once
#include <string>
#include <vector>

#include "tensors.hpp"

/// What the property tests run over: every univariate row with a few parameter settings.
namespace adavi::testing {

enum class Line { real, positive, interval };

/// Where the mass is: about `centre` on the scale `scale`; on an interval, its two ends.
struct Continuous {
  std::string name;
  Arguments arguments;
  Line line;
  double centre, scale;
};

struct Discrete {
  std::string name;
  Arguments arguments;
  double first, last;  ///< values that hold all but 1e-9 of the mass
};

inline const std::vector<Continuous>& continuous_cases() {
  const auto s = scalar;
  constexpr double half_turn = 3.14159265358979323846;
  static const std::vector<Continuous> cases = {
      {"normal", {s(0), s(1)}, Line::real, 0, 1},
      {"normal", {s(-30), s(0.02)}, Line::real, -30, 0.02},
      {"lognormal", {s(0), s(1)}, Line::positive, 0, 1},
      {"lognormal", {s(3), s(0.3)}, Line::positive, 0, 20},
      {"student_t", {s(1.5), s(1), s(2)}, Line::real, 1, 2},
      {"student_t", {s(0.6), s(0), s(1)}, Line::real, 0, 1},
      {"student_t", {s(30), s(-1), s(0.1)}, Line::real, -1, 0.1},
      {"student_t", {s(1e4), s(0), s(1)}, Line::real, 0, 1},
      {"cauchy", {s(0), s(1)}, Line::real, 0, 1},
      {"cauchy", {s(10), s(0.5)}, Line::real, 10, 0.5},
      {"double_exponential", {s(0), s(1)}, Line::real, 0, 1},
      {"double_exponential", {s(-2), s(0.3)}, Line::real, -2, 0.3},
      {"logistic", {s(0), s(1)}, Line::real, 0, 1},
      {"logistic", {s(5), s(3)}, Line::real, 5, 3},
      {"gumbel", {s(0), s(1)}, Line::real, 0, 1},
      {"gumbel", {s(2), s(0.5)}, Line::real, 2, 0.5},
      {"exponential", {s(1)}, Line::positive, 0, 1},
      {"exponential", {s(40)}, Line::positive, 0, 0.025},
      {"gamma", {s(1), s(0.5)}, Line::positive, 0, 2},
      {"gamma", {s(0.4), s(2)}, Line::positive, 0, 0.2},
      {"gamma", {s(50), s(3)}, Line::positive, 0, 17},
      {"inv_gamma", {s(2), s(3)}, Line::positive, 0, 2},
      {"inv_gamma", {s(0.6), s(0.1)}, Line::positive, 0, 0.3},
      {"chi_square", {s(3)}, Line::positive, 0, 3},
      {"chi_square", {s(0.9)}, Line::positive, 0, 1},
      {"weibull", {s(0.7), s(2)}, Line::positive, 0, 2},
      {"weibull", {s(4), s(0.5)}, Line::positive, 0, 0.5},
      {"beta", {s(2), s(3)}, Line::interval, 0, 1},
      {"beta", {s(0.5), s(1.5)}, Line::interval, 0, 1},
      {"beta", {s(40), s(25)}, Line::interval, 0, 1},
      {"uniform", {s(-1), s(3)}, Line::interval, -1, 3},
      {"von_mises", {s(0.5), s(0.7)}, Line::interval, -half_turn, half_turn},
      {"von_mises", {s(-2), s(30)}, Line::interval, -half_turn, half_turn},
      {"pareto", {s(0.5), s(3)}, Line::interval, 0.5, 1e5},
  };
  return cases;
}

inline const std::vector<Discrete>& discrete_cases() {
  const auto s = scalar;
  static const std::vector<Discrete> cases = {
      {"bernoulli", {s(0.3)}, 0, 1},
      {"bernoulli_logit", {s(1.2)}, 0, 1},
      {"binomial", {s(12), s(0.3)}, 0, 12},
      {"binomial", {s(400), s(0.9)}, 0, 400},
      {"binomial_logit", {s(30), s(-1)}, 0, 30},
      {"poisson", {s(0.4)}, 0, 30},
      {"poisson", {s(60)}, 0, 200},
      {"poisson_log", {s(2)}, 0, 80},
      {"neg_binomial_2", {s(4), s(0.7)}, 0, 300},
      {"neg_binomial_2", {s(50), s(20)}, 0, 400},
      {"neg_binomial_2_log", {s(1), s(3)}, 0, 200},
      {"categorical", {vector({0.2, 0.5, 0.3})}, 1, 3},
      {"categorical_logit", {vector({0.2, -1, 0.3, 2})}, 1, 4},
      {"ordered_logistic", {s(0.4), vector({-1, 0.5, 2})}, 1, 4},
      {"beta_binomial", {s(10), s(0.6), s(2)}, 0, 10},
      {"beta_binomial", {s(200), s(30), s(20)}, 0, 200},
  };
  return cases;
}

/// Nodes and weights on a whole line, half line or interval: the double exponential rule, exact to about 1e-8 for
/// smooth densities, also with singular ends or heavy tails.
struct Quadrature {
  at::Tensor nodes, weights;
};

inline Quadrature quadrature(Line line, double centre, double scale, std::int64_t count = 4001) {
  constexpr double half_pi = 1.57079632679489661923;
  const at::Tensor t = at::linspace(-4.5, 4.5, count, at::kDouble);
  const double step = 9. / static_cast<double>(count - 1);
  const at::Tensor u = half_pi * at::sinh(t), du = half_pi * at::cosh(t) * step;
  switch (line) {
    case Line::real:
      return {centre + scale * at::sinh(u), scale * at::cosh(u) * du};
    case Line::positive:
      return {scale * at::exp(u), scale * at::exp(u) * du};
    case Line::interval:
      break;
  }
  const double width = scale - centre;
  const at::Tensor fraction = at::sigmoid(2 * u);
  return {centre + width * fraction, width * 2 * fraction * at::sigmoid(-2 * u) * du};
}
inline Quadrature quadrature(const Continuous& c) { return quadrature(c.line, c.centre, c.scale); }

/// Probability up to each value, from densities at the nodes of a quadrature.
inline at::Tensor distribution_function(const Quadrature& rule, const at::Tensor& density, const at::Tensor& x) {
  const at::Tensor mass = density * rule.weights;
  const at::Tensor total = mass.cumsum(0) - 0.5 * mass;
  const at::Tensor right = at::searchsorted(rule.nodes, x).clamp(1, rule.nodes.size(0) - 1), left = right - 1;
  const at::Tensor gap = (rule.nodes.take(right) - rule.nodes.take(left)).clamp_min(1e-300);
  const at::Tensor fraction = ((x - rule.nodes.take(left)) / gap).clamp(0, 1);
  return total.take(left) + fraction * (total.take(right) - total.take(left));
}

}  // namespace adavi::testing
