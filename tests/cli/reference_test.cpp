// The language reference keeps up with the catalogue, and its example is a model.
#include <doctest/doctest.h>

#include "catalog/distributions.hpp"
#include "catalog/functions.hpp"
#include "program.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const std::string reference = read_file(source_file("grammar/README.md"));

/// The first indented block of the reference.
std::string example() {
  const std::size_t begin = reference.find("\n    data {") + 1;
  const std::string end = "\n    }\n\n";
  return reference.substr(begin, reference.find(end, begin) + end.size() - begin);
}

}  // namespace

TEST_CASE("every distribution and function of the catalogue is in the reference") {
  for (const DistributionRow& row : distribution_catalogue()) {
    CAPTURE(row.name);
    CHECK(reference.find("| `" + std::string(row.name) + "(") != std::string::npos);
  }
  for (const FunctionRow& row : function_catalogue()) {
    CAPTURE(row.name);
    if (!row.is_operator) CHECK(reference.find("| `" + std::string(row.signature) + "`") != std::string::npos);
  }
}

TEST_CASE("the reference's example is a model") {
  const Folder folder;
  write_file(folder / "example.hbm", example());
  const Outcome outcome = run({"check", folder / "example.hbm", "--set", "Sigma=[[1, 0.5], [0.5, 1]]"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err == "");
}
