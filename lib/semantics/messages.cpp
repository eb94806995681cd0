#include "semantics/messages.hpp"

#include <utility>

#include "catalog/foreign_names.hpp"
#include "catalog/links.hpp"
#include "diagnostics/wording.hpp"
#include "semantics/format_number.hpp"

/// Wording of mistakes in names, types and expressions; the rest is beside this file.
namespace adavi::messages {

using namespace wording;

namespace {

/// The way out of a name that the catalogue does not have.
std::string foreign_or_meant(const std::string& name, const Suggestion& suggestion) {
  const std::string way_out = way_out_of_foreign(name);
  return way_out.empty() ? meant_or(suggestion) : way_out;
}

/// `vector[n]`, as a declaration writes it.
std::string with_sizes(const std::string& type, int sizes) {
  return type + (sizes == 0 ? "" : sizes == 1 ? "[n]" : "[m, n]");
}

}  // namespace

Diagnostic undeclared_name(Span span, const std::string& name, const Suggestion& suggestion) {
  return error("undeclared-name", span, quoted(name) + " is not declared",
               meant_or(suggestion, "declare it above this line, or as a constant in the 'data' block"));
}

Diagnostic used_before_declared(Span span, const std::string& name, Span declaration) {
  return with_note(
      error("used-before-declared", span, quoted(name) + " is used before it is declared", "move the declaration up"),
      declaration, quoted(name) + " is declared here");
}

Diagnostic used_in_own_declaration(Span span, const std::string& name) {
  return error("used-before-declared", span, quoted(name) + " is used in its own declaration");
}

Diagnostic out_of_plate(Span span, const std::string& name, const std::string& plate, Span declaration) {
  return with_note(
      error("out-of-plate", span, quoted(name) + " lives in plate " + quoted(plate) + " and is not visible outside it",
            "a variable may use names of its own and of outer plates"),
      declaration, quoted(name) + " is declared here");
}

Diagnostic plate_as_value(Span span, const std::string& name, Span declaration) {
  return with_note(error("plate-as-value", span, quoted(name) + " is a plate, not a value"), declaration,
                   "the plate is declared here");
}

Diagnostic duplicate_name(Span span, const std::string& name, Span first) {
  return with_note(error("duplicate-name", span, quoted(name) + " is declared twice"), first, "first declared here");
}

Diagnostic reserved_name(Span span, const std::string& name) {
  return error("reserved-name", span, quoted(name) + " is reserved and cannot be a name",
               "choose another, such as " + quoted(name + "_"));
}

Diagnostic unknown_function(Span span, const std::string& name, const Suggestion& suggestion) {
  return error("unknown-function", span, "there is no function " + quoted(name), foreign_or_meant(name, suggestion));
}

Diagnostic unknown_distribution(Span span, const std::string& name, const Suggestion& suggestion) {
  return error("unknown-distribution", span, "there is no distribution " + quoted(name),
               foreign_or_meant(name, suggestion));
}

Diagnostic distribution_as_function(Span span, const std::string& name) {
  return error("distribution-as-function", span, quoted(name) + " is a distribution and has no value",
               "draw a variable from it: 'real z ~ " + name + "(...);'");
}

Diagnostic function_as_distribution(Span span, const std::string& name) {
  return error("function-as-distribution", span, quoted(name) + " is a function, not a distribution",
               transformation_named(name) && name != "exp" ? "write 'transformed(" + name + ", normal(mu, 1))'"
                                                           : "a quantity that follows from others is written with '='");
}

Diagnostic distribution_expected(Span span) {
  return error("distribution-expected", span, "a distribution is expected here", "write it like 'normal(mu, 1)'");
}

Diagnostic wrong_size_count(Span span, const std::string& type, int expected, std::size_t found) {
  return error(
      "wrong-size-count", span,
      quoted(type) + " takes " + counted(static_cast<std::size_t>(expected), "size") + ", not " + std::to_string(found),
      "write '" + with_sizes(type, expected) + "'");
}

Diagnostic size_not_integer(Span span, const Type& found) {
  return error("size-not-integer", span, "a size must be int, not " + to_string(found),
               "write it without a point, or declare it 'int'");
}

Diagnostic size_not_constant(Span span) {
  return error("size-not-constant", span, "a size must follow from constants alone",
               "sizes are known before anything is drawn");
}

Diagnostic size_not_positive(Span span, const std::string& what, double value) {
  return error("size-not-positive", span, what + " must be at least 1, not " + format_number(value));
}

Diagnostic nested_too_deeply(Span span) {
  return error("nested-too-deeply", span, "this expression is nested too deeply");
}

Diagnostic bounds_on_constrained(Span span, Kind kind) {
  return error("bounds-on-constrained", span, quoted(to_string(kind)) + " takes no bounds: its type is its constraint");
}

Diagnostic bound_type(Span span, const Type& bound, const Type& variable) {
  return error("bound-type", span,
               "a bound of " + to_string(variable) + " must be real or of the same type, not " + to_string(bound));
}

Diagnostic empty_bounds(Span span, double lower, double upper) {
  return error("empty-bounds", span, "no value lies between " + format_number(lower) + " and " + format_number(upper));
}

Diagnostic operand_types(Span span, const std::string& symbol, const Type& left, const Type& right,
                         const std::string& help) {
  return error("operand-types", span, to_string(left) + " " + symbol + " " + to_string(right) + " is not defined",
               help);
}

Diagnostic size_mismatch(Span span, const Type& left, const Type& right) {
  return error("size-mismatch", span, "sizes differ: " + to_string(left) + " and " + to_string(right));
}

Diagnostic wrong_function_arity(Span span, const FunctionRow& row, std::size_t found) {
  return error("wrong-argument-count", span,
               quoted(row.name) + " takes " +
                   (row.arity < 0 ? "2 or more arguments" : counted(static_cast<std::size_t>(row.arity), "argument")) +
                   ", not " + std::to_string(found),
               "its signature is " + std::string(row.signature));
}

Diagnostic function_types(Span span, const FunctionRow& row, const std::vector<Type>& found) {
  std::string types;
  for (const Type& type : found) types += (types.empty() ? "" : ", ") + to_string(type);
  return error("function-types", span, quoted(row.name) + " is not defined for (" + types + ")",
               "its signature is " + std::string(row.signature));
}

Diagnostic list_types(Span span, const Type& first, const Type& other) {
  return error("list-types", span,
               "entries of a list must have one type: " + to_string(first) + " and " + to_string(other));
}

Diagnostic list_nesting(Span span, const Type& entry) {
  return error("list-nesting", span, "'[...]' holds scalars or vectors of one size, not " + to_string(entry),
               "an array is written '{...}'");
}

Diagnostic integer_overflow(Span span) {
  return error("integer-overflow", span, "this int does not fit: it is larger than 2^53");
}

Diagnostic inexact_division(Span span) {
  return error("inexact-division", span, "this int division leaves a remainder",
               "make one side real ('7 / 2.0'), or let the sizes divide");
}

Diagnostic integer_division(Span span) {
  return error("integer-division", span, "int / int is defined for constants alone", "make one side real: 'x / 2.0'");
}

Diagnostic division_by_zero(Span span) { return error("division-by-zero", span, "division by zero"); }

Diagnostic too_many_indices(Span span, const Type& base, std::size_t found) {
  const std::string axes = std::to_string(base.shape.size()) + (base.shape.size() == 1 ? " axis" : " axes");
  return error("too-many-indices", span, to_string(base) + " has " + axes + " to index, not " + std::to_string(found));
}

Diagnostic scalar_indexed(Span span, const Type& base, const std::string& name, const std::string& plate) {
  if (plate.empty()) return error("too-many-indices", span, to_string(base) + " has nothing to index");
  return error("too-many-indices", span, quoted(name) + " is " + to_string(base) + " and has nothing to index",
               "in plate " + quoted(plate) + " the name " + quoted(name) + " stands for the value of that entry alone");
}

Diagnostic index_not_integer(Span span, const Type& found) {
  return error("index-not-integer", span, "an index must be int, not " + to_string(found));
}

Diagnostic range_not_constant(Span span) {
  return error("range-not-constant", span, "the ends of a range must follow from constants alone");
}

Diagnostic index_out_of_bounds(Span span, std::int64_t index, std::int64_t size) {
  return error(
      "index-out-of-bounds", span,
      "index " + std::to_string(index) + " is out of bounds: this axis goes from 1 to " + std::to_string(size));
}

Diagnostic empty_range(Span span, std::int64_t lower, std::int64_t upper) {
  return error("empty-range", span, "the range " + std::to_string(lower) + ":" + std::to_string(upper) + " is empty");
}

}  // namespace adavi::messages
