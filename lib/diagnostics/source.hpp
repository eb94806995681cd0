#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace adavi {

/// A half-open range of byte offsets in a source text.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// A place as people count: both from 1; the column counts UTF-8 code points.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

/// One code point of a text, which need not be UTF-8.
struct CodePoint {
  char32_t value = 0;
  std::size_t length = 1;  ///< in bytes
  bool valid = true;       ///< a byte that begins no UTF-8 sequence stands alone, with its own value
};
/// The code point at an offset that is inside the text.
CodePoint decode(std::string_view text, std::size_t offset);

/// The text of one model and where its lines begin. Immutable.
class SourceFile {
 public:
  SourceFile(std::string name, std::string text);

  const std::string& name() const { return name_; }
  const std::string& text() const { return text_; }
  /// Position of a byte offset; an offset past the end is the end.
  Position position(std::uint32_t offset) const;
  /// The text of a line (from 1) without its line break.
  std::string_view line(std::size_t number) const;

 private:
  std::string name_;
  std::string text_;
  std::vector<std::uint32_t> line_starts_;
};

}  // namespace adavi
