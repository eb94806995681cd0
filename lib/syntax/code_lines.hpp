#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "diagnostics/source.hpp"

namespace adavi::syntax {

/// Where code stands on the lines of a text without comments.
class CodeLines {
 public:
  explicit CodeLines(std::string_view text);

  /// Columns before an offset on its line; negative where code is among them.
  long indentation(std::uint32_t offset) const;
  /// Whether no code stands before a span on its first line, nor behind it on its last.
  bool is_alone(Span span) const;

 private:
  struct Line {
    std::uint32_t begin = 0;
    std::uint32_t first_code = UINT32_MAX;
    std::uint32_t behind_code = 0;
  };

  const Line& line_of(std::uint32_t offset) const;

  std::vector<Line> lines_;
};

}  // namespace adavi::syntax
