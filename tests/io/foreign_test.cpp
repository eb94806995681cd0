#include <cstdlib>
#include <nlohmann/json.hpp>

#include "fixtures.hpp"
#include "io/artifact.hpp"
#include "io/posterior_file.hpp"
#include "io/simulation_file.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

using nlohmann::json;

constexpr std::int64_t draws = 9, sets = 4;

json described(const std::vector<std::string>& dims, const Shape& shape, const std::vector<double>& values) {
  return {{"dims", dims}, {"shape", shape}, {"values", values}};
}

template <class T>
json sampled(std::vector<std::string> dims, const NdArray<T>& array) {
  dims.insert(dims.begin(), {"chain", "draw", "dataset"});
  Shape shape = array.shape;
  shape.insert(shape.begin(), 1);
  return described(dims, shape, {array.values.begin(), array.values.end()});
}

json data_groups(const DoubleArrays& data) {
  const auto plain = [&](std::vector<std::string> dims, const char* name) {
    dims.insert(dims.begin(), "dataset");
    return described(dims, data.at(name).shape, data.at(name).values);
  };
  return {{"observed_data", {{"x", plain({"group", "obs", "x_dim_0"}, "x")}, {"y", plain({"group", "obs"}, "y")}}},
          {"constant_data", {{"age", plain({"group"}, "age")}}}};
}

void write_posterior(const std::string& folder) {
  const PosteriorDraws some = example_draws(draws, sets);
  const DoubleArrays data = example_data(sets);
  const std::vector<std::string> names = {"Ann", "B b", "C\xc3\xa9line", ""};
  PosteriorFile file(folder + "/posterior.nc", example_model(), {draws, names, {3, 4}, {{"model", "model { }"}}});
  file.append(some, data);
  file.finish();

  json groups = data_groups(data);
  groups["posterior"] = {{"mu", sampled({"mu_dim_0"}, some.variables.at("mu"))},
                         {"tau", sampled({}, some.variables.at("tau"))},
                         {"mu_g", sampled({"group", "mu_g_dim_0"}, some.variables.at("mu_g"))},
                         {"total", sampled({"group"}, some.variables.at("total"))}};
  NdArray<double> lp = some.log_prior, k_hat{{draws, sets}, {}}, resampled = k_hat, usual = k_hat;
  for (std::size_t i = 0; i < lp.values.size(); ++i) lp.values[i] += some.log_likelihood.values[i];
  for (std::size_t i = 0; i < lp.values.size(); ++i) k_hat.values.push_back(some.k_hat.values[i % sets]);
  for (std::size_t i = 0; i < lp.values.size(); ++i) usual.values.push_back(some.prior_predictive_p.values[i % sets]);
  for (std::size_t i = 0; i < lp.values.size(); ++i) resampled.values.push_back(some.resampled.values[i % sets]);
  groups["sample_stats"] = {{"lp", sampled({}, lp)},
                            {"log_prior", sampled({}, some.log_prior)},
                            {"log_likelihood", sampled({}, some.log_likelihood)},
                            {"log_q", sampled({}, some.log_q)},
                            {"log_weight", sampled({}, some.log_weight)},
                            {"k_hat", sampled({}, k_hat)},
                            {"resampled", sampled({}, resampled)},
                            {"prior_predictive_p", sampled({}, usual)}};
  write_bytes(folder + "/posterior.json", json{{"groups", groups}, {"dataset", names}}.dump());
}

void write_simulation(const std::string& folder) {
  DoubleArrays arrays = example_data(sets);
  json expected;
  for (const auto& [name, array] : arrays) expected[name] = described({}, array.shape, array.values);
  const PosteriorDraws some = example_draws(sets, 1);
  for (const auto& [name, array] : some.variables) {
    Shape shape = array.shape;
    shape.erase(shape.begin() + 1);
    arrays[name] = {shape, {array.values.begin(), array.values.end()}};
    expected["truth/" + name] = described({}, shape, arrays[name].values);
  }
  SimulationFile file(folder + "/simulation.h5", example_model(), sets, {"model { }", "{}", 7});
  file.append(arrays);
  file.finish();
  write_bytes(folder + "/simulation.json", expected.dump());
}

void write_model(const std::string& folder) {
  Artifact artifact;
  artifact.model = "model { } // \xc3\xa9";
  artifact.tensors = {{"encoder.0.weight", numbers<float>({4, 3}, 1)}, {"scale", numbers<float>({}, 2)}};
  write_artifact(folder + "/model.adavi", artifact);
  json expected;
  for (const auto& [name, tensor] : artifact.tensors) {
    expected[name] = described({}, tensor.shape, {tensor.values.begin(), tensor.values.end()});
  }
  write_bytes(folder + "/model.json", json{{"tensors", expected}, {"model", artifact.model}}.dump());
}

}  // namespace

TEST_CASE("files for foreign readers") {
  const char* named = std::getenv("ADAVI_FOREIGN_FOLDER");
  const TemporaryFolder temporary;
  const std::string folder = named != nullptr ? named : temporary / "";
  write_posterior(folder);
  write_simulation(folder);
  write_model(folder);
  for (const char* name : {"posterior.nc", "posterior.json", "simulation.h5", "simulation.json", "model.adavi"}) {
    CHECK(std::filesystem::file_size(folder + "/" + name) > 100);
  }
}
