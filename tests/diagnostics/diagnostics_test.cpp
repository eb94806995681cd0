#include "diagnostics/diagnostics.hpp"

#include <doctest/doctest.h>

using namespace adavi;

namespace {

Diagnostic at(std::uint32_t begin, const char* message, Severity severity = Severity::error) {
  return {severity, "code", {begin, begin + 1}, message, {}, ""};
}

}  // namespace

TEST_CASE("warnings alone are no errors") {
  Diagnostics diagnostics;
  CHECK(!diagnostics.has_errors());
  diagnostics.add(at(0, "w", Severity::warning));
  CHECK(!diagnostics.has_errors());
  diagnostics.add(at(0, "e"));
  CHECK(diagnostics.has_errors());
}

TEST_CASE("sort orders by place and drops exact repeats") {
  Diagnostics diagnostics;
  diagnostics.add(at(9, "last"));
  diagnostics.add(at(5, "middle", Severity::warning));
  diagnostics.add(at(1, "first"));
  diagnostics.add(at(9, "last"));
  diagnostics.add(at(9, "another"));
  diagnostics.sort();
  REQUIRE(diagnostics.items().size() == 4);
  CHECK(diagnostics.items()[0].message == "first");
  CHECK(diagnostics.items()[1].message == "middle");
  CHECK(diagnostics.items()[2].message == "another");
  CHECK(diagnostics.items()[3].message == "last");
}

TEST_CASE("a different note makes a different diagnostic") {
  Diagnostics diagnostics;
  diagnostics.add(at(1, "same"));
  Diagnostic noted = at(1, "same");
  noted.notes.push_back({Span{0, 1}, "here"});
  diagnostics.add(noted);
  noted.notes.front().span.reset();
  diagnostics.add(noted);
  diagnostics.sort();
  CHECK(diagnostics.items().size() == 3);
}
