#include <random>

#include "fixtures.hpp"
#include "io/artifact.hpp"
#include "io/constants_file.hpp"
#include "io/data_sets.hpp"
#include "io/posterior_file.hpp"
#include "io/posterior_reader.hpp"
#include "raw_hdf5.hpp"

#ifdef __SANITIZE_ADDRESS__
/// HDF5 loses memory of its own when it gives up on a damaged file.
extern "C" const char* __lsan_default_suppressions() { return "leak:libhdf5"; }
#endif

using namespace adavi;
using namespace adavi::testing;

namespace {

constexpr int mutations = 2000;

/// Flips bits, overwrites words with extreme values, cuts the end off.
std::string mutate(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  if (below(10) == 0) return bytes.substr(0, below(bytes.size()));
  const std::size_t changes = 1 + below(8);
  for (std::size_t i = 0; i < changes; ++i) {
    const std::size_t at = below(bytes.size());
    if (below(4) == 0) {
      const char extremes[] = {'\0', '\xff', '\x7f', '\x80', '\x01'};
      for (std::size_t k = at; k < std::min(at + (std::size_t{1} << below(4)), bytes.size()); ++k) {
        bytes[k] = extremes[below(5)];
      }
    } else {
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
    }
  }
  return bytes;
}

/// Every mutation either reads or fails with a message. Returns how many were refused.
int refused(const std::string& bytes, unsigned seed, const std::function<void(const std::string&)>& read) {
  const TemporaryFolder folder;
  std::mt19937 random(seed);
  int count = 0;
  for (int i = 0; i < mutations; ++i) {
    write_bytes(folder / "file", mutate(bytes, random));
    const std::string message = failure(folder, [&] { read(folder / "file"); });
    if (!message.empty()) {
      ++count;
      CAPTURE(message);
      REQUIRE(message.rfind("4: file:", 0) == 0);
    }
  }
  return count;
}

}  // namespace

TEST_CASE("mutated data files never crash") {
  const TemporaryFolder folder;
  {
    const hid_t compressed = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[4] = {2, 3, 2, 2};
    H5Pset_chunk(compressed, 4, chunk);
    H5Pset_shuffle(compressed);
    H5Pset_deflate(compressed, 6);
    RawFile file(folder / "data.h5");
    DoubleArrays data = example_data(3);
    file.add("x", data["x"], H5T_IEEE_F32LE, compressed);
    data.erase("x");
    file.add_all(data);
    file.add_texts("dataset", {"one", "two", "three"});
    H5Pclose(compressed);
  }
  const int count = refused(read_bytes(folder / "data.h5"), 1, [](const std::string& path) {
    const DataSets sets(path, example_model());
    sets.read(0, sets.size());
  });
  CHECK(count > 100);
  CHECK(count < mutations);
}

TEST_CASE("mutated constants never crash") {
  const TemporaryFolder folder;
  {
    RawFile file(folder / "constants.h5");
    file.add("G", {{}, {3}}, H5T_STD_I32LE);
    file.add("Sigma", {{2, 2}, {1, 0.5, 0.5, 1}});
  }
  const int count =
      refused(read_bytes(folder / "constants.h5"), 4, [](const std::string& path) { read_constants(path); });
  CHECK(count > 100);
  CHECK(count < mutations);
}

TEST_CASE("mutated posterior files never crash") {
  const TemporaryFolder folder;
  PosteriorFile file(folder / "posterior.nc", example_model(), {5, {"one", "two"}, {3, 4}, {}});
  file.append(example_draws(5, 2), example_data(2));
  file.finish();
  const int count = refused(read_bytes(folder / "posterior.nc"), 2, [](const std::string& path) {
    const PosteriorReader reader(path);
    for (const PosteriorVariable& variable : reader.variables()) {
      for (std::size_t set = 0; set < reader.data_sets().size(); ++set) {
        reader.read(variable.name, static_cast<std::int64_t>(set));
      }
    }
  });
  CHECK(count > 100);
  CHECK(count < mutations);
}

TEST_CASE("mutated artifacts never crash, and every change is found") {
  const TemporaryFolder folder;
  Artifact artifact;
  artifact.model = "model { }";
  artifact.tensors = {{"a", numbers<float>({4, 3}, 1)}, {"b", numbers<float>({5}, 2)}};
  write_artifact(folder / "m.adavi", artifact);
  const std::string original = read_bytes(folder / "m.adavi");
  int changed = 0;
  const int count = refused(original, 3, [&](const std::string& path) {
    if (read_bytes(path) != original) ++changed;
    ArtifactReader(path).read_tensors({{"a", {4, 3}}, {"b", {5}}});
  });
  CHECK(changed > mutations - 20);
  CHECK(count > changed * 95 / 100);  // white space of the header is not covered by a hash
}
