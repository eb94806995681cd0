#include "syntax/reporter.hpp"

#include "syntax/messages.hpp"

namespace adavi::syntax {
namespace {

constexpr std::size_t most_errors = 100;

}  // namespace

void Reporter::report(Diagnostic diagnostic) {
  if (count_ > 0 && diagnostic.span.begin == last_) return;
  last_ = diagnostic.span.begin;
  const Span place = diagnostic.span;
  diagnostics_.add(std::move(diagnostic));
  if (++count_ < most_errors) return;
  diagnostics_.add(too_many_errors(place));
  throw Stopped{};
}

}  // namespace adavi::syntax
