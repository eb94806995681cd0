#include <array>
#include <cmath>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

using Index = std::int64_t;

/// What the expressions of the table may use, in one group of one data set in one draw.
struct Scope {
  double a = 0, s = 0;
  std::array<double, 3> v{}, w{};
  double m[2][3] = {};
  const double A[3][2] = {{1, 2}, {3, 4}, {5, 6}};  ///< constants
  const double c[3] = {0.5, -1, 2};
};

const char* const before = R"(data {
  matrix[3, 2] A = [[1, 2], [3, 4], [5, 6]];
  vector[3] c = [0.5, -1, 2];
  int n = 2;
}
model {
  real a ~ normal(0, 1);
  real<lower=0> s ~ exponential(1);
  vector[3] v ~ normal(0, 1);
  matrix[2, 3] m ~ normal(0, 1);
  plate group[4] {
    vector[3] w ~ normal(v, s);
)";
const char* const after = R"(
    plate obs[2] {
      observed real y ~ normal(w[1], 1);
    }
  }
}
)";

struct Row {
  const char* type;
  const char* expression;
  Shape shape;
  double (*expected)(const Scope& e, Index i, Index j);
};

double logistic(double x) { return 1 / (1 + std::exp(-x)); }
double sum_exp(const std::array<double, 3>& v) { return std::exp(v[0]) + std::exp(v[1]) + std::exp(v[2]); }

// Variables of all depths meet constants; i and j are the position in the result.
const Row table[] = {
    {"real", "1 + 2 * 3", {}, [](const Scope&, Index, Index) { return 7.0; }},
    {"real", "-a + s / 2 - 3 * a * s", {}, [](const Scope& e, Index, Index) { return -e.a + e.s / 2 - 3 * e.a * e.s; }},
    {"real", "(1 + a ^ 2) / (2 - a)", {}, [](const Scope& e, Index, Index) { return (1 + e.a * e.a) / (2 - e.a); }},
    {"real", "-a ^ 2", {}, [](const Scope& e, Index, Index) { return -(e.a * e.a); }},
    {"vector[3]", "v + w", {3}, [](const Scope& e, Index i, Index) { return e.v[i] + e.w[i]; }},
    {"vector[3]", "a - w", {3}, [](const Scope& e, Index i, Index) { return e.a - e.w[i]; }},
    {"vector[3]", "s * v", {3}, [](const Scope& e, Index i, Index) { return e.s * e.v[i]; }},
    {"vector[3]", "v / s", {3}, [](const Scope& e, Index i, Index) { return e.v[i] / e.s; }},
    {"vector[3]", "c .* w", {3}, [](const Scope& e, Index i, Index) { return e.c[i] * e.w[i]; }},
    {"vector[3]", "v ./ w", {3}, [](const Scope& e, Index i, Index) { return e.v[i] / e.w[i]; }},
    {"vector[3]", "exp(v) ^ a", {3}, [](const Scope& e, Index i, Index) { return std::pow(std::exp(e.v[i]), e.a); }},
    {"vector[3]", "pow(exp(w), 2)", {3}, [](const Scope& e, Index i, Index) { return std::exp(2 * e.w[i]); }},
    {"real",
     "log(s) + log1p(s) + expm1(a) + sqrt(s) + square(a) + inv(s)",
     {},
     [](const Scope& e, Index, Index) {
       return std::log(e.s) + std::log1p(e.s) + std::expm1(e.a) + std::sqrt(e.s) + e.a * e.a + 1 / e.s;
     }},
    {"real",
     "abs(a) + tanh(a) + inv_logit(a) + Phi(a) + lgamma(s)",
     {},
     [](const Scope& e, Index, Index) {
       return std::abs(e.a) + std::tanh(e.a) + logistic(e.a) + 0.5 * std::erfc(-e.a / std::sqrt(2.0)) +
              std::lgamma(e.s);
     }},
    {"real",
     "logit(inv_logit(a)) + softplus(a)",
     {},
     [](const Scope& e, Index, Index) { return e.a + std::log1p(std::exp(e.a)); }},
    {"real",
     "sum(v) + mean(w) * prod(v)",
     {},
     [](const Scope& e, Index, Index) {
       return e.v[0] + e.v[1] + e.v[2] + (e.w[0] + e.w[1] + e.w[2]) / 3 * (e.v[0] * e.v[1] * e.v[2]);
     }},
    {"real",
     "min(v) - max(w) + dot_self(v)",
     {},
     [](const Scope& e, Index, Index) {
       return std::min({e.v[0], e.v[1], e.v[2]}) - std::max({e.w[0], e.w[1], e.w[2]}) + e.v[0] * e.v[0] +
              e.v[1] * e.v[1] + e.v[2] * e.v[2];
     }},
    {"real",
     "sum(m)",
     {},
     [](const Scope& e, Index, Index) {
       return e.m[0][0] + e.m[0][1] + e.m[0][2] + e.m[1][0] + e.m[1][1] + e.m[1][2];
     }},
    {"real", "log_sum_exp(v)", {}, [](const Scope& e, Index, Index) { return std::log(sum_exp(e.v)); }},
    {"real",
     "dot_product(v, w)",
     {},
     [](const Scope& e, Index, Index) { return e.v[0] * e.w[0] + e.v[1] * e.w[1] + e.v[2] * e.w[2]; }},
    {"vector[3]", "softmax(w)", {3}, [](const Scope& e, Index i, Index) { return std::exp(e.w[i]) / sum_exp(e.w); }},
    {"vector[3]",
     "log_softmax(w)",
     {3},
     [](const Scope& e, Index i, Index) { return e.w[i] - std::log(sum_exp(e.w)); }},
    {"vector[3]",
     "cumulative_sum(v)",
     {3},
     [](const Scope& e, Index i, Index) { return e.v[0] + (i > 0 ? e.v[1] : 0) + (i > 1 ? e.v[2] : 0); }},
    {"vector[4]",
     "softmax_centered(v)",
     {4},
     [](const Scope& e, Index i, Index) { return (i < 3 ? std::exp(e.v[i]) : 1) / (1 + sum_exp(e.v)); }},
    {"vector[4]",
     "sqrt_softmax_centered(w)",
     {4},
     [](const Scope& e, Index i, Index) { return std::sqrt((i < 3 ? std::exp(e.w[i]) : 1) / (1 + sum_exp(e.w))); }},
    {"vector[2]", "inv_softmax_centered(exp(w))", {2}, [](const Scope& e, Index i, Index) { return e.w[i] - e.w[2]; }},
    {"vector[3]",
     "inv_sqrt_softmax_centered(sqrt_softmax_centered(v))",
     {3},
     [](const Scope& e, Index i, Index) { return e.v[i]; }},
    {"vector[2]",
     "m * w",
     {2},
     [](const Scope& e, Index i, Index) { return e.m[i][0] * e.w[0] + e.m[i][1] * e.w[1] + e.m[i][2] * e.w[2]; }},
    {"vector[3]",
     "A * (m * v)",
     {3},
     [](const Scope& e, Index i, Index) {
       double total = 0;
       for (Index r = 0; r < 2; ++r) {
         for (Index k = 0; k < 3; ++k) total += e.A[i][r] * e.m[r][k] * e.v[k];
       }
       return total;
     }},
    {"matrix[2, 2]",
     "m * A",
     {2, 2},
     [](const Scope& e, Index i, Index j) {
       return e.m[i][0] * e.A[0][j] + e.m[i][1] * e.A[1][j] + e.m[i][2] * e.A[2][j];
     }},
    {"matrix[3, 3]", "diag_matrix(w)", {3, 3}, [](const Scope& e, Index i, Index j) { return i == j ? e.w[i] : 0.0; }},
    {"matrix[2, 2]",
     "multiply_lower_tri_self_transpose(m * A)",
     {2, 2},
     [](const Scope& e, Index i, Index j) {
       const auto lower = [&](Index r, Index c) {
         return c > r ? 0.0 : e.m[r][0] * e.A[0][c] + e.m[r][1] * e.A[1][c] + e.m[r][2] * e.A[2][c];
       };
       return lower(i, 0) * lower(j, 0) + lower(i, 1) * lower(j, 1);
     }},
    {"matrix[3, 2]",
     "diag_pre_multiply(w, A)",
     {3, 2},
     [](const Scope& e, Index i, Index j) { return e.w[i] * e.A[i][j]; }},
    {"vector[2]", "rep_vector(a, 2)", {2}, [](const Scope& e, Index, Index) { return e.a; }},
    {"array[2] vector[3]", "rep_array(w, 2)", {2, 3}, [](const Scope& e, Index, Index j) { return e.w[j]; }},
    {"vector[6]", "to_vector(m)", {6}, [](const Scope& e, Index i, Index) { return e.m[i % 2][i / 2]; }},
    {"vector[6]", "append_row(v, w)", {6}, [](const Scope& e, Index i, Index) { return i < 3 ? e.v[i] : e.w[i - 3]; }},
    {"vector[4]", "append_row(a, w)", {4}, [](const Scope& e, Index i, Index) { return i == 0 ? e.a : e.w[i - 1]; }},
    {"vector[3]",
     "[a, s, w[3]]",
     {3},
     [](const Scope& e, Index i, Index) { return i == 0   ? e.a
                                                 : i == 1 ? e.s
                                                          : e.w[2]; }},
    {"array[2] vector[3]", "{v, w}", {2, 3}, [](const Scope& e, Index i, Index j) { return i == 0 ? e.v[j] : e.w[j]; }},
    {"real",
     "w[2] + c[n] + m[2, 3] + A[3, 1]",
     {},
     [](const Scope& e, Index, Index) { return e.w[1] + e.c[1] + e.m[1][2] + e.A[2][0]; }},
    {"vector[2]", "w[2:3]", {2}, [](const Scope& e, Index i, Index) { return e.w[i + 1]; }},
    {"vector[2]", "m[:, 2]", {2}, [](const Scope& e, Index i, Index) { return e.m[i][1]; }},
    {"matrix[2, 2]", "m[:, 1:2]", {2, 2}, [](const Scope& e, Index i, Index j) { return e.m[i][j]; }},
    {"matrix[1, 2]", "m[2:2, 2:3]", {1, 2}, [](const Scope& e, Index, Index j) { return e.m[1][j + 1]; }},
};

Scope scope_of(const Generative& g, const VariableValues& values, Index k, Index b, Index group) {
  Scope e;
  e.a = g.at(values, "a", {k, b});
  e.s = g.at(values, "s", {k, b});
  for (Index i = 0; i < 3; ++i) {
    const auto at = static_cast<std::size_t>(i);
    e.v[at] = g.at(values, "v", {k, b, i});
    e.w[at] = g.at(values, "w", {k, b, group, i});
    for (Index r = 0; r < 2; ++r) e.m[r][i] = g.at(values, "m", {k, b, r, i});
  }
  return e;
}

/// One value of `r` by broadcasting from the left: [k, b, group, i, j].
double value_at(const at::Tensor& value, Index k, Index b, Index group, const Shape& shape, Index i, Index j) {
  auto x = value;
  for (const Index p : {k, b, group}) x = x.select(0, x.size(0) == 1 ? 0 : p);
  if (!shape.empty()) x = x[i];
  if (shape.size() > 1) x = x[j];
  return x.item<double>();
}

}  // namespace

TEST_CASE("expressions have the values of their plain formulas, for every draw, data set and group") {
  for (const Row& row : table) {
    CAPTURE(row.expression);
    const Generative g(compiled(std::string(before) + row.type + " r = " + row.expression + ";" + after));
    auto values = g.draws(2, 2, 21);
    values[g.index("r")] = at::Tensor();
    g.model.derive(values);
    const auto& r = values[g.index("r")];
    REQUIRE(r.dim() == 3 + static_cast<Index>(row.shape.size()));
    REQUIRE(Shape(r.sizes().begin() + 3, r.sizes().end()) == row.shape);
    const Index rows = row.shape.empty() ? 1 : row.shape[0], columns = row.shape.size() < 2 ? 1 : row.shape[1];
    for (Index cell = 0; cell < 2 * 2 * 4; ++cell) {
      const Index k = cell / 8, b = cell / 4 % 2, group = cell % 4;
      const Scope e = scope_of(g, values, k, b, group);
      for (Index i = 0; i < rows; ++i) {
        for (Index j = 0; j < columns; ++j) {
          CHECK(value_at(r, k, b, group, row.shape, i, j) == doctest::Approx(row.expected(e, i, j)).epsilon(1e-10));
        }
      }
    }
  }
}

TEST_CASE("an index that is data picks for every element of the plate") {
  const Generative g(compiled(R"(model {
  vector[3] m ~ normal(0, 1);
  plate group[2] {
    array[3] vector[2] w ~ normal(0, 1);
    plate obs[5] {
      covariate int k ~ categorical([0.2, 0.3, 0.5]);
      real r = m[k] * w[k, 2];
      vector[2] t = w[k];
      observed real y ~ normal(m[k], 1);
    }
  }
})"));
  const auto values = g.simulate(3, 5);
  const auto likelihood = g.model.log_likelihood(g.model.observe(values), values);
  for (Index b = 0; b < 3; ++b) {
    double expected = 0;
    for (Index i = 0; i < 2; ++i) {
      for (Index j = 0; j < 5; ++j) {
        const auto k = static_cast<Index>(g.at(values, "k", {0, b, i, j})) - 1;
        const double m = g.at(values, "m", {0, b, k});
        CHECK(g.at(values, "r", {0, b, i, j}) == doctest::Approx(m * g.at(values, "w", {0, b, i, k, 1})));
        CHECK(g.at(values, "t", {0, b, i, j, 0}) == g.at(values, "w", {0, b, i, k, 0}));
        expected += plain::normal(g.at(values, "y", {0, b, i, j}), m, 1);
      }
    }
    CHECK(likelihood[0][b].item<double>() == doctest::Approx(expected));
  }
}

TEST_CASE("arguments of a distribution are expressions of several depths") {
  const Generative g(compiled(R"(data {
  vector[2] start = [1, -1];
}
model {
  real a ~ normal(0, 1);
  plate group[3] {
    vector[2] w ~ normal(start * a, 0.5);
    plate obs[2] {
      observed vector[2] y ~ normal(exp(w) + a, 0.1 + square(a));
    }
  }
})"));
  const auto values = g.draws(2, 2, 8);
  const auto prior = g.model.log_prior(values);
  const auto likelihood = g.model.log_likelihood(g.model.observe(values), values);
  for (Index k = 0; k < 2; ++k) {
    for (Index b = 0; b < 2; ++b) {
      const double a = g.at(values, "a", {k, b});
      double p = plain::normal(a, 0, 1), l = 0;
      for (Index i = 0; i < 3; ++i) {
        for (Index d = 0; d < 2; ++d) {
          const double w = g.at(values, "w", {k, b, i, d});
          p += plain::normal(w, (d == 0 ? 1 : -1) * a, 0.5);
          for (Index j = 0; j < 2; ++j) {
            l += plain::normal(g.at(values, "y", {k, b, i, j, d}), std::exp(w) + a, 0.1 + a * a);
          }
        }
      }
      CHECK(prior[k][b].item<double>() == doctest::Approx(p));
      CHECK(likelihood[k][b].item<double>() == doctest::Approx(l));
    }
  }
}
