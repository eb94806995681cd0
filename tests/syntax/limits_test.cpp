#include "syntax/limits.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "parsing.hpp"

using namespace adavi;
using test::errors;

namespace {

std::string times(std::size_t count, const std::string& text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) all += text;
  return all;
}

std::string value(const std::string& expression) { return "model { real x = " + expression + "; }"; }

}  // namespace

TEST_CASE("a text may have a mebibyte") {
  const std::string model = "model {}";
  CHECK(errors(model + times(syntax::largest_text - model.size(), " ")) == "none");
  CHECK(errors(model + times(syntax::largest_text - model.size() + 1, " ")) ==
        "1:1-1 the text has 1048577 bytes; a model may have 1048576\n");
}

TEST_CASE("brackets and blocks nest to 256") {
  CHECK(errors(value(times(255, "(") + "1" + times(255, ")"))) == "none");  // within the block's own
  CHECK(errors(value(times(256, "(") + "1" + times(256, ")"))) == "1:273-274 nested deeper than 256\n");
  CHECK(errors(value(times(500000, "("))) == "1:273-274 nested deeper than 256\n");
  CHECK(errors(value(times(500000, "{"))) == "1:273-274 nested deeper than 256\n");
  CHECK(errors("model {" + times(255, "plate p[1] {") + times(256, "}")) == "none");
  CHECK(errors("model {\n" + times(80000, "plate p[2] {\n")) == "257:8-9 nested deeper than 256\n");
  CHECK(errors("model {" + times(200000, "{ a;")) ==
        "1:8-9 expected a statement, found '{' | a statement begins with a type, 'observed' or 'plate'\n1:1028-1029 "
        "nested deeper than 256\n");
  CHECK(errors(times(1000000, "{")) ==
        "1:1-2 expected 'data' or 'model', found '{'\n1:257-258 nested deeper than 256\n");
}

TEST_CASE("prefix operators and powers nest to 256 too") {
  CHECK(errors(value(times(256, "-") + "1")) == "none");
  CHECK(errors(value(times(257, "-") + "1")) == "1:18-19 nested deeper than 256\n");
  CHECK(errors(value(times(1000000, "- ") + "1")) == "1:1-1 the text has 2000021 bytes; a model may have 1048576\n");
  CHECK(errors(value(times(500000, "- ") + "1")) == "1:999504-999505 nested deeper than 256\n");
  CHECK(errors(value(times(256, "a ^ ") + "1")) == "none");
  CHECK(errors(value(times(257, "a ^ ") + "1")) == "1:20-21 nested deeper than 256\n");
  CHECK(errors(value(times(30000, "a ^ ") + "1")) == "1:118992-118993 nested deeper than 256\n");
}

TEST_CASE("a chain has at most a thousand operations") {
  CHECK(errors(value(times(1000, "a + ") + "1")) == "none");
  const std::string help = " | split it with derived quantities: 'real part = ...;'\n";
  CHECK(errors(value(times(1001, "a + ") + "1")) ==
        "1:4020-4021 an expression chains more than 1000 operations" + help);
  CHECK(errors(value(times(100000, "a * ") + "1")) ==
        "1:4020-4021 an expression chains more than 1000 operations" + help);
  CHECK(errors(value("a" + times(1001, "[1]"))) == "1:3019-3020 an expression chains more than 1000 operations" + help);
}

TEST_CASE("a model has at most 100,000 terms") {
  CHECK(errors(value("{1" + times(99998, ",1") + "}")) == "none");
  CHECK(errors(value("{1" + times(99999, ",1") + "}")) ==
        "1:18-200019 the model has more than 100000 terms | large tables belong in the file of --data\n");
}

TEST_CASE("a hundred errors are enough") {
  const std::string all = errors("model {\n" + times(100000, "foo;\n") + "}");
  CHECK(std::count(all.begin(), all.end(), '\n') == 101);
  CHECK(all.find("too many errors; the rest is not read\n") != std::string::npos);
}

TEST_CASE("long texts of blanks, lines and marks take no time to speak of") {
  CHECK(errors("model {" + times(1000000, "\n") + "}") == "none");
  CHECK(errors("model {" + times(1000000, ";") + "}") == "none");
  CHECK(errors("model { real x = 1" + times(1000000, "\n") + "}") == "1:19-19 expected ';', found '}' | add ';'\n");
  CHECK(errors("model { /*" + times(1000000, "/*")) != "none");
}

TEST_CASE("bytes without a meaning are errors outside of comments") {
  CHECK(errors(std::string("model {} \0\xFF\x01", 12)) == "1:10-13 the character U+0000 has no meaning here\n");
  CHECK(errors("model {} \xFF") == "1:10-11 the text is not UTF-8 here (byte 0xFF)\n");
  std::string all_bytes;
  for (int i = 0; i < 256; ++i) all_bytes += static_cast<char>(i);
  CHECK(errors(times(1000, all_bytes)) != "none");
}

TEST_CASE("long texts of mistakes are read in one go") {
  for (const char* part : {"\n", "a ~ ", "a [ ", "a < ", "o[3] {", "reel x ~ f(); ", "a ~ f(0)\n"}) {
    CHECK(errors("model { mu ~ " + times(900000 / static_cast<int>(std::string(part).size()), part)) != "none");
  }
}
