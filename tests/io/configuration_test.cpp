#include "io/configuration.hpp"

#include <nlohmann/json.hpp>

#include "fixtures.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

std::string message_for(const std::string& text) {
  return failure(TemporaryFolder(), [&] { parse_configuration(text, "c.json"); });
}

}  // namespace

TEST_CASE("an empty configuration is the defaults") {
  CHECK(configuration_json(parse_configuration("{}", "c.json")) == configuration_json({}));
}

TEST_CASE("every field is read and written back") {
  const std::string text = R"({
    "$schema": "x", "comment": "the paper's setting", "family": "mean_field",
    "encoder": {"attention": "sab", "embedding": 12, "heads": 3, "inducing": 5, "blocks": 2, "moments": false,
                "message_steps": 4, "free": true},
    "estimator": {"trunk": [], "affine": "diagonal", "flow": "maf", "flow_hidden": [7, 9],
                  "spline_bins": 6, "scoring_steps": 5, "exact": false, "comment": "small"},
    "training": {"phases": [{"loss": "map", "steps": 10}, {"loss": "unregularized_elbo", "steps": 20},
                            {"loss": "forward_kl", "steps": 30}, {"loss": "reverse_kl"}],
      "batch": 32, "reuse": 3, "draws": 16, "learning_rate": 0.001, "schedule": false, "clip_norm": 0, "path_gradient": false,
      "warm_start": false, "warm_start_sets": 100, "simulations": 20000, "missing": 0.25,
      "validation_sets": 11,
      "validation_draws": 12, "check_every": 13, "max_steps": 14, "time_limit": 15.5}})";
  const Configuration found = parse_configuration(text, "c.json");
  CHECK(found.architecture.family == Family::mean_field);
  CHECK(found.architecture.attention == Attention::sab);
  CHECK(found.architecture.message_steps == 4);
  CHECK(found.architecture.free);
  CHECK(found.architecture.embedding == 12);
  CHECK(found.architecture.heads == 3);
  CHECK(found.architecture.inducing == 5);
  CHECK(found.architecture.blocks == 2);
  CHECK_FALSE(found.architecture.moments);
  CHECK(found.architecture.trunk.empty());
  CHECK(found.architecture.affine == AffineScale::diagonal);
  CHECK(found.architecture.flow == FlowKind::maf);
  CHECK(found.architecture.flow_hidden == std::vector<std::int64_t>{7, 9});
  CHECK(found.architecture.spline_bins == 6);
  CHECK(found.architecture.scoring_steps == 5);
  CHECK_FALSE(found.architecture.exact);
  REQUIRE(found.training.phases.size() == 4);
  CHECK(found.training.phases[0].loss == Loss::map);
  CHECK(found.training.phases[1].loss == Loss::unregularized_elbo);
  CHECK(found.training.phases[2].steps == 30);
  CHECK(found.training.phases[3].steps == 0);
  CHECK(found.training.batch == 32);
  CHECK(found.training.draws == 16);
  CHECK(found.training.learning_rate == 0.001);
  CHECK_FALSE(found.training.schedule);
  CHECK(found.training.clip_norm == 0);
  CHECK_FALSE(found.training.path_gradient);
  CHECK_FALSE(found.training.warm_start);
  CHECK(found.training.warm_start_sets == 100);
  CHECK(found.training.simulations == 20000);
  CHECK(found.training.missing == 0.25);
  CHECK(found.training.reuse == 3);
  CHECK(found.training.validation_sets == 11);
  CHECK(found.training.validation_draws == 12);
  CHECK(found.training.check_every == 13);
  CHECK(found.training.max_steps == 14);
  CHECK(found.training.time_limit == 15.5);

  const auto written = nlohmann::json::parse(configuration_json(found));
  auto given = nlohmann::json::parse(text);
  given.erase("$schema"), given.erase("comment"), given["estimator"].erase("comment");
  given["training"]["phases"][3]["steps"] = 0;
  CHECK(written == given);
}

TEST_CASE("every choice is written as it is read") {
  for (const char* flow : {"none", "maf", "iaf", "spline", "coupling"}) {
    const std::string text = std::string("{\"estimator\": {\"flow\": \"") + flow + "\"}}";
    const auto written = nlohmann::json::parse(configuration_json(parse_configuration(text, "c.json")));
    CHECK(written["estimator"]["flow"] == flow);
  }
}

TEST_CASE("a subset of the latents is kept, and phases left to their default stay so") {
  const auto found = parse_configuration(R"({"latents": ["mu", "tau"]})", "c.json");
  CHECK(found.architecture.latents == std::vector<std::string>{"mu", "tau"});
  CHECK(found.training.phases.empty());
  const auto again = parse_configuration(configuration_json(found), "c.json");
  CHECK(again.architecture.latents == found.architecture.latents);
  CHECK(again.training.phases.empty());
  CHECK(message_for(R"({"latents": []})") == "2: c.json: latents: expected a list of one name or more, found a list");
  CHECK(message_for(R"({"latents": "mu"})") == "2: c.json: latents: expected a list of one name or more, found 'mu'");
  CHECK(message_for(R"({"latents": ["mu", 3]})") ==
        "2: c.json: latents: expected a list of one name or more, found a list");
}

TEST_CASE("mistakes are named by their key") {
  CHECK(message_for("{\"famly\": \"structured\"}") == "2: c.json: famly: unknown key; did you mean 'family'?");
  CHECK(message_for("{\"zebra\": 1}") == "2: c.json: zebra: unknown key");
  CHECK(message_for("{\"family\": \"mean-field\"}") ==
        "2: c.json: family: expected one of 'structured', 'mean_field', 'total', found 'mean-field'; did you mean "
        "'mean_field'?");
  CHECK(message_for("{\"training\": {\"batchs\": 3}}") ==
        "2: c.json: training.batchs: unknown key; did you mean 'batch'?");
  CHECK(message_for("{\"training\": {\"batch\": \"3\"}}") ==
        "2: c.json: training.batch: expected an integer in [0, 1048576], found '3'");
  CHECK(message_for("{\"training\": {\"batch\": -1}}") ==
        "2: c.json: training.batch: expected an integer in [0, 1048576], found -1");
  CHECK(message_for("{\"training\": {\"batch\": 2.5}}") ==
        "2: c.json: training.batch: expected an integer in [0, 1048576], found 2.5");
  CHECK(message_for("{\"training\": {\"learning_rate\": -1}}") ==
        "2: c.json: training.learning_rate: expected a number in [0, 10], found -1");
  CHECK(message_for("{\"training\": {\"schedule\": 1}}") ==
        "2: c.json: training.schedule: expected true or false, found 1");
  CHECK(message_for("{\"training\": {\"phases\": []}}") ==
        "2: c.json: training.phases: expected a list of 1 to 64 objects, found a list");
  CHECK(message_for("{\"training\": {\"phases\": [{\"loss\": \"map\"}, 3]}}") ==
        "2: c.json: training.phases[1]: expected an object, found 3");
  CHECK(message_for("{\"estimator\": {\"trunk\": 32}}") ==
        "2: c.json: estimator.trunk: expected a list of at most 64 integers, found 32");
  CHECK(message_for("{\"encoder\": {\"embedding\": 9, \"heads\": 2}}") ==
        "2: c.json: encoder: embedding (9) must be a multiple of heads (2)");
  CHECK(message_for("{\"encoder\": {\"attention\": \"none\", \"moments\": false}}") ==
        "2: c.json: encoder: without attention, moments must be on");
  CHECK(message_for("[]") == "2: c.json: expected an object, found a list");
  const TemporaryFolder folder;
  CHECK(failure(folder, [&] { read_configuration(folder / "none.json"); }) == "2: none.json: no such file");
}
