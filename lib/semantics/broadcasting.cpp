#include "semantics/broadcasting.hpp"

#include <optional>

namespace adavi {

namespace {

constexpr std::int64_t any_size = -1;

/// Sizes that an argument must have to fit, and how it is then aligned.
struct Expected {
  Shape shape;
  int trailing = 0;
};

bool is_number(Kind kind) { return kind == Kind::integer || kind == Kind::real; }

Shape array_axes(const Type& type) { return {type.shape.begin(), type.shape.begin() + type.array_rank}; }
Shape element_axes(const Type& type) { return {type.shape.begin() + type.array_rank, type.shape.end()}; }
Shape joined(Shape front, const Shape& back) {
  front.insert(front.end(), back.begin(), back.end());
  return front;
}

/// A scalar parameter of a univariate distribution on a variate of any type.
std::optional<Expected> fit_scalar(const Type& variate, const Type& argument) {
  if (argument.is_scalar()) return Expected{};
  const bool arrays_match = argument.array_rank == variate.array_rank;
  const bool numbers = is_number(argument.kind);
  const bool same_element = numbers ? is_number(variate.kind) : argument.kind == unconstrained_kind(variate.kind);
  if (arrays_match && same_element) return Expected{variate.shape};
  if (argument.array_rank == 0 && same_element) return Expected{element_axes(variate)};
  if (arrays_match && numbers) return Expected{array_axes(variate), element_rank(variate.kind)};
  // Ints have no vector of their own: a vector is the container of an int array's real parameters.
  const bool int_array = variate.kind == Kind::integer && variate.array_rank == 1;
  if (int_array && argument.array_rank == 0 && argument.kind == Kind::vector) return Expected{variate.shape};
  return std::nullopt;
}

/// Axes that one draw of a row covers beyond those that count independent draws.
int batch_rank(const DistributionRow& row, const Type& variate) {
  return static_cast<int>(variate.shape.size()) - event_rank(row);
}

/// A parameter with axes of its own, or any parameter of a multivariate distribution: shared or one an entry.
std::optional<Expected> fit_structured(const DistributionRow& row, const Parameter& parameter, const Type& variate,
                                       const Type& argument) {
  const int batch = batch_rank(row, variate);
  const bool kinds = is_number(parameter.kind) ? is_number(argument.kind) : argument.kind == parameter.kind;
  if (!kinds || (argument.array_rank != 0 && argument.array_rank != batch)) return std::nullopt;
  const std::int64_t size = event_rank(row) > 0 ? variate.shape.back() : any_size;
  const Shape event(static_cast<std::size_t>(element_rank(parameter.kind)), size);
  if (argument.array_rank == 0) return Expected{event};
  return Expected{joined({variate.shape.begin(), variate.shape.begin() + batch}, event)};
}

std::optional<Expected> fit(const DistributionRow& row, const Parameter& parameter, const Type& variate,
                            const Type& argument) {
  if (parameter.kind == Kind::integer && argument.kind != Kind::integer) return std::nullopt;
  const bool scalar = is_number(parameter.kind) && event_rank(row) == 0;
  return scalar ? fit_scalar(variate, argument) : fit_structured(row, parameter, variate, argument);
}

bool sizes_fit(const Shape& expected, const Type& found) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (expected[i] != any_size && expected[i] != found.shape[i]) return false;
  }
  return true;
}

/// The type of one component's entry; a vector counts as an array of scalars where `of_vector`.
std::optional<Type> without_leading_axis(const Type& type, bool of_vector) {
  Type entry = type;
  if (type.array_rank > 0 && !of_vector) {
    --entry.array_rank;
  } else if (type.array_rank == 0 && type.kind == Kind::vector && of_vector) {
    entry.kind = Kind::real;
  } else {
    return std::nullopt;
  }
  entry.shape.erase(entry.shape.begin());
  return entry;
}

Alignment plain(const Expected& expected, const Type& argument) {
  Alignment alignment;
  alignment.trailing = expected.trailing;
  if (!sizes_fit(expected.shape, argument)) alignment.misfit = Alignment::Misfit::size;
  return alignment;
}

/// An argument with a component axis: `entry` is its type without that axis.
Alignment componentwise(const DistributionRow& row, const Parameter& parameter, const Type& variate, const Type& entry,
                        const Expected& expected) {
  Alignment alignment = plain(expected, entry);
  alignment.has_components = true;
  const int own = static_cast<int>(entry.shape.size()) - element_rank(parameter.kind);
  const int missing = batch_rank(row, variate) - own - expected.trailing;
  const bool one_number_a_component = entry.is_scalar() && is_number(parameter.kind);
  (one_number_a_component ? alignment.trailing : alignment.inserted) += missing;
  return alignment;
}

}  // namespace

Alignment align(const DistributionRow& row, const Parameter& parameter, const Type& variate, const Type& argument,
                std::int64_t components) {
  const std::optional<Expected> direct = fit(row, parameter, variate, argument);
  for (const bool of_vector : {false, true}) {
    if (components == 0 || (of_vector && direct)) continue;
    const std::optional<Type> entry = without_leading_axis(argument, of_vector);
    const auto expected = entry ? fit(row, parameter, variate, *entry) : std::nullopt;
    if (!expected) continue;
    Alignment alignment = componentwise(row, parameter, variate, *entry, *expected);
    if (argument.shape.front() != components) alignment.misfit = Alignment::Misfit::components;
    return alignment;
  }
  if (direct) return plain(*direct, argument);
  Alignment misfit;
  misfit.misfit = Alignment::Misfit::type;
  return misfit;
}

}  // namespace adavi
