#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "diagnostics/diagnostics.hpp"

/// Pieces of wording that the messages of all stages share.
namespace adavi::wording {

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

/// `3 sizes`, `1 size`.
inline std::string counted(std::size_t n, const std::string& word) {
  return std::to_string(n) + " " + word + (n == 1 ? "" : "s");
}

/// "did you mean 'x'?", or another way out where nothing is near.
inline std::string meant_or(const std::optional<std::string>& meant, std::string otherwise = "") {
  return meant ? "did you mean " + quoted(*meant) + "?" : std::move(otherwise);
}

}  // namespace adavi::wording
