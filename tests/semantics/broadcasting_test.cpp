#include "semantics/broadcasting.hpp"

#include <doctest/doctest.h>

using namespace adavi;

namespace {

using Misfit = Alignment::Misfit;

const Type real{Kind::real, 0, {}}, integer{Kind::integer, 0, {}};
Type vector(std::int64_t n) { return {Kind::vector, 0, {n}}; }
Type matrix(std::int64_t m, std::int64_t n) { return {Kind::matrix, 0, {m, n}}; }
Type array(std::int64_t n, Type entry) {
  ++entry.array_rank;
  entry.shape.insert(entry.shape.begin(), n);
  return entry;
}

struct Case {
  const char* distribution;
  std::size_t parameter;
  Type variate, argument;
  std::int64_t components;
  Misfit misfit;
  int trailing, inserted;
};

}  // namespace

TEST_CASE("broadcasting goes by type, never by size") {
  const Case cases[] = {
      // A number goes everywhere.
      {"normal", 0, real, real, 0, Misfit::none, 0, 0},
      {"normal", 0, real, integer, 0, Misfit::none, 0, 0},
      {"normal", 0, array(3, vector(2)), real, 0, Misfit::none, 0, 0},
      // The container's own type, element by element.
      {"normal", 0, vector(2), vector(2), 0, Misfit::none, 0, 0},
      {"normal", 0, vector(2), vector(3), 0, Misfit::size, 0, 0},
      {"normal", 0, array(3, vector(2)), array(3, vector(2)), 0, Misfit::none, 0, 0},
      {"normal", 0, matrix(2, 3), matrix(2, 3), 0, Misfit::none, 0, 0},
      // Its element type, the same for every entry.
      {"normal", 0, array(3, vector(2)), vector(2), 0, Misfit::none, 0, 0},
      {"normal", 0, array(2, vector(2)), vector(2), 0, Misfit::none, 0, 0},
      {"normal", 0, array(3, vector(2)), vector(3), 0, Misfit::size, 0, 0},
      // Real numbers, one an entry: also where the sizes would allow another reading.
      {"normal", 0, array(3, vector(2)), array(3, real), 0, Misfit::none, 1, 0},
      {"normal", 0, array(2, vector(2)), array(2, real), 0, Misfit::none, 1, 0},
      {"normal", 0, array(3, matrix(2, 2)), array(3, real), 0, Misfit::none, 2, 0},
      {"normal", 0, array(3, vector(2)), array(2, real), 0, Misfit::size, 1, 0},
      // Anything else is a type error, whatever the sizes.
      {"normal", 0, real, vector(1), 0, Misfit::type, 0, 0},
      {"normal", 0, vector(2), array(2, real), 0, Misfit::type, 0, 0},
      {"normal", 0, array(2, real), vector(2), 0, Misfit::type, 0, 0},
      {"normal", 0, matrix(2, 2), vector(2), 0, Misfit::type, 0, 0},
      {"normal", 0, vector(2), array(3, vector(2)), 0, Misfit::type, 0, 0},
      // Ints have no vector of their own.
      {"poisson_log", 0, array(4, integer), vector(4), 0, Misfit::none, 0, 0},
      {"poisson_log", 0, array(4, integer), array(4, real), 0, Misfit::none, 0, 0},
      {"binomial", 0, integer, real, 0, Misfit::type, 0, 0},
      {"binomial", 0, array(4, integer), array(4, integer), 0, Misfit::none, 0, 0},
      // Parameters with axes of their own: shared, or one an entry.
      {"multi_normal", 0, vector(2), vector(2), 0, Misfit::none, 0, 0},
      {"multi_normal", 1, vector(2), matrix(2, 2), 0, Misfit::none, 0, 0},
      {"multi_normal", 1, vector(2), matrix(2, 3), 0, Misfit::size, 0, 0},
      {"multi_normal", 0, array(3, vector(2)), vector(2), 0, Misfit::none, 0, 0},
      {"multi_normal", 0, array(3, vector(2)), array(3, vector(2)), 0, Misfit::none, 0, 0},
      {"multi_normal", 0, vector(2), real, 0, Misfit::type, 0, 0},
      {"categorical", 0, integer, vector(7), 0, Misfit::none, 0, 0},
      {"categorical", 0, array(4, integer), array(4, vector(7)), 0, Misfit::none, 0, 0},
      {"multinomial", 0, array(3, integer), vector(3), 0, Misfit::none, 0, 0},
      {"multinomial", 0, array(3, integer), vector(4), 0, Misfit::size, 0, 0},
      // Inside a mixture of 5: one entry a component, or shared.
      {"normal", 0, real, vector(5), 5, Misfit::none, 0, 0},
      {"normal", 0, real, array(5, real), 5, Misfit::none, 0, 0},
      {"normal", 0, real, vector(4), 5, Misfit::components, 0, 0},
      {"normal", 0, vector(2), array(5, vector(2)), 5, Misfit::none, 0, 0},
      {"normal", 0, vector(2), array(5, real), 5, Misfit::none, 1, 0},
      {"normal", 0, vector(5), vector(5), 5, Misfit::none, 0, 0},
      {"normal", 0, array(3, vector(2)), array(5, vector(2)), 5, Misfit::none, 0, 1},
      {"normal", 0, array(3, vector(2)), array(5, real), 5, Misfit::none, 2, 0},
      {"multi_normal", 1, vector(2), array(5, matrix(2, 2)), 5, Misfit::none, 0, 0},
      {"multi_normal", 1, array(3, vector(2)), array(5, matrix(2, 2)), 5, Misfit::none, 0, 1},
  };
  for (const Case& c : cases) {
    const DistributionRow& row = *find_distribution(c.distribution);
    const Alignment found = align(row, row.parameters[c.parameter], c.variate, c.argument, c.components);
    CAPTURE(c.distribution);
    CAPTURE(to_string(c.variate));
    CAPTURE(to_string(c.argument));
    CAPTURE(c.components);
    CHECK(found.misfit == c.misfit);
    if (c.misfit != Misfit::none) continue;
    CHECK(found.trailing == c.trailing);
    CHECK(found.inserted == c.inserted);
  }
}

TEST_CASE("an argument of a mixture knows whether it has components") {
  const DistributionRow& row = *find_distribution("normal");
  CHECK(align(row, row.parameters[0], vector(5), vector(5), 5).has_components == false);
  CHECK(align(row, row.parameters[0], vector(5), array(5, real), 5).has_components == true);
  CHECK(align(row, row.parameters[0], real, real, 5).has_components == false);
}
