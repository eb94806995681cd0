#pragma once
#include <string>

#include "diagnostics/source.hpp"

namespace adavi {

/// The source line of a span's beginning and the line of carets under it, ready to stand behind a gutter.
struct Excerpt {
  std::size_t line_number = 1;
  std::string text;    ///< valid UTF-8 without control characters other than tabs; long lines are cut around the span
  std::string indent;  ///< what comes before the carets: tabs where the text has tabs, so that both lines align
  std::string carets;  ///< `^~~~`, to the end of the line where the span goes on; one caret for an empty span
};

Excerpt excerpt(const SourceFile& source, Span span);

}  // namespace adavi
