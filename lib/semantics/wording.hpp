#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "semantics/messages.hpp"

/// Pieces of wording that the sources of `messages` share.
namespace adavi::messages {

inline Diagnostic error(const char* code, Span span, std::string message, std::string help = "") {
  return {Severity::error, code, span, std::move(message), {}, std::move(help)};
}

inline Diagnostic warning(const char* code, Span span, std::string message, std::string help = "") {
  return {Severity::warning, code, span, std::move(message), {}, std::move(help)};
}

inline Diagnostic with_note(Diagnostic diagnostic, Span span, std::string message) {
  diagnostic.notes.push_back({span, std::move(message)});
  return diagnostic;
}

inline std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

inline std::string suggest(const Suggestion& suggestion) {
  return suggestion ? "did you mean " + quoted(*suggestion) + "?" : "";
}

}  // namespace adavi::messages
