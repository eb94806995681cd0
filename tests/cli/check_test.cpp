// `adavi check` on the binary.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace adavi::testing;
using nlohmann::json;

namespace {

const std::string gre = source_file("models/gre.hbm");

json check_json(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "check");
  arguments.emplace_back("--json");
  const Outcome outcome = run(arguments);
  CHECK(outcome.status == 0);
  CHECK(outcome.err == "");
  return json::parse(outcome.out);
}

}  // namespace

TEST_CASE("check prints the descriptors of GRE as the paper lists them (C.4)") {
  const Outcome outcome = run({"check", gre});
  CHECK(outcome.status == 0);
  CHECK(outcome.err == "");
  const std::string expected =
      "V     = {mu, mu_g, x}\n"
      "P     = {P0: obs, P1: group}\n"
      "Card  = {P0 -> 50, P1 -> 3}\n"
      "Hier  = {mu -> 2, mu_g -> 1, x -> 0}\n"
      "Shape = {mu -> (2,), mu_g -> (2,), x -> (2,)}\n"
      "Link  = {mu -> Identity, mu_g -> Identity, x -> Identity}\n";
  CHECK(outcome.out.substr(0, expected.size()) == expected);
}

TEST_CASE("check --json is one document with the same content") {
  const json document = check_json({gre});
  CHECK(document["valid"] == true);
  CHECK(document["diagnostics"] == json::array());
  const json& descriptors = document["descriptors"];
  CHECK(descriptors["V"] == json({"mu", "mu_g", "x"}));
  CHECK(descriptors["Card"] == json({{"P0", 50}, {"P1", 3}}));
  CHECK(descriptors["Hier"] == json({{"mu", 2}, {"mu_g", 1}, {"x", 0}}));
  CHECK(descriptors["Shape"] == json({{"mu", {2}}, {"mu_g", {2}}, {"x", {2}}}));
  CHECK(descriptors["Link"]["mu"] == "Identity");
  CHECK(document["variables"][1]["parents"] == json({"mu"}));
  CHECK(document["variables"][1]["posterior_given"] == json({"mu"}));
  std::int64_t weights = 0;
  for (const json& level : document["plan"]["encoder"]) weights += level["weights"].get<std::int64_t>();
  for (const json& estimator : document["plan"]["estimators"]) weights += estimator["weights"].get<std::int64_t>();
  CHECK(document["plan"]["weights"] == weights);
  CHECK(weights > 0);
}

TEST_CASE("the number of weights does not change with the cardinalities") {
  const json weights = check_json({gre})["plan"]["weights"];
  CHECK(check_json({gre, "--set", "G=30"})["plan"]["weights"] == weights);
  CHECK(check_json({gre, "--set", "G=300", "--set", "N=7"})["plan"]["weights"] == weights);
  CHECK(check_json({gre, "--set", "D=3"})["plan"]["weights"] != weights);
}

TEST_CASE("--config gives the plan of that configuration") {
  const std::string config = source_file("models/gre_paper.json");
  const json paper = check_json({gre, "--config", config})["plan"], own = check_json({gre})["plan"];
  CHECK(paper["family"] == "mean field");
  CHECK(paper["encoder"][0]["blocks"] == 2);
  CHECK(paper["encoder"][0]["moments"] == false);
  CHECK(paper["estimators"][0]["flow"] == "MAF");
  CHECK(paper["estimators"][0]["flow_hidden"] == json({32, 32, 32}));
  CHECK(paper["weights"] != own["weights"]);
  const std::string title = "Dual network (mean field): " + paper["weights"].dump() + " weights\n";
  CHECK(run({"check", gre, "--config", config}).out.find(title) != std::string::npos);
}

TEST_CASE("a wrong --config is refused before the model is looked at") {
  const Folder folder;
  write_file(folder / "wrong.json", R"({"family": "structural"})");
  for (const char* json : {"--json", "--quiet"}) {
    const Outcome outcome = run({"check", gre, "--config", folder / "wrong.json", json});
    CHECK(outcome.status == 2);
    CHECK(outcome.out == "");
    CHECK(outcome.err.find("wrong.json: family: ") != std::string::npos);
    CHECK(outcome.err.find("did you mean 'structured'?") != std::string::npos);
  }
  CHECK(run({"check", gre, "--config", folder / "missing.json"}).status == 2);
}

TEST_CASE("constants come from --set, from JSON, and --set goes first") {
  const Folder folder;
  write_file(folder / "constants.json", R"({"G": 7, "N": 9})");
  const json card = check_json({gre, "--data", folder / "constants.json", "--set", "N=4"})["descriptors"]["Card"];
  CHECK(card == json({{"P0", 4}, {"P1", 7}}));
}

TEST_CASE("errors in the model: all of them on stderr, status 3, nothing on stdout") {
  const Folder folder;
  write_file(folder / "bad.hbm",
             "model {\n  real mu ~ nromal(0, 1);\n  plate obs[3] {\n"
             "    observed real x ~ normal(my, 1);\n  }\n}\n");
  const Outcome outcome = run({"check", folder / "bad.hbm"});
  CHECK(outcome.status == 3);
  CHECK(outcome.out == "");
  CHECK(outcome.err.find("bad.hbm:2:13: error: ") != std::string::npos);
  CHECK(outcome.err.find("bad.hbm:4:30: error: ") != std::string::npos);
  CHECK(outcome.err.find("error: 2 errors in " + (folder / "bad.hbm") + "\n") != std::string::npos);
}

TEST_CASE("check --json gives errors as data") {
  const Folder folder;
  write_file(folder / "bad.hbm", "model {\n  plate obs[3] {\n    observed real x ~ normal(my, 1);\n  }\n}\n");
  const Outcome outcome = run({"check", "--json", folder / "bad.hbm"});
  CHECK(outcome.status == 3);
  CHECK(outcome.err == "");
  const json document = json::parse(outcome.out);
  CHECK(document["valid"] == false);
  CHECK(document["diagnostics"][0]["severity"] == "error");
  CHECK(document["diagnostics"][0]["span"]["begin"] == json({{"line", 3}, {"column", 30}}));
}

TEST_CASE("warnings go to stderr, and --quiet silences them") {
  const Folder folder;
  write_file(folder / "warned.hbm",
             "data {\n  real unused = 1;\n}\nmodel {\n  real mu ~ normal(0, 1);\n"
             "  plate obs[3] {\n    observed real x ~ normal(mu, 1);\n  }\n}\n");
  const Outcome loud = run({"check", folder / "warned.hbm"});
  CHECK(loud.status == 0);
  CHECK(loud.err.find("warned.hbm:2:8: warning: ") != std::string::npos);
  const Outcome quiet = run({"check", folder / "warned.hbm", "--quiet"});
  CHECK(quiet.err == "");
  CHECK(quiet.out == loud.out);
}

TEST_CASE("a model file that cannot be read") {
  const Folder folder;
  write_file(folder / "empty.hbm", "");
  write_file(folder / "large.hbm", std::string((1 << 20) + 1, ' '));
  write_file(folder / "binary.hbm", std::string("\x89HDF\r\n\x1a\n\0\0\0\xff", 12));
  const auto message = [&](const std::string& name) {
    const Outcome outcome = run({"check", folder / name});
    CHECK(outcome.status == 3);
    CHECK(outcome.out == "");
    return replaced(outcome.err, folder / "", "");
  };
  CHECK(message("missing.hbm") == "error: missing.hbm: no such file\n");
  CHECK(message("") == "error: : is a directory, expected a file\n");
  CHECK(message("empty.hbm") == "error: empty.hbm: the file is empty\n");
  CHECK(message("large.hbm") == "error: large.hbm: is 1048577 bytes long, more than the 1048576 that are read\n");
  CHECK(message("binary.hbm").find("binary.hbm:1:1: error: ") == 0);
}
