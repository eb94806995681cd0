#include "diagnostics/excerpt.hpp"

#include <algorithm>

namespace adavi {
namespace {

constexpr std::size_t widest_line = 110;  // in terminal cells; beyond it a line is cut
constexpr std::size_t cells_before = 50;  // kept before the caret of a cut line
constexpr const char* cut = "...";
constexpr const char* unprintable = "\xEF\xBF\xBD";  // U+FFFD

// One code point of a line and the room it takes on a terminal.
struct Glyph {
  std::string text;
  std::size_t offset;  // in the line
  std::size_t width;
};

bool is_wide(char32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
         (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1F64F) || (c >= 0x1F900 && c <= 0x1F9FF) ||
         (c >= 0x20000 && c <= 0x3FFFD);
}

bool is_combining(char32_t c) { return (c >= 0x300 && c <= 0x36F) || c == 0x200B || c == 0x200D || c == 0xFE0F; }

// Direction marks could make the shown line read differently from its bytes.
bool is_invisible_control(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}

Glyph glyph_at(std::string_view line, std::size_t offset) {
  const CodePoint point = decode(line, offset);
  if (line[offset] == '\t') return {"\t", offset, 1};
  if (!point.valid || is_invisible_control(point.value)) return {unprintable, offset, 1};
  const std::size_t width = is_wide(point.value) ? 2 : is_combining(point.value) ? 0 : 1;
  return {std::string(line.substr(offset, point.length)), offset, width};
}

std::vector<Glyph> glyphs_of(std::string_view line) {
  std::vector<Glyph> glyphs;
  for (std::size_t i = 0; i < line.size(); i += decode(line, i).length) glyphs.push_back(glyph_at(line, i));
  return glyphs;
}

// Four times the widest line holds it in any encoding; a line of a megabyte is not decoded whole.
std::string_view neighbourhood(std::string_view line, std::size_t column, std::size_t& begin) {
  begin = column > 4 * widest_line ? column - 4 * widest_line : 0;
  while (begin > 0 && (static_cast<unsigned char>(line[begin]) & 0xC0) == 0x80) --begin;
  return line.substr(begin, 8 * widest_line);
}

void cut_around(std::size_t column, std::vector<Glyph>& glyphs, bool& cut_left, bool& cut_right) {
  const auto caret = std::find_if(glyphs.begin(), glyphs.end(), [&](const Glyph& g) { return g.offset >= column; });
  const auto at = static_cast<std::size_t>(caret - glyphs.begin());
  const std::size_t first = at > cells_before ? at - cells_before : 0;
  if (glyphs.size() > first + widest_line) {
    glyphs.resize(first + widest_line);
    cut_right = true;
  }
  cut_left = cut_left || first > 0;
  glyphs.erase(glyphs.begin(), glyphs.begin() + static_cast<std::ptrdiff_t>(first));
}

}  // namespace

Excerpt excerpt(const SourceFile& source, Span span) {
  span.begin = static_cast<std::uint32_t>(std::min<std::size_t>(span.begin, source.text().size()));
  Excerpt result;
  result.line_number = source.position(span.begin).line;
  const std::string_view line = source.line(result.line_number);
  const auto line_begin = static_cast<std::size_t>(line.data() - source.text().data());
  const std::size_t column = std::min<std::size_t>(span.begin - line_begin, line.size());

  std::size_t begin = 0;
  const std::string_view near = neighbourhood(line, column, begin);
  std::vector<Glyph> glyphs = glyphs_of(near);
  bool cut_left = begin > 0, cut_right = begin + near.size() < line.size();
  if (cut_left || cut_right || glyphs.size() > widest_line) cut_around(column - begin, glyphs, cut_left, cut_right);

  const std::size_t caret_end = span.end > span.begin ? column - begin + (span.end - span.begin) : column - begin;
  if (cut_left) result.text = cut, result.indent = "   ";
  for (const Glyph& glyph : glyphs) {
    result.text += glyph.text;
    if (glyph.offset < column - begin) {
      result.indent += glyph.text == "\t" ? "\t" : std::string(glyph.width, ' ');
    } else if (glyph.offset < caret_end) {
      result.carets += std::string(glyph.width, '~');
    }
  }
  if (cut_right) result.text += cut;
  if (result.carets.empty()) result.carets = "^";
  result.carets.front() = '^';
  return result;
}

}  // namespace adavi
