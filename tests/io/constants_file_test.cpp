#include "io/constants_file.hpp"

#include <limits>

#include "fixtures.hpp"
#include "raw_hdf5.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

std::string parse_message(const std::string& text) {
  return failure(TemporaryFolder(), [&] { parse_constants(text, "c.json"); });
}

std::string set_message(const std::string& option) {
  return failure(TemporaryFolder(), [&] {
    ConstantOverrides constants;
    set_constant(constants, option);
  });
}

ConstantValue set(const std::string& option) {
  ConstantOverrides constants;
  set_constant(constants, option);
  REQUIRE(constants.size() == 1);
  return constants.begin()->second;
}

}  // namespace

TEST_CASE("constants of a JSON file keep shape, numbers and whether they are integers") {
  const TemporaryFolder folder;
  write_bytes(folder / "c.json",
              "{\"D\": 2, \"s\": 0.1, \"v\": [1, 2.5, -3e2], \"m\": [[1, 2, 3], [4, 5, 6]], \"e\": []}");
  const ConstantOverrides constants = read_constants(folder / "c.json");
  CHECK(constants.at("D").shape.empty());
  CHECK(constants.at("D").values == std::vector<double>{2});
  CHECK(constants.at("D").integer);
  CHECK(constants.at("D").origin == folder / "c.json");
  CHECK(constants.at("s").values == std::vector<double>{0.1});
  CHECK_FALSE(constants.at("s").integer);
  CHECK(constants.at("v").shape == Shape{3});
  CHECK(constants.at("v").values == std::vector<double>{1, 2.5, -300});
  CHECK_FALSE(constants.at("v").integer);
  CHECK(constants.at("m").shape == Shape{2, 3});
  CHECK(constants.at("m").values == std::vector<double>{1, 2, 3, 4, 5, 6});
  CHECK(constants.at("m").integer);
  CHECK(constants.at("e").shape == Shape{0});

  const ConstantOverrides again = parse_constants(constants_json(constants), "again");
  for (const auto& [name, constant] : constants) {
    CHECK(again.at(name).shape == constant.shape);
    CHECK(again.at(name).values == constant.values);
    CHECK(again.at(name).integer == constant.integer);
  }
}

TEST_CASE("constants of an HDF5 file are the datasets at its root") {
  const TemporaryFolder folder;
  {
    RawFile file(folder / "c.h5");
    file.add("G", {{}, {3}}, H5T_STD_I32LE);
    file.add("Sigma", {{2, 2}, {1, 0.5, 0.5, 1}}, H5T_IEEE_F32LE);
    H5Gclose(H5Gcreate2(file.id(), "ignored", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
  }
  const ConstantOverrides constants = read_constants(folder / "c.h5");
  REQUIRE(constants.size() == 2);
  CHECK(constants.at("G").shape.empty());
  CHECK(constants.at("G").integer);
  CHECK(constants.at("Sigma").shape == Shape{2, 2});
  CHECK(constants.at("Sigma").values == std::vector<double>{1, 0.5, 0.5, 1});
  CHECK_FALSE(constants.at("Sigma").integer);
  {
    RawFile file(folder / "bad.h5");
    file.add("v", {{2}, {1, std::numeric_limits<double>::infinity()}});
  }
  CHECK(failure(folder, [&] { read_constants(folder / "bad.h5"); }) ==
        "4: bad.h5: /v: element 1 (row-major, from 0) is not finite");
  { RawFile(folder / "text.h5").add_texts("v", {"one", "two"}); }
  CHECK(failure(folder, [&] { read_constants(folder / "text.h5"); }) ==
        "4: text.h5: /v: expected numbers, found [2] of string");
}

TEST_CASE("malformed constants are named by file and key") {
  CHECK(parse_message("[1]") == "4: c.json: expected an object of constants, found a list");
  CHECK(parse_message("{\"m\": [[1, 2], [3]]}") == "4: c.json: m: its lists have different lengths");
  CHECK(parse_message("{\"m\": [1, [3]]}") == "4: c.json: m: its lists have different lengths");
  CHECK(parse_message("{\"m\": [[1], 3]}") == "4: c.json: m: its lists have different depths");
  CHECK(parse_message("{\"m\": [[], [1]]}") == "4: c.json: m: its lists have different lengths");
  CHECK(parse_message("{\"s\": \"1\"}") == "4: c.json: s: expected a number or a list of numbers, found '1'");
  CHECK(parse_message("{\"s\": true}") == "4: c.json: s: expected a number or a list of numbers, found true");
  CHECK(parse_message("{\"s\": {}}") == "4: c.json: s: expected a number or a list of numbers, found an object");
  CHECK(parse_message("{\"n\": 9007199254740993}") == "4: c.json: n: 9007199254740993 is too large to be held exactly");
  CHECK(parse_message("{\"n\": 9007199254740992}").empty());
  CHECK(parse_message("{\"n\": 1, \"n\": 2}") == "4: c.json: key 'n' is given twice");
  CHECK(parse_message("{\"n\": 1,\n \"k\": }").rfind("4: c.json:2:7: not valid JSON: syntax error", 0) == 0);
  CHECK(parse_message("{\"n\": 1e999}").rfind("4: c.json: not valid JSON: number overflow", 0) == 0);
  CHECK(parse_message("{\"n\": " + std::string(100000, '[')) == "4: c.json: nested deeper than 64 levels");
  const TemporaryFolder folder;
  CHECK(failure(folder, [&] { read_constants(folder / "none.json"); }) == "4: none.json: no such file");
  write_bytes(folder / "empty.json", "");
  CHECK(failure(folder, [&] { read_constants(folder / "empty.json"); }) == "4: empty.json: the file is empty");
}

TEST_CASE("options set numbers and lists") {
  CHECK(set("sigma_x=1.5").values == std::vector<double>{1.5});
  CHECK(set("sigma_x=1.5").origin == "--set sigma_x");
  CHECK(set("s=.5").values == std::vector<double>{0.5});
  CHECK(set("s=-1.").values == std::vector<double>{-1});
  CHECK(set("D=3").integer);
  CHECK_FALSE(set("D=3.0").integer);
  CHECK(set("v=[1, 2, 3]").shape == Shape{3});
  CHECK(set_message("sigma") == "2: --set sigma: expected NAME=VALUE, e.g. --set sigma=0.5");
  CHECK(set_message("=3") == "2: --set =3: expected NAME=VALUE, e.g. --set sigma=0.5");
  CHECK(set_message("2x=3") == "2: --set 2x=3: expected NAME=VALUE, e.g. --set sigma=0.5");
  CHECK(set_message("x=").rfind("2: --set x:1:1: not valid JSON", 0) == 0);
  CHECK(set_message("x=abc").rfind("2: --set x:1:1: not valid JSON", 0) == 0);
  CHECK(set_message("x=[[1],[2,3]]") == "2: --set x: its lists have different lengths");
  CHECK(set_message("x=1e999").rfind("2: --set x: not valid JSON: number overflow", 0) == 0);
}

TEST_CASE("an option replaces a file's constant, but not another option") {
  ConstantOverrides constants = parse_constants("{\"s\": 1}", "c.json");
  set_constant(constants, "s=2");
  CHECK(constants.at("s").values == std::vector<double>{2});
  CHECK(failure(TemporaryFolder(), [&] { set_constant(constants, "s=3"); }) == "2: --set s: is given twice");
}
