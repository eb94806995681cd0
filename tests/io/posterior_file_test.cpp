#include "io/posterior_file.hpp"

#include "file_size_limit.hpp"
#include "fixtures.hpp"
#include "io/posterior_reader.hpp"
#include "raw_hdf5.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

constexpr std::int64_t draws = 7;

PosteriorLayout layout() { return {draws, {"a", "b", "c", "d", "\xc3\xa9"}, {3, 4}, {{"model", "model { }"}}}; }

/// Five data sets in blocks of 3 and 2.
void write(const std::string& path, const HbmModel& model = example_model()) {
  PosteriorFile file(path, model, layout());
  file.append(example_draws(draws, 3, 0), example_data(3, 0));
  file.append(example_draws(draws, 2, 3), example_data(2, 3));
  file.finish();
}

std::string open_message(const TemporaryFolder& folder, const std::string& name) {
  return failure(folder, [&] { PosteriorReader(folder / name); });
}

}  // namespace

TEST_CASE("draws are read back for each data set") {
  const TemporaryFolder folder;
  write(folder / "posterior.nc");
  const PosteriorReader reader(folder / "posterior.nc");
  CHECK(reader.draws() == draws);
  CHECK(reader.data_sets() == layout().data_sets);
  std::vector<std::string> names;
  for (const PosteriorVariable& variable : reader.variables()) names.push_back(variable.name);
  CHECK(names == std::vector<std::string>{"mu", "tau", "mu_g", "total"});
  CHECK(reader.variables()[2].dims == std::vector<std::string>{"group", "mu_g_dim_0"});
  CHECK(reader.variables()[2].shape == Shape{3, 2});

  std::int64_t data_set = 0;
  for (const auto& [sets, first] : {std::pair<std::int64_t, std::int64_t>{3, 0}, {2, 3}}) {
    const PosteriorDraws expected = example_draws(draws, sets, first);
    for (std::int64_t set = 0; set < sets; ++set, ++data_set) {
      CHECK(reader.k_hat()[static_cast<std::size_t>(data_set)] == expected.k_hat.values[static_cast<std::size_t>(set)]);
      for (const auto& [name, array] : expected.variables) {
        const NdArray<double> found = reader.read(name, data_set);
        const std::size_t inner = array.values.size() / static_cast<std::size_t>(draws * sets);
        REQUIRE(found.values.size() == inner * draws);
        for (std::size_t i = 0; i < found.values.size(); ++i) {
          const std::size_t draw = i / inner, rest = i % inner;
          const std::size_t at = (draw * static_cast<std::size_t>(sets) + static_cast<std::size_t>(set)) * inner + rest;
          REQUIRE(found.values[i] == static_cast<double>(array.values[at]));
        }
      }
    }
  }
}

TEST_CASE("draws of a subset have its variables alone, and no weights") {
  const TemporaryFolder folder;
  PosteriorLayout subset = layout();
  HbmModel model = example_model();
  model.variables[3].parents = {2};  // total, of mu_g
  subset.left_out = {0, 1};
  PosteriorFile file(folder / "posterior.nc", model, subset);
  for (const auto& [sets, first] : {std::pair<std::int64_t, std::int64_t>{3, 0}, {2, 3}}) {
    PosteriorDraws some = example_draws(draws, sets, first);
    some.variables.erase("mu");
    some.variables.erase("tau");
    some.log_prior = some.log_likelihood = some.log_weight = some.k_hat = some.resampled = {};
    file.append(some, example_data(sets, first));
  }
  file.finish();
  const PosteriorReader reader(folder / "posterior.nc");
  REQUIRE(reader.variables().size() == 2);
  CHECK(reader.variables()[0].name == "mu_g");
  CHECK(reader.variables()[1].name == "total");
  CHECK(reader.k_hat().empty());
  CHECK(reader.read("total", 4).values[1] ==
        static_cast<double>(example_draws(draws, 2, 3).variables.at("total").values[4]));
}

TEST_CASE("large variables are read in pieces of their first axis") {
  const TemporaryFolder folder;
  write(folder / "posterior.nc");
  const PosteriorReader reader(folder / "posterior.nc");
  const NdArray<double> whole = reader.read("mu_g", 4), piece = reader.read("mu_g", 4, 1, 2);
  CHECK(whole.shape == Shape{draws, 3, 2});
  REQUIRE(piece.shape == Shape{draws, 2, 2});
  for (std::size_t draw = 0; draw < draws; ++draw) {
    for (std::size_t i = 0; i < 4; ++i) CHECK(piece.values[draw * 4 + i] == whole.values[draw * 6 + 2 + i]);
  }
}

TEST_CASE("many draws are spread over several chunks") {
  const TemporaryFolder folder;
  const std::int64_t many = 50000;
  HbmModel model = example_model();
  PosteriorFile file(folder / "posterior.nc", model, {many, {"only"}, {3, 4}, {}});
  const PosteriorDraws expected = example_draws(many, 1);
  file.append(expected, example_data(1));
  file.finish();
  const NdArray<double> found = PosteriorReader(folder / "posterior.nc").read("mu_g", 0);
  CHECK(std::equal(found.values.begin(), found.values.end(), expected.variables.at("mu_g").values.begin()));
}

TEST_CASE("names that dimensions need for themselves are changed") {
  const TemporaryFolder folder;
  HbmModel model = example_model();
  model.variables[1].name = "draw";
  model.plates[0].name = "tau_dim_0";
  PosteriorFile file(folder / "posterior.nc", model, layout());
  PosteriorDraws some = example_draws(draws, 5);
  some.variables["draw"] = some.variables["tau"];
  file.append(some, example_data(5));
  file.finish();
  const PosteriorReader reader(folder / "posterior.nc");
  CHECK(reader.variables()[1].name == "draw_bis");
  CHECK(reader.variables()[2].dims == std::vector<std::string>{"tau_dim_0", "mu_g_dim_0"});
}

TEST_CASE("the same draws give the same bytes") {
  const TemporaryFolder folder;
  write(folder / "one.nc");
  write(folder / "two.nc");
  CHECK(read_bytes(folder / "one.nc") == read_bytes(folder / "two.nc"));
}

TEST_CASE("files that are no posterior of ours are refused") {
  const TemporaryFolder folder;
  CHECK(open_message(folder, "none.nc") == "4: none.nc: no such file");
  write_bytes(folder / "text.nc", "hello");
  CHECK(open_message(folder, "text.nc") == "4: text.nc: is not an HDF5 file");
  { RawFile(folder / "data.h5").add_all(example_data(2)); }
  CHECK(open_message(folder, "data.h5") == "4: data.h5: is not a posterior file: it has no group 'posterior'");
  {
    RawFile file(folder / "other.nc");
    H5Gclose(H5Gcreate2(file.id(), "posterior", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    file.add("posterior/mu", numbers<double>({1, 10, 5}, 0));
  }
  CHECK(open_message(folder, "other.nc") ==
        "4: other.nc: is not a posterior file of `adavi infer`: its group 'posterior' names no variables");
}

TEST_CASE("a full disk is named wherever it shows, and leaves nothing") {
  const TemporaryFolder folder;
  write(folder / "whole.nc");
  const auto length = static_cast<rlim_t>(read_bytes(folder / "whole.nc").size());
  int refused = 0;
  for (rlim_t bytes = 100; bytes < length; bytes += length / 23) {
    const FileSizeLimit limit(bytes);
    const std::string message = failure(folder, [&] { write(folder / "posterior.nc"); });
    CAPTURE(message);
    CHECK(message.rfind("1: posterior.nc: cannot be written: File too large", 0) == 0);
    ++refused;
  }
  CHECK(refused > 20);
  CHECK(folder.files() == 1);
}
