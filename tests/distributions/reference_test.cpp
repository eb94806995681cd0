#include <cmath>
#include <set>

#include "catalog/distributions.hpp"
#include "reference_table.hpp"

using namespace adavi;
using namespace adavi::testing;

TEST_CASE("log densities are those of SciPy") {
  for (const Reference& reference : references()) {
    CAPTURE(reference.name);
    CAPTURE(reference.x);
    CAPTURE(reference.log_density);
    const double value = row_of(reference.name).log_density(reference.x, reference.arguments).item<double>();
    CHECK(std::abs(value - reference.log_density) <= 1e-10 * (1 + std::abs(reference.log_density)));
  }
}

TEST_CASE("and so they are in float32, as far as its digits go") {
  for (const Reference& reference : references()) {
    CAPTURE(reference.name);
    CAPTURE(reference.x);
    CAPTURE(reference.log_density);
    Arguments arguments;
    for (const at::Tensor& argument : reference.arguments) arguments.push_back(argument.to(at::kFloat));
    const at::Tensor value = row_of(reference.name).log_density(reference.x.to(at::kFloat), arguments);
    REQUIRE((value.scalar_type() == at::kFloat));
    CHECK(std::abs(value.item<double>() - reference.log_density) <= 2e-5 * (1 + std::abs(reference.log_density)));
  }
}

TEST_CASE("every row of the catalogue has an implementation and a reference") {
  std::set<std::string> referenced;
  for (const Reference& reference : references()) referenced.insert(reference.name);
  for (const DistributionRow& row : distribution_catalogue()) {
    CAPTURE(std::string(row.name));
    const DistributionImplementation* implementation = find_implementation(row.name);
    const bool found = implementation != nullptr;
    REQUIRE(found);
    CHECK((implementation->cdf != nullptr) == row.truncatable);
    CHECK(referenced.count(std::string(row.name)) == 1);
    for (const Reference& reference : references()) {
      if (reference.name == row.name) CHECK(reference.arguments.size() == row.parameters.size());
    }
  }
  CHECK(implementations().size() == distribution_catalogue().size());
  CHECK_FALSE(find_implementation("nomral") != nullptr);
}
