#pragma once
#include <limits>
#include <optional>
#include <string>

#include "semantics/hbm_model.hpp"

namespace adavi {

/// What the numbers of one known variable must satisfy, as far as the model alone decides it: declared bounds and
/// supports that are constant, whole numbers for discrete variables, the shape of an event (a simplex sums to 1).
struct ValueRule {
  enum class Event { none, simplex, unit_vector, ordered, positive_ordered };

  bool integer = false;
  double lower = -std::numeric_limits<double>::infinity();
  double upper = std::numeric_limits<double>::infinity();
  bool lower_open = false;
  bool upper_open = false;
  Event event = Event::none;
  std::int64_t event_size = 1;  ///< numbers in the last axis, which an event rule looks at together
};

ValueRule value_rule(const HbmModel& model, const Variable& variable);

/// The first number that does not fit: where it stands in a flat array, and why, as a phrase that follows "/x[1, 2]".
struct Offence {
  std::size_t position = 0;
  std::string message;
};

/// Looks at `count` numbers, whole events, row-major. NaN marks what is missing and fits; an event with a NaN in it is
/// not held against the rule for events.
std::optional<Offence> find_offence(const ValueRule& rule, const double* values, std::size_t count);

}  // namespace adavi
