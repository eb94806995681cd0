#include "io/data_sets.hpp"

#include <limits>

#include "fixtures.hpp"
#include "raw_hdf5.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// The message for a data file of the example in which some datasets are replaced.
std::string message_for(const std::function<void(RawFile&, DoubleArrays&)>& change,
                        const HbmModel& model = example_model()) {
  const TemporaryFolder folder;
  const std::string path = folder / "data.h5";
  {
    RawFile file(path);
    DoubleArrays data = example_data(5);
    change(file, data);
    file.add_all(data);
  }
  return failure(folder, [&] { DataSets(path, model); });
}

std::string message_for_bytes(const std::string& bytes) {
  const TemporaryFolder folder;
  write_bytes(folder / "data.h5", bytes);
  return failure(folder, [&] { DataSets(folder / "data.h5", example_model()); });
}

/// A valid file of the example.
std::string example_bytes() {
  const TemporaryFolder folder;
  {
    RawFile file(folder / "data.h5");
    file.add_all(example_data(5));
  }
  return read_bytes(folder / "data.h5");
}

}  // namespace

TEST_CASE("data sets are read in pieces as they were written") {
  const TemporaryFolder folder;
  const DoubleArrays data = example_data(5);
  {
    RawFile file(folder / "data.h5");
    file.add_all(data);
    file.add_texts("dataset", {"Ann", "Bob", "C\xc3\xa9line", "Dan", "Eve"});
  }
  const DataSets sets(folder / "data.h5", example_model());
  CHECK(sets.size() == 5);
  CHECK(sets.names() == std::vector<std::string>{"Ann", "Bob", "C\xc3\xa9line", "Dan", "Eve"});
  CHECK(sets.cardinalities() == Shape{3, 4});
  CHECK(sets.bytes_per_set() == 8 * (3 + 24 + 12));
  CHECK(sets.piece(1) == 1);
  CHECK(sets.piece(8 * 39 * 3 + 1) == 3);
  CHECK(sets.piece(1 << 30) == 5);
  const DoubleArrays piece = sets.read(1, 3);
  REQUIRE(piece.size() == 3);
  for (const auto& [name, array] : piece) {
    Shape shape = data.at(name).shape;
    const std::size_t per_set = data.at(name).values.size() / 5;
    shape.front() = 3;
    CHECK(array.shape == shape);
    const auto begin = data.at(name).values.begin() + static_cast<std::ptrdiff_t>(per_set);
    CHECK(array.values == std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(3 * per_set)));
  }
}

TEST_CASE("every plain type, compressed and big-endian data give the same numbers") {
  HbmModel model = example_model();
  model.variables.resize(5);  // without x and y
  model.variables[4].role = ast::Role::observed;
  model.variables[4].name = "v";
  const NdArray<double> array{{2, 3}, {1, 2, 3, 4, 5, 120}};
  const hid_t compressed = H5Pcreate(H5P_DATASET_CREATE);
  const hsize_t chunk[2] = {1, 2};
  H5Pset_chunk(compressed, 2, chunk);
  H5Pset_shuffle(compressed);
  H5Pset_deflate(compressed, 9);
  H5Pset_fletcher32(compressed);
  for (const hid_t type :
       {H5T_STD_I8LE, H5T_STD_U8BE, H5T_STD_I16BE, H5T_STD_U16LE, H5T_STD_I32LE, H5T_STD_U32BE, H5T_STD_I64BE,
        H5T_STD_U64LE, H5T_IEEE_F32LE, H5T_IEEE_F32BE, H5T_IEEE_F64LE, H5T_IEEE_F64BE}) {
    for (const hid_t properties : {static_cast<hid_t>(H5P_DEFAULT), compressed}) {
      const TemporaryFolder folder;
      { RawFile(folder / "data.h5").add("v", array, type, properties); }
      CHECK(DataSets(folder / "data.h5", model).read(0, 2).at("v").values == array.values);
    }
  }
  H5Pclose(compressed);
}

TEST_CASE("names are found behind a user block and in several heap collections") {
  const TemporaryFolder folder;
  HbmModel model = example_model();
  model.variables.resize(5);
  model.variables[4].role = ast::Role::observed;
  const std::int64_t sets = 300;
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < sets; ++i) names.push_back(std::string(static_cast<std::size_t>(i), 'n'));
  const hid_t creation = H5Pcreate(H5P_FILE_CREATE);
  H5Pset_userblock(creation, 512);
  {
    RawFile file(folder / "data.h5", creation);
    file.add("age", numbers<double>({sets, 3}, 9));
    file.add_texts("dataset", names);
  }
  H5Pclose(creation);
  CHECK(DataSets(folder / "data.h5", model).names() == names);
}

TEST_CASE("without the leading axis a file is one data set") {
  const TemporaryFolder folder;
  DoubleArrays data = example_data(1);
  for (auto& [name, array] : data) array.shape.erase(array.shape.begin());
  { RawFile(folder / "data.h5").add_all(data); }
  const DataSets sets(folder / "data.h5", example_model());
  CHECK(sets.size() == 1);
  CHECK(sets.names() == std::vector<std::string>{"0"});
  CHECK(sets.read(0, 1).at("x").shape == Shape{1, 3, 4, 2});
  CHECK(sets.read(0, 1).at("x").values == data.at("x").values);
}

TEST_CASE("a plate's range takes its cardinality from the data") {
  HbmModel model = example_model();
  model.plates[0].lower = 2;
  model.plates[0].upper = 8;
  CHECK(message_for([](RawFile&, DoubleArrays&) {}, model).empty());
  model.plates[0].lower = 4;  // sizes beyond the range are accepted: whoever infers is warned
  CHECK(message_for([](RawFile&, DoubleArrays&) {}, model).empty());
  CHECK(message_for(
            [](RawFile&, DoubleArrays& data) {
              data["x"] = numbers<double>({5, 3, 5, 2}, 9);
            },
            model) == "4: data.h5: /x: expected [*, group=4:8, obs=4, 2] of float, found [5, 3, 5, 2] of float64");
  model.plates[0].lower = 2;
  CHECK(message_for(
            [](RawFile&, DoubleArrays& data) {
              data["age"] = numbers<double>({5, 4}, 9);
            },
            model) == "4: data.h5: /age: plate group has 4 elements, but 3 in /x");
}

TEST_CASE("a file that is no HDF5 file is refused with the reason") {
  const TemporaryFolder folder;
  const auto open = [&](const std::string& name) {
    return failure(folder, [&] { DataSets(folder / name, example_model()); });
  };
  CHECK(open("none.h5") == "4: none.h5: no such file");
  std::filesystem::create_directory(folder / "folder.h5");
  CHECK(open("folder.h5") == "4: folder.h5: is a directory, expected a file");
  CHECK(message_for_bytes("") == "4: data.h5: the file is empty");
  CHECK(message_for_bytes("x,y\n1,2\n") == "4: data.h5: is not an HDF5 file");
  const std::string bytes = example_bytes();
  const std::string truncated = message_for_bytes(bytes.substr(0, bytes.size() / 2));
  CHECK(truncated.rfind("4: data.h5: the file is truncated (truncated file: eof = ", 0) == 0);
  CHECK(message_for_bytes(bytes.substr(0, 20)).rfind("4: data.h5: ", 0) == 0);
  CHECK(open("") == "4: : is a directory, expected a file");
}

TEST_CASE("datasets that do not fit are named with what was expected and found") {
  using Data = DoubleArrays;
  CHECK(message_for([](RawFile&, Data& data) { data["X"] = data["x"], data.erase("x"); }) ==
        "4: data.h5: no dataset 'x'; did you mean 'X'?");
  CHECK(message_for([](RawFile&, Data& data) { data.erase("age"); }) ==
        "4: data.h5: no dataset 'age'; the file holds 'x', 'y'");
  CHECK(message_for([](RawFile&, Data& data) {
          data.clear();
        }).rfind("4: data.h5: no dataset 'age'; the file holds none", 0) == 0);
  CHECK(message_for([](RawFile&, Data& data) {
          data["x"] = numbers<double>({5, 3, 5, 2}, 0);
        }) == "4: data.h5: /x: expected [*, group=3, obs=4, 2] of float, found [5, 3, 5, 2] of float64");
  CHECK(message_for([](RawFile&, Data& data) {
          data["x"] = numbers<double>({5, 12, 2}, 0);
        }) == "4: data.h5: /x: expected [*, group=3, obs=4, 2] of float, found [5, 12, 2] of float64");
  CHECK(message_for([](RawFile&, Data& data) {
          data["x"] = NdArray<double>{{}, {1}};
        }) == "4: data.h5: /x: expected [*, group=3, obs=4, 2] of float, found [] of float64");
  CHECK(message_for([](RawFile&, Data& data) {
          data["age"] = NdArray<double>{{0, 3}, {}};
        }) == "4: data.h5: /age: holds no data set: its first axis is empty");
  CHECK(message_for([](RawFile&, Data& data) {
          data["age"] = numbers<double>({4, 3}, 9);
        }) == "4: data.h5: /x: holds 5 data sets, but /age holds 4");
  CHECK(message_for([](RawFile& file, Data& data) {
          data.erase("x");
          H5Gclose(H5Gcreate2(file.id(), "x", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
        }) == "4: data.h5: /x: expected a dataset, found a group");
  CHECK(message_for([](RawFile& file, Data& data) {
          data.erase("x"), data.erase("y");
          H5Lcreate_external("/etc/passwd", "x", file.id(), "x", H5P_DEFAULT, H5P_DEFAULT);
        }) ==
        "4: data.h5: /x: expected a dataset, found a link or another object\n"
        "data.h5: no dataset 'y'; the file holds 'age', 'x'");
}

TEST_CASE("types that hold no plain numbers are refused by name") {
  const hid_t text = H5Tcopy(H5T_C_S1);
  const hid_t flags = H5Tenum_create(H5T_STD_I8LE);
  const signed char no = 0, yes = 1;
  H5Tenum_insert(flags, "FALSE", &no);
  H5Tenum_insert(flags, "TRUE", &yes);
  const hid_t pair = H5Tcreate(H5T_COMPOUND, 16);
  H5Tinsert(pair, "re", 0, H5T_IEEE_F64LE);
  H5Tinsert(pair, "im", 8, H5T_IEEE_F64LE);
  const hid_t half = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_fields(half, 15, 10, 5, 0, 10);
  H5Tset_size(half, 2);
  const hid_t narrow = H5Tcopy(H5T_STD_I32LE);
  H5Tset_precision(narrow, 20);
  const std::vector<std::pair<hid_t, std::string>> types = {
      {text, "string"},
      {flags, "enum (numpy's bool is stored so; write it as int8)"},
      {pair, "compound"},
      {half, "float16"},
      {H5T_NATIVE_LDOUBLE, "long double"},
      {H5T_STD_B8LE, "bitfield"},
      {H5T_STD_REF_OBJ, "reference"}};
  for (const auto& [type, name] : types) {
    CHECK(message_for([&, wanted = type](RawFile& file, DoubleArrays& data) {
            data.erase("x");
            file.add_empty("x", wanted, {5, 3, 4, 2});
          }) == "4: data.h5: /x: expected [*, group=3, obs=4, 2] of float, found [5, 3, 4, 2] of " + name);
  }
  CHECK_FALSE(message_for([&](RawFile& file, DoubleArrays& data) {
                data.erase("x");
                file.add_empty("x", narrow, {5, 3, 4, 2});
              }).empty());
}

TEST_CASE("numbers that the model excludes are named with their place") {
  const auto with = [](const char* name, std::size_t position, double value) {
    return message_for([=](RawFile&, DoubleArrays& data) { data[name].values[position] = value; });
  };
  const double infinity = std::numeric_limits<double>::infinity();
  CHECK(with("x", 0, -infinity) == "4: data.h5: /x[0, 0, 0, 0] is infinite: expected a number");
  CHECK(with("y", 59, -2) == "4: data.h5: /y[4, 2, 3] is -2: expected an integer >= 0");
  CHECK(with("y", 13, 1.5) == "4: data.h5: /y[1, 0, 1] is 1.5: expected an integer >= 0");
  CHECK(with("age", 14, -1) == "4: data.h5: /age[4, 2] is -1: expected a number >= 0");
  CHECK(with("age", 14, 0).empty());
}

TEST_CASE("NaN marks missing observations, and covariates that no observation uses") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  // x [5, group=3, obs=4, 2], y [5, 3, 4] of int, age [5, 3].
  const auto gap = [nan](DoubleArrays& data, std::size_t group, std::size_t first, std::size_t count) {
    for (std::size_t obs = first; obs < first + count; ++obs) {
      data["x"].values[(group * 4 + obs) * 2 + 1] = nan;  // one entry takes the observation with it
      data["y"].values[group * 4 + obs] = nan;
    }
  };
  CHECK(message_for([&](RawFile&, DoubleArrays& data) { gap(data, 7, 1, 2); }).empty());
  CHECK(message_for([&](RawFile&, DoubleArrays& data) { data["y"].values[3] = nan; }).empty());
  CHECK(message_for([&](RawFile&, DoubleArrays& data) {
          gap(data, 7, 0, 4);
          data["age"].values[7] = nan;
        }).empty());
  const std::string used =
      "4: data.h5: /age[2, 1] is NaN, but observations that use it are there: a covariate may be missing only where "
      "they "
      "all are";
  CHECK(message_for([&](RawFile&, DoubleArrays& data) { data["age"].values[7] = nan; }) == used);
  CHECK(message_for([&](RawFile&, DoubleArrays& data) {
          gap(data, 7, 0, 3);
          data["age"].values[7] = nan;
        }) == used);
  CHECK(message_for([&](RawFile&, DoubleArrays& data) {
          gap(data, 7, 0, 4);
          data["y"].values[7 * 4 + 2] = 1;  // one of two variables is there
          data["age"].values[7] = nan;
        }) == used);
  CHECK(message_for([&](RawFile&, DoubleArrays& data) {
          gap(data, 7, 0, 4);
          data["x"].values[7 * 8] = HUGE_VAL;
        }) == "4: data.h5: /x[2, 1, 0, 0] is infinite: expected a number");
}

TEST_CASE("names of data sets must be as many texts") {
  CHECK(message_for([](RawFile& file, DoubleArrays&) {
          file.add_texts("dataset", {"a", "b"});
        }) == "4: data.h5: /dataset: expected [5] of string, the names of the data sets, found [2] of string");
  CHECK(message_for([](RawFile&, DoubleArrays& data) { data["dataset"] = numbers<double>({5}, 0); }) ==
        "4: data.h5: /dataset: expected [5] of string, the names of the data sets, found [5] of float64");
  CHECK(message_for([](RawFile& file, DoubleArrays&) {
          file.add_texts("dataset", {"a", "b", "\xff", "d", "e"}, 4);
        }) == "4: data.h5: /dataset: name 2 is not printable UTF-8");
  CHECK(message_for([](RawFile& file, DoubleArrays&) {
          file.add_texts("dataset", {"a", "b", "c", "d", "e"}, 4);
        }).empty());
}

TEST_CASE("a claim larger than the file can hold is refused before memory is taken") {
  HbmModel model = example_model();
  model.plates = {{"group", 3000000, 3000000, {}}, {"obs", 4000, 4000, {}}};
  CHECK(message_for(
            [](RawFile& file, DoubleArrays& data) {
              data.clear();
              const hid_t sparse = H5Pcreate(H5P_DATASET_CREATE);
              const hsize_t chunk[4] = {1, 1, 4000, 2};
              H5Pset_chunk(sparse, 4, chunk);
              file.add("x", {{5, 3000000, 4000, 2}, {}}, H5T_IEEE_F64LE, sparse);
              H5Pclose(sparse);
            },
            model)
            .find("data.h5: /x: claims 960000000000 bytes in a file of ") != std::string::npos);
}

TEST_CASE("compression that is not read here is named") {
  CHECK(message_for([](RawFile& file, DoubleArrays& data) {
          const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
          const hsize_t chunk[4] = {1, 3, 4, 2};
          H5Pset_chunk(properties, 4, chunk);
          H5Pset_nbit(properties);
          file.add("x", data["x"], H5T_IEEE_F64LE, properties);
          data.erase("x");
          H5Pclose(properties);
        }) == "4: data.h5: /x: is compressed with filter 5 (nbit), which is not read here; write it with gzip");
}
