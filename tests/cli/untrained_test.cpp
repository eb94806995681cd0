// Warnings of infer and evaluate about data that the training has not seen the like of, and calibration with gaps.
#include <cmath>
#include <nlohmann/json.hpp>
#include <sstream>

#include "engine_fixture.hpp"
#include "io/raw_hdf5.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// The conjugate model for 4 to 6 observations, trained with a share of `missing`.
struct Trained : Workshop {
  explicit Trained(const std::string& missing) {
    write_file(folder / "model.hbm", replaced(conjugate_model, "obs[N]", "obs[4:N + 1]"));
    const std::string configuration = read_file(folder / "config.json");
    write_file(folder / "config.json",
               replaced(configuration, "\"training\": {", "\"training\": {\"missing\": " + missing + ", "));
    train();
  }
};

/// Two data sets of `size` observations; `gaps` are missing in the first.
void write_data(const std::string& path, std::int64_t size, std::size_t gaps, double scale = 1) {
  NdArray<double> x{{2, size}, {}};
  for (std::int64_t i = 0; i < 2 * size; ++i) x.values.push_back(scale * (0.5 + std::sin(static_cast<double>(3 * i))));
  for (std::size_t i = 0; i < gaps; ++i) x.values[i] = std::nan("");
  RawFile(path).add("x", x);
}

/// What a command says on stderr, without the folder's name and the warnings about k-hat; it must do its work.
std::string warnings(const Workshop& work, const std::string& command, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {command, work / "model.adavi", work / "data.h5", "--threads", "1"};
  words.insert(words.end(), more.begin(), more.end());
  const Outcome outcome = run(words);
  CHECK(outcome.status == 0);
  CHECK(outcome.out != "");
  std::istringstream lines(replaced(outcome.err, work / "", ""));
  std::string kept;
  for (std::string line; std::getline(lines, line);)
    if (line.find("k-hat") == std::string::npos) kept += line + "\n";
  return kept;
}

const char* const of_gaps =
    "warning: data.h5 has missing values, and model.adavi was trained without: its posteriors may be less exact (train "
    "with {\"training\": {\"missing\": 0.5}} in --config)\n";

}  // namespace

TEST_CASE("data that the model would never draw" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Trained work("0");
  write_data(work / "data.h5", 5, 0, 1000);
  for (const char* command : {"infer", "evaluate"}) {
    CHECK(warnings(work, command) ==
          "warning: data set '0' is more unusual than each of 255 data sets that the model simulates: check its units, "
          "and whether the model describes it\nwarning: data set '1' is more unusual than each of 255 data sets that "
          "the model simulates: check its units, and whether the model describes it\n");
    CHECK(warnings(work, command, {"--quiet"}) == "");
  }
}

TEST_CASE("missing values where the training had none" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Trained work("0");
  write_data(work / "data.h5", 5, 0);
  for (const char* command : {"infer", "evaluate"}) CHECK(warnings(work, command) == "");
  write_data(work / "data.h5", 5, 2);
  for (const char* command : {"infer", "evaluate"}) {
    CHECK(warnings(work, command) == of_gaps);
    CHECK(warnings(work, command, {"--quiet"}) == "");
  }
}

TEST_CASE("plates outside of the range of the training" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Trained work("0.5");
  for (const std::int64_t size : {3, 4, 6, 7}) {
    write_data(work / "data.h5", size, 1);  // the training had gaps, too
    const bool outside = size < 4 || size > 6;
    const std::string expected = outside ? "warning: data.h5: plate obs has " + std::to_string(size) +
                                               " elements; model.adavi was trained for 4 to 6\n"
                                         : "";
    for (const char* command : {"infer", "evaluate"}) CHECK(warnings(work, command) == expected);
  }
}

TEST_CASE("calibrate leaves gaps where the training did" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const auto calibrated = [](const std::string& missing, const std::string& format) {
    const Trained work(missing);
    return run({"calibrate", work / "model.adavi", "-n", "400", "--threads", "1", format}).out;
  };
  const auto complete = nlohmann::json::parse(calibrated("0", "--json"));
  const auto gappy = nlohmann::json::parse(calibrated("1", "--json"));
  CHECK(complete["missing"] == 0);
  CHECK(gappy["missing"] == 1);
  // The same true values; with six observations the posterior variance is 1/7 of the prior's, with fewer more.
  const auto rmse = [](const nlohmann::json& report) { return report["latents"][0]["recovery"]["rmse"].get<double>(); };
  CHECK(rmse(gappy) > rmse(complete) + 0.02);
  CHECK(calibrated("0.5", "--quiet").find("400 data sets simulated from the model (50 % with gaps), 199 draws") == 0);
}
