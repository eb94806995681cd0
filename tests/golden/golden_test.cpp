// Every model in good/ and bad/ with what `adavi check` says of it in NAME.expected beside it. With
// ADAVI_UPDATE_GOLDEN=1 in the environment the expected files are written instead of compared.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

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

/// Exit status, stdout and stderr of `check`, with the model's path shortened.
std::string said_of(const std::string& name) {
  const std::string path = golden + name + ".hbm";
  const Outcome outcome = shell("\"$ADAVI\" check '" + path + "' " + arguments_of(path));
  const std::string text = "status " + std::to_string(outcome.status) + "\n" + outcome.err + outcome.out;
  return replaced(text, golden, "");
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
