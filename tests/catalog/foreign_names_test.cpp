#include "catalog/foreign_names.hpp"

#include <doctest/doctest.h>

#include <cctype>
#include <regex>
#include <set>

#include "catalog/distributions.hpp"
#include "catalog/functions.hpp"

using namespace adavi;

namespace {

std::string plain(std::string_view name) {
  std::string result;
  for (const char c : name)
    if (c != '_') result += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

bool can_be_called(const std::string& name) {
  const FunctionRow* function = find_function(name);
  return find_distribution(name) != nullptr || (function != nullptr && !function->is_operator) || name == "mixture";
}

}  // namespace

TEST_CASE("a foreign name is found whatever its case and underscores") {
  CHECK(way_out_of_foreign("HalfNormal") == way_out_of_foreign("half_normal"));
  CHECK(way_out_of_foreign("sigmoid") == "use 'inv_logit'");
  CHECK(way_out_of_foreign("normal_lpdf") ==
        "densities are not called: draw from the distribution, 'real z ~ normal(...);'");
  CHECK(way_out_of_foreign("_lpdf").empty());
  CHECK(way_out_of_foreign("norml").empty());
  CHECK(way_out_of_foreign("").empty());
}

TEST_CASE("foreign names are plain, given once, and none is one of ours") {
  std::set<std::string> ours, seen;
  for (const DistributionRow& row : distribution_catalogue()) ours.insert(plain(row.name));
  for (const FunctionRow& row : function_catalogue())
    if (!row.is_operator) ours.insert(plain(row.name));
  for (const ForeignName& foreign : foreign_names()) {
    CAPTURE(foreign.name);
    CHECK(plain(foreign.name) == foreign.name);
    CHECK(ours.count(std::string(foreign.name)) == 0);
    CHECK(seen.insert(std::string(foreign.name)).second);
  }
}

TEST_CASE("ways out call what the language has") {
  const std::regex call("([A-Za-z_]\\w*)\\(");
  for (const ForeignName& foreign : foreign_names()) {
    const std::string text(foreign.way_out);
    for (std::sregex_iterator match(text.begin(), text.end(), call), end; match != end; ++match) {
      CAPTURE(text);
      CAPTURE((*match)[1].str());
      CHECK(can_be_called((*match)[1]));
    }
  }
}
