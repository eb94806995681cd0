// The main job on the binary: simulate, train, infer, summary, evaluate, on a conjugate model.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine_fixture.hpp"
#include "io/data_sets.hpp"
#include "io/hdf5.hpp"
#include "io/posterior_reader.hpp"
#include "semantics/analyze.hpp"
#include "syntax/parser.hpp"

using namespace adavi;
using namespace adavi::testing;
using nlohmann::json;

namespace {

constexpr int n_obs = 5;
constexpr double log_two_pi = 1.8378770664093453;

/// x of each data set in a file.
std::vector<std::vector<double>> observations(const std::string& path) {
  const SourceFile source("model.hbm", conjugate_model);
  Diagnostics diagnostics;
  const auto model = analyze(*parse(source, diagnostics), {}, diagnostics);
  const DataSets data(path, *model);
  const std::vector<double> x = data.read(0, data.size()).at("x").values;
  std::vector<std::vector<double>> sets;
  for (std::size_t i = 0; i < x.size(); i += n_obs)
    sets.emplace_back(x.begin() + static_cast<std::ptrdiff_t>(i), x.begin() + static_cast<std::ptrdiff_t>(i) + n_obs);
  return sets;
}

double sum(const std::vector<double>& x) { return std::accumulate(x.begin(), x.end(), 0.0); }

/// log N(x; 0, I + 1 1'), by the matrix determinant and Sherman-Morrison.
double exact_log_evidence(const std::vector<double>& x) {
  const double squares = std::inner_product(x.begin(), x.end(), x.begin(), 0.0);
  return -0.5 * (n_obs * log_two_pi + std::log(1.0 + n_obs) + squares - sum(x) * sum(x) / (1.0 + n_obs));
}

}  // namespace

TEST_CASE("from a model to posteriors that are the exact ones" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work(60);
  work.simulate("data.h5", "6");
  work.train();
  const Outcome inferred =
      run({"infer", work / "model.adavi", work / "data.h5", "-o", work / "p.nc", "--draws", "2000"});
  CHECK(inferred.status == 0);
  CHECK(inferred.err == "");
  const std::string said = replaced(inferred.out, work / "", "");
  CHECK(said.rfind("wrote p.nc: 2000 draws for each of 6 data sets\nk-hat: median ", 0) == 0);
  CHECK(said.find("above 0.7 for 0 of 6 data sets\n") != std::string::npos);

  const Outcome summary = run({"summary", work / "p.nc", "--all", "--json"});
  REQUIRE(summary.status == 0);
  const json sets = json::parse(summary.out)["datasets"];
  const auto data = observations(work / "data.h5");
  REQUIRE(sets.size() == data.size());
  const double exact_sd = 1 / std::sqrt(1.0 + n_obs);
  for (std::size_t i = 0; i < data.size(); ++i) {
    const json& mu = sets[i]["variables"].at(0);
    CHECK(mu["name"] == "mu");
    CHECK(std::abs(mu["mean"].get<double>() - sum(data[i]) / (1.0 + n_obs)) < 0.15 * exact_sd);
    CHECK(mu["sd"].get<double>() == doctest::Approx(exact_sd).epsilon(0.1));
    CHECK(mu["mcse"].get<double>() == doctest::Approx(mu["sd"].get<double>() / std::sqrt(2000.0)));
  }
}

TEST_CASE("evaluate gives the exact evidence, and an ELBO just below it" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work(60);
  work.simulate("data.h5", "6");
  work.train();
  const Outcome outcome = run({"evaluate", work / "model.adavi", work / "data.h5", "--json"});
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  const json document = json::parse(outcome.out);
  const auto data = observations(work / "data.h5");
  REQUIRE(document["datasets"].size() == data.size());
  for (std::size_t i = 0; i < data.size(); ++i) {
    const json& score = document["datasets"][i];
    const double exact = exact_log_evidence(data[i]);
    CHECK(score["log_evidence_is"].get<double>() == doctest::Approx(exact).epsilon(0.005));
    CHECK(score["elbo"].get<double>() < exact + 0.02);
    CHECK(score["elbo"].get<double>() > exact - 0.2);
    CHECK(score["k_hat"].get<double>() < 0.7);
  }
  for (const char* key : {"mean", "median", "se"}) CHECK(document["elbo"][key].is_number());
  CHECK(document["seconds"].get<double>() > 0);
  const Outcome table = run({"evaluate", work / "model.adavi", "-n", "40", "--draws", "16"});
  CHECK(table.status == 0);
  CHECK(table.out.find("40 data sets simulated from the model, 16 draws each") == 0);
}

TEST_CASE("refined posteriors are no worse than those that were not" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work(10, false);
  work.simulate("data.h5", "6");
  work.train();
  const auto elbo = [&](const std::string& steps) {
    const Outcome outcome =
        run({"evaluate", work / "model.adavi", work / "data.h5", "--draws", "2000", "--refine", steps, "--json"});
    REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    return json::parse(outcome.out)["elbo"]["mean"].get<double>();
  };
  const double before = elbo("0"), after = elbo("50");
  CHECK(after != before);
  CHECK(after > before - 0.01);
  CHECK(run({"infer", work / "model.adavi", work / "data.h5", "-o", work / "p.nc", "--refine", "5"}).status == 0);
  CHECK(run({"infer", work / "model.adavi", work / "data.h5", "--refine", "-1"}).status == 2);
}

TEST_CASE("refining leaves exact posteriors as they are" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work(10);
  work.simulate("data.h5", "6");
  work.train();
  const auto evaluated = [&](const std::string& steps) {
    const Outcome outcome =
        run({"evaluate", work / "model.adavi", work / "data.h5", "--draws", "200", "--refine", steps, "--json"});
    REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
    return json::parse(outcome.out)["elbo"]["mean"].get<double>();
  };
  CHECK(evaluated("5") == doctest::Approx(evaluated("0")).epsilon(1e-6));
}

TEST_CASE("the same seed and threads give the same bytes" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work;
  work.simulate("a.h5", "3");
  work.simulate("b.h5", "3");
  work.simulate("c.h5", "3", "2");
  CHECK(read_file(work / "a.h5") == read_file(work / "b.h5"));
  CHECK(read_file(work / "a.h5") != read_file(work / "c.h5"));
  work.train("a.adavi");
  work.train("b.adavi");
  CHECK(read_file(work / "a.adavi") == read_file(work / "b.adavi"));
  const auto infer = [&](const std::string& output, const std::string& seed) {
    const Outcome outcome =
        run({"infer", work / "a.adavi", work / "a.h5", "-o", work / output, "--seed", seed, "--threads", "1"});
    CHECK(outcome.status == 0);
    return read_file(work / output);
  };
  const std::string first = infer("a.nc", "3");
  CHECK(infer("b.nc", "3") == first);
  CHECK(infer("c.nc", "4") != first);
}

TEST_CASE("draws are resampled unless that is unwanted, and the file says so" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work(60);
  work.simulate("data.h5", "3");
  work.train();
  const auto inferred = [&](const std::string& output, const std::vector<std::string>& more) {
    std::vector<std::string> words = {"infer", work / "model.adavi", work / "data.h5", "-o", work / output};
    words.insert(words.end(), {"--draws", "200", "--threads", "1"});
    words.insert(words.end(), more.begin(), more.end());
    REQUIRE(run(words).status == 0);
    const h5::InputFile file(work / output);
    const h5::InputDataset resampled = file.dataset("/sample_stats/resampled"),
                           weights = file.dataset("/sample_stats/log_weight");
    REQUIRE(resampled.shape() == Shape{1, 200, 3});
    std::vector<double> flags(600), weight(600);
    resampled.read({0, 0, 0}, {1, 200, 3}, flags.data());
    weights.read({0, 0, 0}, {1, 200, 3}, weight.data());
    const bool same =
        *std::min_element(weight.begin(), weight.end()) == *std::max_element(weight.begin(), weight.end());
    CHECK(same == (flags[0] == 1));
    return flags;
  };
  CHECK(inferred("default.nc", {}) == std::vector<double>(600, 1));
  CHECK(inferred("asked.nc", {"--resample"}) == std::vector<double>(600, 1));
  CHECK(inferred("plain.nc", {"--no-resample"}) == std::vector<double>(600, 0));
  CHECK(read_file(work / "default.nc") == read_file(work / "asked.nc"));
}

TEST_CASE("default names of outputs stand beside their inputs" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work;
  work.simulate("data.h5", "1");
  const Outcome trained = run({"train", work / "model.hbm", "--config", work / "config.json", "--quiet"});
  CHECK(trained.err == "");
  CHECK(replaced(trained.out, work / "", "").find("wrote model.adavi: validation ELBO ") == 0);
  CHECK(run({"infer", work / "model.adavi", work / "data.h5", "--draws", "5"}).status == 0);
  const Outcome few = run({"summary", work / "data.nc"});  // too few draws for a k-hat: not to be trusted
  CHECK(few.err.find("warning: data set '0': k-hat inf (reliable up to 0.7)") != std::string::npos);
  CHECK(PosteriorReader(work / "data.nc").draws() == 5);
  CHECK_FALSE(std::filesystem::exists(work / "model.adavi.ckpt"));
}
