#include "diagnostics/source.hpp"

#include <doctest/doctest.h>

using namespace adavi;

namespace {

bool is_at(const SourceFile& source, std::uint32_t offset, std::size_t line, std::size_t column) {
  const Position position = source.position(offset);
  return position.line == line && position.column == column;
}

}  // namespace

TEST_CASE("positions count lines and code points from one") {
  const SourceFile source("m.hbm", "ab\n\xC2\xB5x\n\ny");
  CHECK(is_at(source, 0, 1, 1));
  CHECK(is_at(source, 2, 1, 3));  // the line break belongs to its line
  CHECK(is_at(source, 3, 2, 1));
  CHECK(is_at(source, 5, 2, 2));  // behind the two bytes of the micro sign
  CHECK(is_at(source, 7, 3, 1));
  CHECK(is_at(source, 8, 4, 1));
  CHECK(is_at(source, 9, 4, 2));
  CHECK(is_at(source, 1000, 4, 2));  // past the end is the end
}

TEST_CASE("an empty text has one empty line") {
  const SourceFile source("m.hbm", "");
  CHECK(is_at(source, 0, 1, 1));
  CHECK(source.line(1) == "");
  CHECK(source.line(0) == "");
  CHECK(source.line(2) == "");
}

TEST_CASE("a line comes without its line break, of either kind") {
  const SourceFile source("m.hbm", "one\r\ntwo\n\nfour");
  CHECK(source.line(1) == "one");
  CHECK(source.line(2) == "two");
  CHECK(source.line(3) == "");
  CHECK(source.line(4) == "four");
}

TEST_CASE("decode accepts UTF-8 and nothing else") {
  const auto is = [](const char* text, char32_t value, std::size_t length, bool valid) {
    const CodePoint point = decode(text, 0);
    return point.value == value && point.length == length && point.valid == valid;
  };
  CHECK(is("a", 'a', 1, true));
  CHECK(is("\xC2\xB5", 0xB5, 2, true));
  CHECK(is("\xE6\xBC\xA2", 0x6F22, 3, true));
  CHECK(is("\xF0\x9F\x98\x80", 0x1F600, 4, true));
  CHECK(is("\xC0\x80", 0xC0, 1, false));          // overlong
  CHECK(is("\xED\xA0\x80", 0xED, 1, false));      // a surrogate
  CHECK(is("\xF4\x90\x80\x80", 0xF4, 1, false));  // beyond U+10FFFF
  CHECK(is("\x80", 0x80, 1, false));
  CHECK(is("\xFF", 0xFF, 1, false));
  CHECK(is("\xE6\xBC", 0xE6, 1, false));  // cut short by the end
}
