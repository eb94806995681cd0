#include "diagnostics/diagnostics.hpp"

#include <algorithm>
#include <tuple>

namespace adavi {
namespace {

bool same_span(const std::optional<Span>& a, const std::optional<Span>& b) {
  if (!a || !b) return a.has_value() == b.has_value();
  return a->begin == b->begin && a->end == b->end;
}

bool same_note(const Note& a, const Note& b) { return same_span(a.span, b.span) && a.message == b.message; }

bool same(const Diagnostic& a, const Diagnostic& b) {
  return a.severity == b.severity && a.code == b.code && same_span(a.span, b.span) && a.message == b.message &&
         a.help == b.help && std::equal(a.notes.begin(), a.notes.end(), b.notes.begin(), b.notes.end(), same_note);
}

bool before(const Diagnostic& a, const Diagnostic& b) {
  const auto key = [](const Diagnostic& d) {
    return std::tie(d.span.begin, d.span.end, d.severity, d.code, d.message, d.help);
  };
  return key(a) < key(b);
}

}  // namespace

bool Diagnostics::has_errors() const {
  return std::any_of(items_.begin(), items_.end(), [](const Diagnostic& d) { return d.severity == Severity::error; });
}

void Diagnostics::sort() {
  std::stable_sort(items_.begin(), items_.end(), before);
  items_.erase(std::unique(items_.begin(), items_.end(), same), items_.end());
}

}  // namespace adavi
