#include "catalog/types.hpp"

#include <array>

namespace adavi {

namespace {

struct KindRow {
  Kind kind;
  std::string_view name;
  int rank;
  Kind unconstrained;
};

constexpr std::array kinds = {
    KindRow{Kind::integer, "int", 0, Kind::integer},
    KindRow{Kind::real, "real", 0, Kind::real},
    KindRow{Kind::vector, "vector", 1, Kind::vector},
    KindRow{Kind::matrix, "matrix", 2, Kind::matrix},
    KindRow{Kind::simplex, "simplex", 1, Kind::vector},
    KindRow{Kind::ordered, "ordered", 1, Kind::vector},
    KindRow{Kind::positive_ordered, "positive_ordered", 1, Kind::vector},
    KindRow{Kind::unit_vector, "unit_vector", 1, Kind::vector},
    KindRow{Kind::cov_matrix, "cov_matrix", 2, Kind::matrix},
    KindRow{Kind::corr_matrix, "corr_matrix", 2, Kind::matrix},
    KindRow{Kind::cholesky_factor_corr, "cholesky_factor_corr", 2, Kind::matrix},
};

const KindRow& row(Kind kind) { return kinds[static_cast<std::size_t>(kind)]; }

/// "n, m" of the axes [begin, end).
std::string sizes(const Shape& shape, std::size_t begin, std::size_t end) {
  std::string text;
  for (std::size_t i = begin; i < end; ++i) {
    text += (i > begin ? ", " : "") + std::to_string(shape[i]);
  }
  return text;
}

}  // namespace

int element_rank(Kind kind) { return row(kind).rank; }
Kind unconstrained_kind(Kind kind) { return row(kind).unconstrained; }
std::string_view to_string(Kind kind) { return row(kind).name; }

std::optional<Kind> kind_named(std::string_view name) {
  for (const KindRow& candidate : kinds) {
    if (candidate.name == name) return candidate.kind;
  }
  return std::nullopt;
}

int declared_sizes(Kind kind) { return kind == Kind::matrix ? 2 : element_rank(kind) > 0 ? 1 : 0; }

std::int64_t Type::size() const {
  std::int64_t total = 1;
  for (const std::int64_t n : shape) total *= n;
  return total;
}

std::string to_string(const Type& type) {
  const auto arrays = static_cast<std::size_t>(type.array_rank);
  std::string text;
  if (arrays > 0) text = "array[" + sizes(type.shape, 0, arrays) + "] ";
  text += to_string(type.kind);
  const int count = declared_sizes(type.kind);
  if (count > 0) text += "[" + sizes(type.shape, arrays, arrays + static_cast<std::size_t>(count)) + "]";
  return text;
}

std::string to_string_unsized(const Type& type) {
  std::string text;
  if (type.array_rank > 0) text = "array[" + std::string(static_cast<std::size_t>(type.array_rank) - 1, ',') + "] ";
  return text.append(to_string(type.kind));
}

}  // namespace adavi
