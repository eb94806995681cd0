// calibrate on the binary: exact posteriors pass, spoilt ones do not; and the rows of its table.
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/calibration_rows.hpp"
#include "engine_fixture.hpp"
#include "io/artifact.hpp"
#include "semantics/analyze.hpp"
#include "syntax/parser.hpp"

using namespace adavi;
using namespace adavi::testing;
using nlohmann::json;

namespace {

/// Without messages from the model's likelihood: what was trained is all that the estimator knows.
const char* const plain_network =
    R"("encoder": {"message_steps": 0, "moments": MOMENTS}, "estimator": {"trunk": [8], "flow": "none", "scoring_steps": 0})";

std::string configuration(bool warm_start, int steps) {
  return "{" + replaced(plain_network, "MOMENTS", warm_start ? "true" : "false") +
         R"(, "training": {"batch": 8, "draws": 4, "warm_start_sets": 512, "validation_sets": 16, "validation_draws": 8,
            "check_every": 10, "phases": [{"loss": "reverse_kl", "steps": )" +
         std::to_string(steps) + R"(}], "warm_start": )" + (warm_start ? "true" : "false") + "}}";
}

Outcome calibrate(const std::string& artifact, const std::vector<std::string>& more = {}) {
  std::vector<std::string> words = {"calibrate", artifact, "--threads", "1"};
  words.insert(words.end(), more.begin(), more.end());
  return run(words);
}

/// The artifact with its model's measurements noisier than those that it was trained with.
void claim_noisier_data(const std::string& from, const std::string& to) {
  const ArtifactReader reader(from);
  Artifact artifact = reader.metadata();
  artifact.tensors = reader.read_tensors();
  artifact.model = replaced(artifact.model, "normal(mu, 1)", "normal(mu, 4)");
  write_artifact(to, artifact);
}

/// Latents of several shapes.
const char* const shapes_model =
    "model {\n  cholesky_factor_corr[2] L ~ lkj_corr_cholesky(1);\n  vector[9] w ~ normal(0, 1);\n"
    "  plate group[2] {\n    vector[2] b ~ multi_normal_cholesky(w[1:2], L);\n"
    "    plate obs[3] {\n      observed real x ~ normal(b[1] + b[2] + sum(w), 1);\n    }\n  }\n}\n";

}  // namespace

TEST_CASE("the exact posterior of a conjugate model is calibrated" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work(60);
  work.train();
  const Outcome outcome = calibrate(work / "model.adavi", {"--json", "-n", "400"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err == "");
  const json document = json::parse(outcome.out);
  CHECK(document["calibrated"] == true);
  CHECK(document["n"] == 400);
  CHECK(document["draws"] == 199);
  CHECK(document["threshold"].get<double>() == doctest::Approx(0.01));
  CHECK(document["band"]["lower"].size() == 99);
  REQUIRE(document["latents"].size() == 1);
  const json& mu = document["latents"][0];
  CHECK(mu["name"] == "mu");
  CHECK(mu["verdict"] == "ok");
  CHECK(mu["p_value"].get<double>() > 0.01);
  CHECK(mu["ranks"].size() == 400);
  CHECK(mu["ecdf"].size() == 99);
  CHECK(mu["contraction"].get<double>() == doctest::Approx(5 / 6.0).epsilon(0.06));  // posterior variance 1/6
  CHECK(mu["recovery"]["rmse"].get<double>() == doctest::Approx(std::sqrt(1 / 6.0)).epsilon(0.15));
  CHECK(mu["recovery"]["correlation"].get<double>() == doctest::Approx(std::sqrt(5 / 6.0)).epsilon(0.05));
  CHECK(mu["z_score"]["sd"].get<double>() == doctest::Approx(1).epsilon(0.15));
  for (const json& coverage : mu["coverage"])
    CHECK(std::abs(coverage["share"].get<double>() - coverage["nominal"].get<double>()) <
          4 * coverage["se"].get<double>());
}

TEST_CASE("a posterior that was trained for better data is over-confident" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work(60);
  write_file(work / "config.json", configuration(true, 60));
  work.train();
  CHECK(calibrate(work / "model.adavi").status == 0);
  claim_noisier_data(work / "model.adavi", work / "spoilt.adavi");
  const Outcome outcome = calibrate(work / "spoilt.adavi");
  CHECK(outcome.status == 5);
  CHECK(outcome.err == "");
  CHECK(outcome.out.find("too narrow (over-confident)\n") != std::string::npos);
  CHECK(outcome.out.find("\nNOT calibrated: 1 of 1 row outside simultaneous 99 % bands") != std::string::npos);
  const Outcome as_json = calibrate(work / "spoilt.adavi", {"--json"});
  CHECK(as_json.status == 5);
  CHECK(json::parse(as_json.out)["calibrated"] == false);
}

TEST_CASE("a posterior that was hardly trained is not calibrated" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work;
  // It starts at a standard normal, which as the prior itself would be calibrated.
  write_file(work / "model.hbm", replaced(conjugate_model, "normal(0, 1)", "normal(3, 1)"));
  write_file(work / "config.json", configuration(false, 1));
  work.train();
  const Outcome outcome = calibrate(work / "model.adavi");
  CHECK(outcome.status == 5);
  CHECK(outcome.out.find("draws too low\n") != std::string::npos);
}

TEST_CASE("Gaussian random effects, trained with defaults, are calibrated" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Folder folder;
  const Outcome trained = run({"train", source_file("models/gre.hbm"), "-o", folder / "gre.adavi", "--set", "N=10",
                               "--time", "4s", "--threads", "1", "--quiet"});
  REQUIRE_MESSAGE(trained.status == 0, trained.err);
  const Outcome outcome = calibrate(folder / "gre.adavi", {"-n", "200", "--json"});
  CHECK(outcome.status == 0);
  const json document = json::parse(outcome.out);
  std::vector<std::string> names;
  for (const json& latent : document["latents"]) names.push_back(latent["name"]);
  CHECK(names == std::vector<std::string>{"mu[1]", "mu[2]", "mu_g[*,1]", "mu_g[*,2]"});
  CHECK(document["latents"][2]["instances"] == 3);
  CHECK(document["threshold"].get<double>() == doctest::Approx(0.0025));

  json again = json::parse(calibrate(folder / "gre.adavi", {"-n", "200", "--json"}).out);
  again["seconds"] = document["seconds"];
  CHECK(again == document);
}

TEST_CASE("rows pool plates and long vectors, and leave out what other elements determine") {
  const SourceFile source("model.hbm", shapes_model);
  Diagnostics diagnostics;
  const auto model = analyze(*parse(source, diagnostics), {}, diagnostics);
  REQUIRE(model);
  CalibrationRows rows(*model, 3, 0);
  // One data set. Draws 1, 2, 3 for every scalar, and the truth of each is as many of them as lie below, and a half.
  const DoubleArrays truth = {{"L", {{1, 2, 2}, {0.5, 0.5, 2.5, 0.5}}},
                              {"w", {{1, 9}, std::vector<double>(9, 3.5)}},
                              {"b", {{1, 2, 2}, {0.5, 1.5, 0.5, 1.5}}}};
  const auto draws = [](Shape shape, std::size_t scalars) {
    NdArray<float> array{std::move(shape), {}};
    for (const float draw : {1.0F, 2.0F, 3.0F}) array.values.insert(array.values.end(), scalars, draw);
    return array;
  };
  FloatArrays posterior = {{"L", draws({3, 1, 2, 2}, 4)}, {"w", draws({3, 1, 9}, 9)}};
  rows.add(truth, posterior);
  CHECK(rows.finish().size() == 2);  // b was not inferred
  posterior["b"] = draws({3, 1, 2, 2}, 4);
  rows.add(truth, posterior);
  const auto finished = rows.finish();
  std::vector<std::string> names;
  std::vector<std::int64_t> instances, ranks;
  for (const auto& row : finished) {
    names.push_back(row.name);
    instances.push_back(row.instances);
    ranks.push_back(row.scores.ranks.back());
  }
  CHECK(names == std::vector<std::string>{"L[2,1]", "w[*]", "b[*,1]", "b[*,2]"});
  CHECK(instances == std::vector<std::int64_t>{1, 9, 2, 2});
  CHECK(ranks == std::vector<std::int64_t>{2, 3, 0, 1});
}
