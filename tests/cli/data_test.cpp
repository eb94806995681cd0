// Data that does not fit, as `adavi infer` refuses it before any work: the engine is never loaded.
#include <doctest/doctest.h>

#include <cmath>
#include <functional>

#include "io/artifact.hpp"
#include "io/raw_hdf5.hpp"
#include "program.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// A trained model's file for a small pyramid with a covariate; the refusals come before its tensors are needed.
void write_trained(const std::string& path) {
  Artifact artifact;
  artifact.model_name = "small.hbm";
  artifact.model =
      "model {\n  real mu ~ normal(0, 1);\n  plate group[3] {\n    real mu_g ~ normal(mu, 1);\n"
      "    covariate real<lower=0> age ~ lognormal(3, 1);\n"
      "    plate obs[4] {\n      observed vector[2] x ~ normal(mu_g + 0.01 * age, 1);\n    }\n  }\n}\n";
  artifact.constants = artifact.configuration = artifact.environment = "{}";
  artifact.history = "[]";
  write_artifact(path, artifact);
}

NdArray<double> ones(const Shape& shape) {
  std::size_t size = 1;
  for (const auto extent : shape) size *= static_cast<std::size_t>(extent);
  return {shape, std::vector<double>(size, 1.0)};
}

DoubleArrays fitting_data() { return {{"x", ones({5, 3, 4, 2})}, {"age", ones({5, 3})}}; }

/// What infer says of a data file, without the folder's name; nothing is left behind.
std::string refusal(const std::function<void(const std::string& path)>& write) {
  const Folder folder;
  write_trained(folder / "model.adavi");
  write(folder / "data.h5");
  const std::size_t files = folder.files();
  const Outcome outcome = run({"infer", folder / "model.adavi", folder / "data.h5", "-o", folder / "out.nc"});
  CHECK(outcome.status == 4);
  CHECK(outcome.out == "");
  CHECK(folder.files() == files);
  return replaced(outcome.err, folder / "", "");
}

/// The same for HDF5 files: `change` edits data that would fit.
std::string refusal_of(const std::function<void(DoubleArrays&)>& change) {
  return refusal([&](const std::string& path) {
    DoubleArrays data = fitting_data();
    change(data);
    RawFile(path).add_all(data);
  });
}

}  // namespace

TEST_CASE("files that hold no data") {
  CHECK(refusal([](const std::string&) {}) == "error: data.h5: no such file\n");
  CHECK(refusal([](const std::string& path) { std::filesystem::create_directory(path); }) ==
        "error: data.h5: is a directory, expected a file\n");
  CHECK(refusal([](const std::string& path) { write_file(path, ""); }) == "error: data.h5: the file is empty\n");
  CHECK(refusal([](const std::string& path) { write_file(path, "x,y\n1,2\n"); }).find("error: data.h5: ") == 0);
  const std::string truncated = refusal([](const std::string& path) {
    RawFile(path).add_all(fitting_data());
    const std::string bytes = read_file(path);
    write_file(path, bytes.substr(0, bytes.size() / 2));
  });
  CHECK(truncated.find("truncated") != std::string::npos);
}

TEST_CASE("arrays of another name, shape or type") {
  CHECK(refusal_of([](DoubleArrays& data) {
          data["X"] = data["x"];
          data.erase("x");
        }).find("no dataset 'x'") != std::string::npos);
  CHECK(refusal_of([](DoubleArrays& data) { data.erase("age"); }).find("no dataset 'age'") != std::string::npos);
  CHECK(refusal_of([](DoubleArrays& data) {
          data["x"] = ones({5, 3, 48, 2});
        }) == "error: data.h5: /x: expected [*, group=3, obs=4, 2] of float, found [5, 3, 48, 2] of float64\n");
  CHECK(refusal_of([](DoubleArrays& data) {
          data["x"] = ones({5, 4, 3, 2});
        }).find("found [5, 4, 3, 2]") != std::string::npos);
  CHECK(refusal_of([](DoubleArrays& data) { data["x"] = ones({0, 3, 4, 2}); }).find("/x: ") != std::string::npos);
  const std::string text = refusal([](const std::string& path) {
    RawFile file(path);
    file.add("age", ones({5, 3}));
    file.add_texts("x", {"a", "b"});
  });
  CHECK(text.find("/x: expected [*, group=3, obs=4, 2] of float, found [2] of string") != std::string::npos);
}

TEST_CASE("numbers that are none, or lie outside their bounds") {
  const auto with = [](const std::string& name, double value) {
    return refusal_of([&](DoubleArrays& data) { data[name].values[3] = value; });
  };
  CHECK(with("age", std::nan("")).find("/age[1, 0]") != std::string::npos);
  CHECK(with("x", INFINITY).find("/x[0, 0, 1, 1]") != std::string::npos);
  CHECK(with("age", -1).find("/age[1, 0]") != std::string::npos);
}

TEST_CASE("the output may not replace an input, and its folder must be there") {
  const Folder folder;
  write_trained(folder / "model.adavi");
  RawFile(folder / "data.h5").add_all(fitting_data());
  const Outcome same = run({"infer", folder / "model.adavi", folder / "data.h5", "-o", folder / "data.h5"});
  CHECK(same.status == 2);
  CHECK(replaced(same.err, folder / "", "") ==
        "error: data.h5: the output would replace the input; name another with -o\n");
  const Outcome nowhere = run({"infer", folder / "model.adavi", folder / "data.h5", "-o", folder / "none/out.nc"});
  CHECK(nowhere.status == 1);
  CHECK(nowhere.err.find("error: ") == 0);
}
