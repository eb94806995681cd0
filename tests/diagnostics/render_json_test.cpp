#include "diagnostics/render_json.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace adavi;

TEST_CASE("diagnostics as data") {
  Diagnostics diagnostics;
  diagnostics.add({Severity::error, "no-such", {6, 8}, "wrong \"x\"", {{Span{0, 5}, "here"}, {{}, "so"}}, "do it"});
  diagnostics.add({Severity::warning, "odd", {2, 2}, "odd", {}, ""});
  const auto json = nlohmann::json::parse(render_json(SourceFile("dir/m.hbm", "first\nxy\n"), diagnostics));
  const auto expected = nlohmann::json::parse(R"([
    {"code": "no-such", "severity": "error", "message": "wrong \"x\"", "help": "do it", "file": "dir/m.hbm",
     "span": {"begin": {"line": 2, "column": 1}, "end": {"line": 2, "column": 3}},
     "notes": [{"message": "here", "span": {"begin": {"line": 1, "column": 1}, "end": {"line": 1, "column": 6}}},
               {"message": "so", "span": null}]},
    {"code": "odd", "severity": "warning", "message": "odd", "help": null, "file": "dir/m.hbm",
     "span": {"begin": {"line": 1, "column": 3}, "end": {"line": 1, "column": 3}}, "notes": []}])");
  CHECK(json == expected);
}

TEST_CASE("no diagnostics are an empty array, and a name that is not UTF-8 is no failure") {
  Diagnostics diagnostics;
  CHECK(render_json(SourceFile("m.hbm", ""), diagnostics) == "[]");
  diagnostics.add({Severity::error, "code", {}, "wrong", {}, ""});
  CHECK(nlohmann::json::parse(render_json(SourceFile("\xFF.hbm", ""), diagnostics))[0]["file"] == "\xEF\xBF\xBD.hbm");
}
