// One mistake is one error: of a good model, every token is left out, and doubled.
#include <doctest/doctest.h>

#include <cctype>

#include "models.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }

/// The text without comments, which would only be lines of blanks here.
std::string golden_text(const std::string& name) {
  std::ifstream file(std::string(ADAVI_SOURCE_DIR) + "/tests/golden/good/" + name + ".hbm");
  std::string text;
  for (std::string line; std::getline(file, line);) text += line.substr(0, line.find("//")) + "\n";
  return text;
}

/// The end of the token at `begin`.
std::size_t end_of(const std::string& text, std::size_t begin) {
  std::size_t end = begin + 1;
  while (in_word(text[begin]) && end < text.size() && in_word(text[end])) ++end;
  return end;
}

std::size_t errors_of(const std::string& text) {
  const std::string said = analyse(text).said;
  std::size_t count = 0;
  for (std::size_t at = said.find(": error: "); at != std::string::npos; at = said.find(": error: ", at + 1)) ++count;
  return count;
}

void check_at_most_one(const std::string& text) {
  CAPTURE(text);
  const std::size_t errors = errors_of(text);
  if (errors > 1) CAPTURE(analyse(text).said);
  CHECK(errors <= 1);
}

}  // namespace

TEST_CASE("a token left out or doubled is at most one error") {
  for (const char* name : {"one_plate", "three_levels", "mixture_list", "regression", "derived"}) {
    const std::string text = golden_text(name);
    REQUIRE(errors_of(text) == 0);
    for (std::size_t begin = 0; begin < text.size(); ++begin) {
      if (std::isspace(static_cast<unsigned char>(text[begin])) != 0) continue;
      const std::size_t end = end_of(text, begin);
      check_at_most_one(text.substr(0, begin) + text.substr(end));
      check_at_most_one(text.substr(0, end) + " " + text.substr(begin));
      begin = end - 1;
    }
  }
}
