#include "diagnostics/wording.hpp"
#include "semantics/format_number.hpp"
#include "semantics/messages.hpp"

/// Wording of mistakes in constants and their values.
namespace adavi::messages {

using namespace wording;

namespace {

std::string sizes(const Shape& shape) {
  std::string text;
  for (const std::int64_t n : shape) text += (text.empty() ? "" : ", ") + std::to_string(n);
  return shape.empty() ? "a scalar" : "sizes [" + text + "]";
}

/// "--set sigma: " in front of what came from outside the text.
std::string from(const std::string& origin) { return origin.empty() ? "" : origin + ": "; }

/// "simplex" is a noun, "ordered" is not.
std::string with_article(Kind kind) {
  const bool adjective = kind == Kind::ordered || kind == Kind::positive_ordered;
  return (adjective ? "" : "a ") + std::string(to_string(kind));
}

}  // namespace

Diagnostic constant_depends(Span span, const std::string& on, Span declaration) {
  return with_note(
      error("not-constant", span, "a constant cannot depend on " + quoted(on) + ", a variable of the model",
            "what follows from variables is derived in the model block: real z = ...;"),
      declaration, quoted(on) + " is declared here");
}

Diagnostic missing_constant(Span span, const std::string& name) {
  return error("missing-constant", span, quoted(name) + " has no value",
               "supply it with '--set " + name + "=...' or '--data FILE', or give it a default");
}

Diagnostic unused_override(Span block, const std::string& origin, const std::string& name,
                           const Suggestion& suggestion) {
  return error("unused-override", block, from(origin) + "the model has no constant " + quoted(name),
               meant_or(suggestion, "declare it in the 'data' block, or leave it out"));
}

Diagnostic override_shape(Span span, const std::string& origin, const Type& expected, const Shape& found) {
  return error("override-shape", span, from(origin) + "expected " + to_string(expected) + ", found " + sizes(found));
}

Diagnostic override_not_integer(Span span, const std::string& origin, const std::string& name) {
  return error("override-not-integer", span, from(origin) + quoted(name) + " must be an integer");
}

Diagnostic value_type(Span span, const std::string& name, const Type& declared, const Type& found) {
  const bool vector_meant = (declared.array_rank == 0) != (found.array_rank == 0) && !declared.is_scalar();
  return error("value-type", span,
               quoted(name) + " is declared " + to_string(declared) + ", but its value is " + to_string(found),
               vector_meant ? "a vector is written [1, 2], an array {1, 2}" : "");
}

Diagnostic not_finite(Span span, const std::string& origin, const std::string& name) {
  return error("not-finite", span, from(origin) + "the value of " + quoted(name) + " is not a finite number");
}

Diagnostic out_of_bounds(Span span, const std::string& origin, const std::string& name, double value,
                         const std::string& bound) {
  return error("out-of-bounds", span,
               from(origin) + quoted(name) + " is " + format_number(value) + ", but must be " + bound);
}

Diagnostic not_of_kind(Span span, const std::string& origin, const std::string& name, Kind kind,
                       const std::string& reason) {
  return error("not-of-kind", span,
               from(origin) + "the value of " + quoted(name) + " is not " + with_article(kind) + ": " + reason);
}

}  // namespace adavi::messages
