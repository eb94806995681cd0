// Every model in good/ and bad/ with what `adavi check` says of it in NAME.expected beside it. With
// ADAVI_UPDATE_GOLDEN=1 in the environment the expected files are written instead of compared.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "catalog/distributions.hpp"
#include "catalog/functions.hpp"
#include "cli/program.hpp"

using namespace adavi::testing;

namespace {

const std::string golden = source_file("tests/golden/");

std::vector<std::string> models(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(golden + folder))
    if (entry.path().extension() == ".hbm") names.push_back(folder + "/" + entry.path().stem().string());
  std::sort(names.begin(), names.end());
  return names;
}

/// Arguments that the first line of a model asks for: `// check: --set N=0`.
std::string arguments_of(const std::string& path) {
  const std::string text = read_file(path), mark = "// check: ";
  return text.compare(0, mark.size(), mark) == 0 ? text.substr(mark.size(), text.find('\n') - mark.size()) : "";
}

/// The description of a model without its dual network, which is written only where the model's text speaks of it:
/// a change of the network's layout is then no change of every file here.
std::string without_network(const std::string& description, const std::string& model) {
  const bool wanted = model.find("dual network") != std::string::npos;
  return wanted ? description : description.substr(0, description.find("\nDual network"));
}

/// Exit status, stdout and stderr of `check`, with the model's path shortened.
std::string said_of(const std::string& name) {
  const std::string path = golden + name + ".hbm";
  const Outcome outcome = shell("\"$ADAVI\" check '" + path + "' " + arguments_of(path));
  const std::string text = "status " + std::to_string(outcome.status) + "\n" + outcome.err;
  return replaced(text + without_network(outcome.out, read_file(path)), golden, "");
}

/// Codes of everything that `check --json` says of the models of a folder.
std::set<std::string> codes_of(const std::string& folder) {
  std::set<std::string> codes;
  for (const std::string& name : models(folder)) {
    const std::string path = golden + name + ".hbm";
    const Outcome outcome = shell("\"$ADAVI\" check --json '" + path + "' " + arguments_of(path));
    const auto document = nlohmann::json::parse(outcome.out);
    for (const auto& diagnostic : document["diagnostics"]) codes.insert(diagnostic["code"]);
  }
  return codes;
}

/// Codes in the sources of the messages.
std::set<std::string> codes_of_messages() {
  std::set<std::string> codes;
  const std::regex constructor("(?:error|warning)\\(\\s*\"([a-z-]+)\"");
  for (const char* room : {"lib/syntax", "lib/semantics"}) {
    for (const auto& entry : std::filesystem::directory_iterator(source_file(room))) {
      if (entry.path().filename().string().find("messages.cpp") == std::string::npos) continue;
      const std::string text = read_file(entry.path());
      for (std::sregex_iterator match(text.begin(), text.end(), constructor), end; match != end; ++match) {
        codes.insert((*match)[1]);
      }
    }
  }
  return codes;
}

void compare(const std::string& folder) {
  const bool update = std::getenv("ADAVI_UPDATE_GOLDEN") != nullptr;
  const auto names = models(folder);
  CHECK(names.size() > 5);
  for (const std::string& name : names) {
    CAPTURE(name);
    const std::string expected = golden + name + ".expected", said = said_of(name);
    if (update) write_file(expected, said);
    CHECK(said == read_file(expected));
    CHECK(said.substr(0, 9) == (folder == "good" ? "status 0\n" : "status 3\n"));
  }
}

}  // namespace

TEST_CASE("good models") { compare("good"); }

TEST_CASE("bad models") { compare("bad"); }

TEST_CASE("every mistake has a model that makes it") {
  // Texts at a limit are long; tests/syntax/limits_test.cpp and tests/semantics make them.
  std::set<std::string> shown = {"text-too-long",   "model-too-large",   "expression-too-long",
                                 "too-many-errors", "nested-too-deeply", "too-much-work"};
  for (const char* folder : {"good", "bad"}) shown.merge(codes_of(folder));
  for (const std::string& code : codes_of_messages()) {
    CAPTURE(code);
    CHECK(shown.count(code) == 1);
  }
}

TEST_CASE("every distribution and function has a model that uses it") {
  std::string all;
  for (const std::string& name : models("good")) all += read_file(golden + name + ".hbm");
  const auto called = [&](std::string_view name) {
    return std::regex_search(all, std::regex("\\b" + std::string(name) + "\\("));
  };
  for (const adavi::DistributionRow& row : adavi::distribution_catalogue()) {
    CAPTURE(row.name);
    CHECK(called(row.name));
  }
  for (const adavi::FunctionRow& row : adavi::function_catalogue()) {
    CAPTURE(row.name);
    CHECK((row.is_operator || called(row.name)));
  }
}
