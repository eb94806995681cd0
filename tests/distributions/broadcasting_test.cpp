#include <map>

#include "reference_table.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// References of one row whose values have the same shapes, so that they stack.
std::map<std::string, std::vector<Reference>> groups() {
  std::map<std::string, std::vector<Reference>> result;
  for (const Reference& reference : references()) {
    std::string key = reference.name;
    for (const std::int64_t size : reference.x.sizes()) key += " " + std::to_string(size);
    for (const at::Tensor& argument : reference.arguments) {
      key += " /";
      for (const std::int64_t size : argument.sizes()) key += " " + std::to_string(size);
    }
    result[key].push_back(reference);
  }
  return result;
}

at::Tensor stack_variates(const std::vector<Reference>& group) {
  std::vector<at::Tensor> all;
  for (const Reference& reference : group) all.push_back(reference.x);
  return at::stack(all);
}

Arguments stack_arguments(const std::vector<Reference>& group) {
  Arguments result;
  for (std::size_t i = 0; i < group.front().arguments.size(); ++i) {
    std::vector<at::Tensor> all;
    for (const Reference& reference : group) all.push_back(reference.arguments[i]);
    result.push_back(at::stack(all));
  }
  return result;
}

}  // namespace

TEST_CASE("arguments broadcast: every variate against every setting") {
  for (const auto& [key, group] : groups()) {
    CAPTURE(key);
    const DistributionImplementation& row = row_of(group.front().name);
    const at::Tensor x = stack_variates(group);
    const auto n = static_cast<std::int64_t>(group.size());
    // [n, 1, event...] against [n, event...]: all pairs.
    const at::Tensor table = row.log_density(x.unsqueeze(1), stack_arguments(group));
    REQUIRE(table.sizes() == at::IntArrayRef({n, n}));
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t j = 0; j < n; ++j) {
        const at::Tensor single = row.log_density(x[i], group[static_cast<std::size_t>(j)].arguments);
        CHECK(at::allclose(table[i][j], single, 1e-12, 1e-12));
      }
    }
    // Constant arguments against a batch.
    const at::Tensor constant = row.log_density(x, group.front().arguments);
    REQUIRE(constant.sizes() == at::IntArrayRef({n}));
    CHECK(at::allclose(constant, table.select(1, 0), 1e-12, 1e-12));
  }
}

TEST_CASE("samplers: constant and batched arguments fill the shape that is asked for") {
  at::Generator generator = seeded(60);
  for (const auto& [key, group] : groups()) {
    CAPTURE(key);
    const DistributionImplementation& row = row_of(group.front().name);
    std::vector<std::int64_t> shape{2, static_cast<std::int64_t>(group.size())};
    for (const std::int64_t size : group.front().x.sizes()) shape.push_back(size);
    const at::Tensor constant = row.sample(shape, group.front().arguments, generator);
    const at::Tensor batched = row.sample(shape, stack_arguments(group), generator);
    CHECK(constant.sizes() == at::IntArrayRef(shape));
    CHECK(batched.sizes() == at::IntArrayRef(shape));
    CHECK(finite(row.log_density(batched, stack_arguments(group))));
  }
}

TEST_CASE("samplers repeat themselves for one seed") {
  for (const auto& [key, group] : groups()) {
    CAPTURE(key);
    const DistributionImplementation& row = row_of(group.front().name);
    std::vector<std::int64_t> shape{20};
    for (const std::int64_t size : group.front().x.sizes()) shape.push_back(size);
    at::Generator first = seeded(61), second = seeded(61), other = seeded(62);
    const at::Tensor x = row.sample(shape, group.front().arguments, first);
    CHECK(at::equal(x, row.sample(shape, group.front().arguments, second)));
    CHECK_FALSE(at::equal(x, row.sample(shape, group.front().arguments, other)));
  }
}
