#include "syntax/code_lines.hpp"

#include <algorithm>
#include <cctype>

namespace adavi::syntax {

CodeLines::CodeLines(std::string_view text) : lines_(1) {
  for (std::uint32_t i = 0; i < text.size(); ++i) {
    Line& line = lines_.back();
    if (text[i] == '\n') {
      lines_.emplace_back().begin = i + 1;
    } else if (std::isspace(static_cast<unsigned char>(text[i])) == 0) {
      line.first_code = std::min(line.first_code, i);
      line.behind_code = i + 1;
    }
  }
}

long CodeLines::indentation(std::uint32_t offset) const {
  const Line& line = line_of(offset);
  return line.first_code < offset ? -1 : static_cast<long>(offset - line.begin);
}

bool CodeLines::is_alone(Span span) const {
  return line_of(span.begin).first_code >= span.begin && line_of(span.end).behind_code <= span.end;
}

const CodeLines::Line& CodeLines::line_of(std::uint32_t offset) const {
  const auto behind = std::upper_bound(lines_.begin(), lines_.end(), offset,
                                       [](std::uint32_t at, const Line& line) { return at < line.begin; });
  return *std::prev(behind);
}

}  // namespace adavi::syntax
