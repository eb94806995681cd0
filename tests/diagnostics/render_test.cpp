#include "diagnostics/render.hpp"

#include <doctest/doctest.h>

using namespace adavi;

namespace {

std::string rendered(const std::string& text, Diagnostic diagnostic, bool color = false) {
  Diagnostics diagnostics;
  diagnostics.add(std::move(diagnostic));
  return render(SourceFile("m.hbm", text), diagnostics, color);
}

Diagnostic wrong(std::uint32_t begin, std::uint32_t end) {
  return {Severity::error, "code", {begin, end}, "wrong", {}, ""};
}

}  // namespace

TEST_CASE("the block of the reference") {
  Diagnostic diagnostic{Severity::error, "undeclared-name", {}, "'sgima' is not declared", {}, "did you mean 'sigma'?"};
  const std::string text = "\n\n\n\n\n\n    real mu ~ normal(0, sgima);\n";
  diagnostic.span.begin = static_cast<std::uint32_t>(text.find("sgima"));
  diagnostic.span.end = diagnostic.span.begin + 5;
  CHECK(rendered(text, diagnostic) ==
        "m.hbm:7:25: error: 'sgima' is not declared\n"
        "   7 |     real mu ~ normal(0, sgima);\n"
        "     |                         ^~~~~\n"
        "  help: did you mean 'sigma'?\n");
}

TEST_CASE("notes with a place are blocks of their own, others are lines") {
  Diagnostic diagnostic{
      Severity::warning, "code", {6, 7}, "odd", {{Span{0, 5}, "declared here"}, {{}, "by the way"}}, ""};
  CHECK(rendered("first\nx\n", diagnostic) ==
        "m.hbm:2:1: warning: odd\n"
        "   2 | x\n"
        "     | ^\n"
        "m.hbm:1:1: note: declared here\n"
        "   1 | first\n"
        "     | ^~~~~\n"
        "  note: by the way\n");
}

TEST_CASE("tabs, wide and combining characters keep the caret under its character") {
  CHECK(rendered("\t\tx = y;", wrong(6, 7)) == "m.hbm:1:7: error: wrong\n   1 | \t\tx = y;\n     | \t\t    ^\n");
  CHECK(rendered("\xC2\xB5 = y", wrong(5, 6)) == "m.hbm:1:5: error: wrong\n   1 | \xC2\xB5 = y\n     |     ^\n");
  CHECK(rendered("\xE6\xBC\xA2 y", wrong(4, 5)) == "m.hbm:1:3: error: wrong\n   1 | \xE6\xBC\xA2 y\n     |    ^\n");
  CHECK(rendered("\xE6\xBC\xA2 y", wrong(0, 3)) == "m.hbm:1:1: error: wrong\n   1 | \xE6\xBC\xA2 y\n     | ^~\n");
  CHECK(rendered("e\xCC\x81 y", wrong(4, 5)) == "m.hbm:1:4: error: wrong\n   1 | e\xCC\x81 y\n     |   ^\n");
}

TEST_CASE("an empty span has one caret, also behind the line and the text") {
  CHECK(rendered("ab\ncd", wrong(2, 2)) == "m.hbm:1:3: error: wrong\n   1 | ab\n     |   ^\n");
  CHECK(rendered("ab", wrong(99, 99)) == "m.hbm:1:3: error: wrong\n   1 | ab\n     |   ^\n");
  CHECK(rendered("", wrong(0, 0)) == "m.hbm:1:1: error: wrong\n   1 | \n     | ^\n");
}

TEST_CASE("a span over several lines is underlined to the end of its first") {
  CHECK(rendered("a bcd\nefg", wrong(2, 8)) == "m.hbm:1:3: error: wrong\n   1 | a bcd\n     |   ^~~\n");
}

TEST_CASE("what a terminal would obey or cannot show is replaced") {
  CHECK(rendered("\x1B[2Jx\xFF", wrong(4, 5)) ==
        "m.hbm:1:5: error: wrong\n   1 | \xEF\xBF\xBD[2Jx\xEF\xBF\xBD\n     |     ^\n");
}

TEST_CASE("long lines are cut around the caret") {
  const std::string a(300, 'a'), b(300, 'b');
  CHECK(rendered(a + "X" + b, wrong(300, 301)) == "m.hbm:1:301: error: wrong\n   1 | ..." + std::string(50, 'a') + "X" +
                                                      std::string(59, 'b') + "...\n     |    " + std::string(50, ' ') +
                                                      "^\n");
  CHECK(rendered("X" + b, wrong(0, 1)) ==
        "m.hbm:1:1: error: wrong\n   1 | X" + std::string(109, 'b') + "...\n     | ^\n");
  CHECK(rendered(a + "X", wrong(300, 301)) == "m.hbm:1:301: error: wrong\n   1 | ..." + std::string(50, 'a') +
                                                  "X\n     |    " + std::string(50, ' ') + "^\n");
}

TEST_CASE("a megabyte on one line is cut without breaking a character") {
  std::string text;
  for (int i = 0; i < 300000; ++i) text += "\xE6\xBC\xA2";
  const std::string block = rendered(text, wrong(450000, 450003));
  CHECK(block.size() < 1000);
  CHECK(block.find("\xEF\xBF\xBD") == std::string::npos);
}

TEST_CASE("numbers of more than four digits widen the gutter") {
  CHECK(rendered(std::string(12344, '\n') + "x", wrong(12344, 12345)) ==
        "m.hbm:12345:1: error: wrong\n12345 | x\n      | ^\n");
}

TEST_CASE("colour adds escape sequences and changes nothing else") {
  Diagnostic diagnostic{Severity::error, "code", {0, 1}, "wrong", {{{}, "note"}}, "help"};
  std::string colored = rendered("x", diagnostic, true);
  CHECK(colored.find("\033[1;31merror:\033[0m wrong") != std::string::npos);
  for (std::size_t i = colored.find('\033'); i != std::string::npos; i = colored.find('\033')) {
    colored.erase(i, colored.find('m', i) + 1 - i);
  }
  CHECK(colored == rendered("x", diagnostic));
}
