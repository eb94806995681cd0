#include "diagnostics/wording.hpp"
#include "semantics/limits.hpp"
#include "semantics/messages.hpp"

/// Wording of what is too large or too much.
namespace adavi::messages {

using namespace wording;

Diagnostic too_large(Span span, const std::string& what, std::int64_t limit) {
  return error("too-large", span, what + " has more than " + std::to_string(limit) + " numbers and cannot be held");
}

Diagnostic constants_too_large(Span span) {
  return error("too-large", span,
               "all constants and what follows from them have more than " + std::to_string(largest_total) +
                   " numbers and cannot be held");
}

Diagnostic too_many_operations(Span span) {
  return error("too-much-work", span, "what follows from the constants takes too long to work out",
               "pass the result as a constant, with --data");
}

Diagnostic too_many_variables(Span span) {
  return error("too-large", span, "a model may have " + std::to_string(most_variables) + " variables",
               "an array, a vector or a plate holds many of one kind");
}

Diagnostic too_many_expressions(Span span) {
  return error("too-large", span, "the model has more than " + std::to_string(most_expressions) + " expressions",
               "each component of a mixture counts");
}

Diagnostic too_many_errors(Span span) {
  return error("too-many-errors", span, "too many errors; the rest is not checked");
}

}  // namespace adavi::messages
