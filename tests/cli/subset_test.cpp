// `adavi train --latents`: inference over a subset of the latents (B.4), and what its posteriors lack.
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine_fixture.hpp"
#include "io/artifact.hpp"
#include "io/hdf5.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

using nlohmann::json;

/// mu ~ N(0, 1), three groups around it: all Gaussian.
const char* const groups =
    "model {\n  real mu ~ normal(0, 1);\n  plate group[3] {\n    real theta ~ normal(mu, 0.5);\n"
    "    plate obs[4] {\n      observed real x ~ normal(theta, 0.4);\n    }\n  }\n}\n";

struct Shop {
  explicit Shop(const std::string& phases = "") {
    write_file(folder / "model.hbm", groups);
    write_file(folder / "config.json",
               R"({"estimator": {"trunk": [8], "flow": "none"}, "training": {"batch": 16, "warm_start_sets": 512,
                   "validation_sets": 32, "check_every": 10, "max_steps": 40)" +
                   phases + "}}");
  }
  Outcome say(std::vector<std::string> words) const {
    for (std::string& word : words)
      if (word.find('.') != std::string::npos) word = folder / word;
    Outcome outcome = run(words);
    outcome.out = replaced(outcome.out, folder / "", "");
    outcome.err = replaced(outcome.err, folder / "", "");
    return outcome;
  }
  Outcome train(std::vector<std::string> more) const {
    std::vector<std::string> words = {"train",       "model.hbm", "-o", "model.adavi", "--config",
                                      "config.json", "--threads", "1",  "--quiet"};
    words.insert(words.end(), more.begin(), more.end());
    return say(words);
  }
  Folder folder;
};

std::string reverse_kl() { return R"(, "phases": [{"loss": "forward_kl", "steps": 5}, {"loss": "reverse_kl"}])"; }

}  // namespace

TEST_CASE("wrong names are named, with the way out, before any work") {
  const Shop shop;
  for (const char* command : {"check", "train"}) {
    const Outcome outcome = shop.say({command, "model.hbm", "--latents", "mu,thet"});
    CHECK(outcome.status == 2);
    CHECK(outcome.err == "error: --latents: the model has no latent 'thet'; did you mean 'theta'?\n");
    CHECK(outcome.out.empty());
  }
  CHECK(shop.say({"check", "model.hbm", "--latents", ""}).err ==
        "error: --latents: expected names of latents separated by commas, found an empty one\n");
  write_file(shop.folder / "config.json", R"({"latents": ["mu", "x"]})");
  CHECK(shop.say({"check", "model.hbm", "--config", "config.json"}).err ==
        "error: config.json: latents: 'x' is an observed variable, expected the name of a latent\n");
}

TEST_CASE("check shows what is left out") {
  const Shop shop;
  const Outcome text = shop.say({"check", "model.hbm", "--latents", "theta"});
  CHECK(text.status == 0);
  CHECK(text.out.find("left out, marginalised by simulation: mu\n") != std::string::npos);
  CHECK(text.out.find("E_1, E_2") != std::string::npos);
  const json plan = json::parse(shop.say({"check", "model.hbm", "--latents", "theta", "--json"}).out)["plan"];
  CHECK(plan["left_out"] == json({"mu"}));
  REQUIRE(plan["estimators"].size() == 1);
  CHECK(plan["estimators"][0]["latent"] == "theta");
  CHECK(plan["estimators"][0]["encodings"] == json({1, 2}));
}

TEST_CASE("losses and fits that need the density of all latents are refused") {
  const Shop shop(reverse_kl());
  Outcome outcome = shop.train({"--latents", "mu"});
  CHECK(outcome.status == 2);
  CHECK(outcome.err ==
        "error: config.json: training.phases: a subset of the latents is learned from simulated ones (forward KL); "
        "other losses need the density of all: expected forward_kl alone\n");
  const Shop plain;
  REQUIRE(plain.say({"simulate", "model.hbm", "-o", "data.h5", "-n", "1"}).status == 0);
  outcome = plain.train({"--latents", "mu", "--fit", "data.h5"});
  CHECK(outcome.status == 2);
  CHECK(outcome.err ==
        "error: --fit: a subset of the latents is learned from simulated ones (forward KL), which the data set of "
        "--fit lacks\n");
}

TEST_CASE("a subset from training to summary" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Shop shop;
  Outcome outcome = shop.train({"--latents", "mu"});
  REQUIRE_MESSAGE(outcome.status == 0, outcome.err);
  CHECK(outcome.out.find("validation log q of true latents") != std::string::npos);
  const Artifact metadata = ArtifactReader(shop.folder / "model.adavi").metadata();
  CHECK(json::parse(metadata.configuration)["latents"] == json({"mu"}));

  REQUIRE(shop.say({"simulate", "model.hbm", "-o", "data.h5", "-n", "3"}).status == 0);
  outcome = shop.say({"infer", "model.adavi", "data.h5", "-o", "posterior.nc", "--draws", "500"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out == "wrote posterior.nc: 500 draws for each of 3 data sets\n");
  const h5::InputFile file(shop.folder / "posterior.nc");
  CHECK(file.attribute("/posterior", "variables") == "mu");
  CHECK(file.node("/posterior/theta") == h5::Node::none);
  for (const char* name : {"log_q", "prior_predictive_p"})
    CHECK(file.node(std::string("/sample_stats/") + name) == h5::Node::dataset);
  for (const char* name : {"lp", "log_prior", "log_likelihood", "log_weight", "k_hat", "resampled"})
    CHECK(file.node(std::string("/sample_stats/") + name) == h5::Node::none);

  outcome = shop.say({"summary", "posterior.nc"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err.empty());
  CHECK(outcome.out.find("k-hat") == std::string::npos);
  const json summary = json::parse(shop.say({"summary", "posterior.nc", "--json"}).out);
  REQUIRE(summary["datasets"][0]["variables"].size() == 1);
  CHECK_FALSE(summary["datasets"][0].contains("k_hat"));
  // mu given the groups' means: precision 1 + 3 / (0.25 + 0.04).
  CHECK(summary["datasets"][0]["variables"][0]["sd"].get<double>() ==
        doctest::Approx(1 / std::sqrt(1 + 3 / 0.29)).epsilon(0.1));
}

TEST_CASE("scores of a subset, and what is not to be had" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Shop shop;
  REQUIRE(shop.train({"--latents", "mu"}).status == 0);
  REQUIRE(shop.say({"simulate", "model.hbm", "-o", "data.h5", "-n", "2"}).status == 0);
  const json scores = json::parse(shop.say({"evaluate", "model.adavi", "-n", "200", "--json"}).out);
  // Minus the entropy of the exact posterior, and a standard error of 0.05.
  const double entropy = 0.5 * std::log(2 * M_PI * M_E / (1 + 3 / 0.29));
  CHECK(std::abs(scores["log_q_at_truth"]["mean"].get<double>() + entropy) < 0.2);
  CHECK(scores["datasets"].size() == 200);
  CHECK_FALSE(scores.contains("elbo"));
  const Outcome text = shop.say({"evaluate", "model.adavi", "-n", "20"});
  CHECK(text.status == 0);
  CHECK(text.out.find("log q of the true latents") != std::string::npos);

  const json ranks = json::parse(shop.say({"calibrate", "model.adavi", "-n", "200", "--json"}).out);
  REQUIRE(ranks["latents"].size() == 1);
  CHECK(ranks["latents"][0]["name"] == "mu");

  const std::string lacks = " needs all latents, and model.adavi infers mu alone\n";
  const auto refused = [&](const std::vector<std::string>& words) {
    const Outcome outcome = shop.say(words);
    CHECK(outcome.status == 2);
    return outcome.err;
  };
  CHECK(refused({"infer", "model.adavi", "data.h5", "--resample"}) == "error: --resample" + lacks);
  CHECK(refused({"infer", "model.adavi", "data.h5", "--refine", "5"}) == "error: --refine" + lacks);
  CHECK(refused({"calibrate", "model.adavi", "--resample"}) == "error: --resample" + lacks);
  CHECK(refused({"evaluate", "model.adavi", "--refine", "5"}) == "error: --refine" + lacks);
  CHECK(refused({"evaluate", "model.adavi", "data.h5"}) ==
        "error: DATA: the ELBO of data without true latents" + lacks);
}
