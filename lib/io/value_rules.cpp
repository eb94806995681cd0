#include "io/value_rules.hpp"

#include <algorithm>
#include <cmath>
#include <sstream>

#include "catalog/distributions.hpp"

namespace adavi {
namespace {

constexpr double event_tolerance = 1e-4;  // float32 data sum to 1 only roughly

void raise_lower(ValueRule& rule, std::optional<double> bound, bool open = false) {
  if (!bound || *bound < rule.lower) return;
  rule.lower_open = *bound > rule.lower ? open : rule.lower_open || open;
  rule.lower = *bound;
}

void drop_upper(ValueRule& rule, std::optional<double> bound, bool open = false) {
  if (!bound || *bound > rule.upper) return;
  rule.upper_open = *bound < rule.upper ? open : rule.upper_open || open;
  rule.upper = *bound;
}

std::optional<double> argument(const HbmModel& model, const Distribution& distribution, std::size_t index) {
  if (index >= distribution.arguments.size()) return std::nullopt;
  return constant_scalar(model, distribution.arguments[index].expression);
}

void apply_support(ValueRule& rule, const HbmModel& model, const Distribution& distribution, Support support) {
  switch (support) {
    case Support::positive:
      raise_lower(rule, 0.0, true);
      break;
    case Support::nonnegative:
    case Support::count:
    case Support::multinomial_counts:
      raise_lower(rule, 0.0);
      break;
    case Support::unit_interval:
      raise_lower(rule, 0.0, true);
      drop_upper(rule, 1.0, true);
      break;
    case Support::interval:
      raise_lower(rule, argument(model, distribution, 0));
      drop_upper(rule, argument(model, distribution, 1));
      break;
    case Support::lower_bounded:
      raise_lower(rule, argument(model, distribution, 0));
      break;
    case Support::circle:
      raise_lower(rule, -M_PI);
      drop_upper(rule, M_PI);
      break;
    case Support::binary:
      raise_lower(rule, 0.0);
      drop_upper(rule, 1.0);
      break;
    case Support::count_up_to:
      raise_lower(rule, 0.0);
      drop_upper(rule, argument(model, distribution, 0));
      break;
    case Support::category:
      raise_lower(rule, 1.0);
      drop_upper(rule, static_cast<double>(last_category(model, distribution)));
      break;
    case Support::simplex:
      raise_lower(rule, 0.0);
      rule.event = ValueRule::Event::simplex;
      break;
    case Support::real:
    case Support::real_vector:
    case Support::cholesky_factor_corr:
      break;
  }
}

/// A mixture has the support of its components where they agree; other combinators decide nothing here.
void apply_distribution(ValueRule& rule, const HbmModel& model, const Distribution& distribution) {
  if (distribution.name == "transformed") {
    if (distribution.link == LinkKind::softmax_centered) rule.event = ValueRule::Event::simplex;
    if (distribution.link == LinkKind::sqrt_softmax_centered) {
      rule.event = ValueRule::Event::unit_vector;
      raise_lower(rule, 0.0);
    }
    return;
  }
  if (distribution.name == "mixture") {
    const auto same = [&](const Distribution& other) { return other.name == distribution.components.front().name; };
    const bool agree = std::all_of(distribution.components.begin(), distribution.components.end(), same);
    if (!distribution.components.empty() && agree) apply_distribution(rule, model, distribution.components.front());
    return;
  }
  const DistributionRow* row = find_distribution(distribution.name);
  if (row == nullptr) return;
  rule.integer = rule.integer || row->discrete;
  apply_support(rule, model, distribution, row->support);
}

void apply_kind(ValueRule& rule, Kind kind) {
  switch (kind) {
    case Kind::integer:
      rule.integer = true;
      break;
    case Kind::simplex:
      rule.event = ValueRule::Event::simplex;
      raise_lower(rule, 0.0);
      break;
    case Kind::unit_vector:
      rule.event = ValueRule::Event::unit_vector;
      break;
    case Kind::positive_ordered:
      rule.event = ValueRule::Event::positive_ordered;
      raise_lower(rule, 0.0, true);
      break;
    case Kind::ordered:
      rule.event = ValueRule::Event::ordered;
      break;
    default:
      break;
  }
}

std::string number(double value) {
  std::ostringstream text;
  text.precision(9);
  text << value;
  return text.str();
}

std::string expectation(const ValueRule& rule) {
  if (rule.integer && rule.lower == 0 && rule.upper == 1) return "0 or 1";
  std::string text = rule.integer ? "an integer" : "a number";
  const bool below = std::isfinite(rule.lower), above = std::isfinite(rule.upper);
  if (below && above) {
    text += std::string(" in ") + (rule.lower_open ? "(" : "[") + number(rule.lower) + ", " + number(rule.upper) +
            (rule.upper_open ? ")" : "]");
  } else if (below) {
    text += (rule.lower_open ? " > " : " >= ") + number(rule.lower);
  } else if (above) {
    text += (rule.upper_open ? " < " : " <= ") + number(rule.upper);
  }
  return text;
}

bool fits(const ValueRule& rule, double value) {
  const bool above = rule.lower_open ? value > rule.lower : value >= rule.lower;
  const bool below = rule.upper_open ? value < rule.upper : value <= rule.upper;
  return above && below && (!rule.integer || value == std::floor(value));
}

/// Why an event of numbers that fit one by one does not fit as a whole; empty where it does.
std::string event_fault(const ValueRule& rule, const double* values) {
  const std::int64_t size = rule.event_size;
  if (std::any_of(values, values + size, [](double value) { return std::isnan(value); })) return {};
  if (rule.event == ValueRule::Event::simplex || rule.event == ValueRule::Event::unit_vector) {
    const bool squares = rule.event == ValueRule::Event::unit_vector;
    double sum = 0;
    for (std::int64_t i = 0; i < size; ++i) sum += squares ? values[i] * values[i] : values[i];
    if (std::abs(sum - 1) <= event_tolerance) return {};
    return std::string("begins an entry whose ") + (squares ? "squares" : "elements") + " sum to " + number(sum) +
           ": expected 1";
  }
  for (std::int64_t i = 1; i < size; ++i) {
    if (values[i] <= values[i - 1]) return "begins an entry that does not increase: expected ordered numbers";
  }
  return {};
}

}  // namespace

ValueRule value_rule(const HbmModel& model, const Variable& variable) {
  ValueRule rule;
  apply_kind(rule, variable.type.kind);
  // A covariate's law serves simulation alone: its declared type and bounds are what a user's values must keep.
  const bool drawn = variable.distribution && variable.role != ast::Role::covariate;
  if (drawn) apply_distribution(rule, model, *variable.distribution);
  raise_lower(rule, constant_scalar(model, variable.declared_lower));
  drop_upper(rule, constant_scalar(model, variable.declared_upper));
  if (rule.event != ValueRule::Event::none && !variable.type.shape.empty()) {
    rule.event_size = variable.type.shape.back();
  }
  return rule;
}

std::optional<Offence> find_offence(const ValueRule& rule, const double* values, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    if (std::isnan(values[i])) continue;
    if (std::isinf(values[i])) return Offence{i, "is infinite: expected " + expectation(rule)};
    if (!fits(rule, values[i])) return Offence{i, "is " + number(values[i]) + ": expected " + expectation(rule)};
  }
  if (rule.event == ValueRule::Event::none) return std::nullopt;
  const auto step = static_cast<std::size_t>(std::max<std::int64_t>(rule.event_size, 1));
  for (std::size_t i = 0; i + step <= count; i += step) {
    const std::string fault = event_fault(rule, values + i);
    if (!fault.empty()) return Offence{i, fault};
  }
  return std::nullopt;
}

}  // namespace adavi
