#include "semantics/constraints.hpp"

#include <cmath>

#include "semantics/format_number.hpp"

namespace adavi {

namespace {

constexpr double tolerance = 1e-8;

using Reason = std::optional<std::string>;

Reason no_simplex(const double* x, std::size_t n) {
  double sum = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (x[i] < 0) return "entry " + std::to_string(i + 1) + " is " + format_number(x[i]);
    sum += x[i];
  }
  if (std::abs(sum - 1) > tolerance) return "its sum is " + format_number(sum);
  return std::nullopt;
}

Reason not_ordered(const double* x, std::size_t n, bool positive) {
  if (positive && x[0] < 0) return "entry 1 is " + format_number(x[0]);
  for (std::size_t i = 1; i < n; ++i) {
    if (!(x[i] > x[i - 1])) return "entry " + std::to_string(i + 1) + " does not exceed the one before";
  }
  return std::nullopt;
}

Reason no_unit_vector(const double* x, std::size_t n) {
  double square = 0;
  for (std::size_t i = 0; i < n; ++i) square += x[i] * x[i];
  if (std::abs(square - 1) > tolerance) return "its length is " + format_number(std::sqrt(square));
  return std::nullopt;
}

Reason not_symmetric(const double* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (std::abs(x[i * n + j] - x[j * n + i]) > tolerance) return "it is not symmetric";
    }
  }
  return std::nullopt;
}

/// By the Cholesky decomposition, which exists for no other symmetric matrix.
Reason not_positive_definite(const double* x, std::size_t n) {
  if (Reason reason = not_symmetric(x, n)) return reason;
  std::vector<double> l(n * n, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double rest = x[i * n + j];
      for (std::size_t k = 0; k < j; ++k) rest -= l[i * n + k] * l[j * n + k];
      if (i == j && !(rest > 0)) return "it is not positive definite";
      l[i * n + j] = i == j ? std::sqrt(rest) : rest / l[j * n + j];
    }
  }
  return std::nullopt;
}

Reason no_cholesky_factor(const double* x, std::size_t n, bool unit_rows) {
  for (std::size_t i = 0; i < n; ++i) {
    if (!(x[i * n + i] > 0)) return "its diagonal is not positive";
    for (std::size_t j = i + 1; j < n; ++j) {
      if (x[i * n + j] != 0) return "it is not lower triangular";
    }
    if (unit_rows && no_unit_vector(x + i * n, n)) return "row " + std::to_string(i + 1) + " has not length 1";
  }
  return std::nullopt;
}

Reason no_corr_matrix(const double* x, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    if (std::abs(x[i * n + i] - 1) > tolerance) return "its diagonal is not 1";
  }
  return not_positive_definite(x, n);
}

Reason element_violation(Kind kind, const double* x, std::size_t n) {
  switch (kind) {
    case Kind::simplex:
      return no_simplex(x, n);
    case Kind::ordered:
      return not_ordered(x, n, false);
    case Kind::positive_ordered:
      return not_ordered(x, n, true);
    case Kind::unit_vector:
      return no_unit_vector(x, n);
    case Kind::cov_matrix:
      return not_positive_definite(x, n);
    case Kind::corr_matrix:
      return no_corr_matrix(x, n);
    case Kind::cholesky_factor_corr:
      return no_cholesky_factor(x, n, true);
    default:
      return std::nullopt;
  }
}

/// Calls `check` on each element of an array of elements of `rank` axes until one fails.
template <class Check>
Reason each_element(const Type& type, int rank, const std::vector<double>& values, Check check) {
  if (rank == 0) return std::nullopt;
  const auto n = static_cast<std::size_t>(type.shape.back());
  const std::size_t size = rank == 2 ? n * n : n;
  for (std::size_t begin = 0; begin + size <= values.size(); begin += size) {
    if (Reason reason = check(values.data() + begin, n)) return reason;
  }
  return std::nullopt;
}

bool inside(Domain domain, double x) {
  switch (domain) {
    case Domain::positive:
    case Domain::positive_vector:
      return x > 0;
    case Domain::nonnegative:
    case Domain::nonnegative_integer:
      return x >= 0;
    case Domain::positive_integer:
      return x >= 1;
    case Domain::unit_interval:
      return x >= 0 && x <= 1;
    default:
      return std::isfinite(x);
  }
}

}  // namespace

std::int64_t operations(const Type& type, bool decomposed) {
  return type.size() * (decomposed ? type.shape.back() / 6 + 1 : 1);
}

Reason violation(const Type& type, const std::vector<double>& values) {
  return each_element(type, element_rank(type.kind), values,
                      [&](const double* x, std::size_t n) { return element_violation(type.kind, x, n); });
}

std::optional<double> outside(Domain domain, const std::vector<double>& values) {
  for (const double x : values) {
    if (!inside(domain, x)) return x;
  }
  return std::nullopt;
}

Reason structural_violation(Domain domain, const Type& type, const std::vector<double>& values) {
  return each_element(type, element_rank(type.kind), values, [&](const double* x, std::size_t n) -> Reason {
    switch (domain) {
      case Domain::simplex:
        return no_simplex(x, n);
      case Domain::ordered:
        return not_ordered(x, n, false);
      case Domain::positive_definite:
        return not_positive_definite(x, n);
      case Domain::cholesky_factor:
        return no_cholesky_factor(x, n, false);
      default:
        return std::nullopt;
    }
  });
}

}  // namespace adavi
