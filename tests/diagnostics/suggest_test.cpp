#include "diagnostics/suggest.hpp"

#include <doctest/doctest.h>

using namespace adavi;

namespace {

const std::vector<std::string> names{"normal", "lognormal", "sigma", "sigma_x", "mu", "x", "D"};

std::string meant(const char* name) { return did_you_mean(name, names).value_or("-"); }

}  // namespace

TEST_CASE("a slip finds the name that was meant") {
  CHECK(meant("nromal") == "normal");  // a swap costs one
  CHECK(meant("norml") == "normal");
  CHECK(meant("normall") == "normal");
  CHECK(meant("sgima") == "sigma");
  CHECK(meant("sigma_y") == "sigma_x");
  CHECK(meant("Normal") == "normal");  // case alone
  CHECK(meant("d") == "D");
  CHECK(meant("nu") == "mu");
}

TEST_CASE("what is far from every name finds none") {
  CHECK(meant("dirichlet") == "-");
  CHECK(meant("y") == "-");  // one letter for another is no slip
  CHECK(meant("ab") == "-");
  CHECK(meant("") == "-");
  CHECK(!did_you_mean(std::string(100000, 'a'), {std::string(100000, 'a') + "b"}));
}

TEST_CASE("the nearest wins, the first among equals") {
  CHECK(did_you_mean("cat", {"car", "bat", "cat_"}).value() == "car");
  CHECK(did_you_mean("sigmaxx", {"sigmx", "sigmax"}).value() == "sigmax");
}
