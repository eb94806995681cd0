#include "io/simulation_file.hpp"

#include "file_size_limit.hpp"
#include "fixtures.hpp"
#include "io/data_sets.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// What the engine simulates for the example: data and truth.
DoubleArrays simulated(std::int64_t sets, std::int64_t first) {
  DoubleArrays arrays = example_data(sets, first);
  arrays["mu"] = numbers<double>({sets, 2}, 1);
  arrays["tau"] = numbers<double>({sets}, 2);
  arrays["mu_g"] = numbers<double>({sets, 3, 2}, 3);
  arrays["total"] = numbers<double>({sets, 3}, 4);
  return arrays;
}

void write(const std::string& path) {
  SimulationFile file(path, example_model(), 5, {"model { }", "{\"G\": 3}", 42});
  file.append(simulated(3, 0));
  file.append(simulated(2, 3));
  file.finish();
}

}  // namespace

TEST_CASE("a simulation is read as data, piece by piece") {
  const TemporaryFolder folder;
  write(folder / "sim.h5");
  const DataSets sets(folder / "sim.h5", example_model());
  CHECK(sets.size() == 5);
  for (const auto& [name, array] : example_data(3, 0)) CHECK(sets.read(0, 3).at(name).values == array.values);
  for (const auto& [name, array] : example_data(2, 3)) CHECK(sets.read(3, 2).at(name).values == array.values);
}

TEST_CASE("the same simulation gives the same bytes") {
  const TemporaryFolder folder;
  write(folder / "one.h5");
  write(folder / "two.h5");
  CHECK(read_bytes(folder / "one.h5") == read_bytes(folder / "two.h5"));
}

TEST_CASE("a simulation without all its data sets is a bug of the caller") {
  const TemporaryFolder folder;
  {
    SimulationFile file(folder / "sim.h5", example_model(), 5, {});
    file.append(simulated(3, 0));
    CHECK_THROWS_AS(file.finish(), std::logic_error);
    CHECK_THROWS_AS(file.append(simulated(3, 3)), std::logic_error);
  }
  CHECK(folder.files() == 0);
}

TEST_CASE("a full disk is named, and leaves nothing") {
  const TemporaryFolder folder;
  write(folder / "whole.h5");
  const auto length = static_cast<rlim_t>(read_bytes(folder / "whole.h5").size());
  for (rlim_t bytes = 100; bytes < length; bytes += length / 11) {
    const FileSizeLimit limit(bytes);
    const std::string message = failure(folder, [&] { write(folder / "sim.h5"); });
    CAPTURE(message);
    CHECK(message.rfind("1: sim.h5: cannot be written: File too large", 0) == 0);
  }
  CHECK(folder.files() == 1);
  write(folder / "sim.h5");
  CHECK(folder.files() == 2);
}
