// A model of models/ does what its header says: the commands there, with a network and a training that are small, give
// finite results. ADAVI_MODEL names the model; without it all take their turn.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/program.hpp"
#include "io/data_sets.hpp"
#include "io/posterior_reader.hpp"
#include "semantics/analyze.hpp"
#include "semantics/models.hpp"

using namespace adavi;
using namespace adavi::testing;
using nlohmann::json;

namespace {

const char* const small_training = R"({
  "encoder": {"embedding": 4, "heads": 2, "inducing": 4},
  "estimator": {"trunk": [16], "flow_hidden": [8], "spline_bins": 4},
  "training": {"phases": [{"loss": "reverse_kl", "steps": 6}], "batch": 4, "draws": 2, "warm_start_sets": 64,
               "validation_sets": 8, "validation_draws": 4, "check_every": 3}})";

std::vector<std::string> names() {
  if (const char* one = std::getenv("ADAVI_MODEL")) return {one};
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(source_file("models")))
    if (entry.path().extension() == ".hbm") found.push_back(entry.path().stem().string());
  std::sort(found.begin(), found.end());
  return found;
}

/// The lines of a model's first comment, without their slashes.
std::vector<std::string> header(const std::string& name) {
  std::istringstream text(read_file(source_file("models/" + name + ".hbm")));
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line) && line.rfind("//", 0) == 0;) lines.push_back(line.substr(2));
  return lines;
}

/// The commands of the header by their subcommand: the words after `adavi`.
std::map<std::string, std::string> commands(const std::string& name) {
  std::map<std::string, std::string> found;
  for (const std::string& line : header(name)) {
    if (line.rfind("   adavi ", 0) != 0) continue;
    const std::string words = line.substr(9);
    found[words.substr(0, words.find(' '))] = words;
  }
  return found;
}

/// A folder where the headers' relative names mean what they say.
struct Workplace {
  Workplace() {
    std::filesystem::create_directory_symlink(source_file("models"), folder / "models");
    write_file(folder / "small.json", small_training);
  }
  /// Runs a command of a header with further options.
  Outcome run(const std::string& words, const std::string& options) const {
    Outcome outcome = shell("cd '" + folder / "" + "' && \"$ADAVI\" " + words + " " + options);
    CHECK_MESSAGE(outcome.status == 0, words, "\n", outcome.err);
    return outcome;
  }
  /// The word of a command that ends in `ending`.
  std::string file(const std::string& words, const std::string& ending) const {
    std::istringstream stream(words);
    for (std::string word; stream >> word;)
      if (word.size() > ending.size() && word.substr(word.size() - ending.size()) == ending) return folder / word;
    return "";
  }

  Folder folder;
};

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

/// Constants that a command sets.
ConstantOverrides settings(const std::string& words) {
  ConstantOverrides overrides;
  std::istringstream stream(words);
  for (std::string word; stream >> word;) {
    if (word != "--set" || !(stream >> word)) continue;
    const auto equals = word.find('=');
    const std::string value = word.substr(equals + 1);
    const bool integer = value.find_first_not_of("0123456789") == std::string::npos;
    overrides[word.substr(0, equals)] = ConstantValue{{}, {std::stod(value)}, integer, ""};
  }
  return overrides;
}

void check_simulated(const std::string& name, const std::string& words, const std::string& path) {
  const Analysed analysed = analyse(model_text(name + ".hbm"), settings(words));
  REQUIRE(analysed.model);
  const DataSets data(path, *analysed.model);
  CHECK(data.size() == 4);
  for (const auto& [variable, values] : data.read(0, data.size())) {
    CAPTURE(variable);
    CHECK(all_finite(values.values));
    CHECK(std::all_of(values.values.begin(), values.values.end(), [](double x) { return std::abs(x) < 1e5; }));
  }
}

void check_posterior(const std::string& path) {
  const PosteriorReader posterior(path);
  CHECK(posterior.draws() == 20);
  CHECK(posterior.data_sets().size() == 4);
  for (const PosteriorVariable& variable : posterior.variables()) {
    CAPTURE(variable.name);
    for (int set = 0; set < 4; ++set) CHECK(all_finite(posterior.read(variable.name, set).values));
  }
}

void check_scores(const std::string& text) {
  const json scores = json::parse(text);
  CHECK(scores["datasets"].size() == 4);
  CHECK(std::isfinite(scores["elbo"]["mean"].get<double>()));
  for (const json& set : scores["datasets"]) CHECK(std::isfinite(set["log_evidence_is"].get<double>()));
}

}  // namespace

TEST_CASE("a model's header says what it is, and its commands work") {
  for (const std::string& name : names()) {
    CAPTURE(name);
    CHECK(header(name).size() >= 4);
    const Outcome checked = run({"check", source_file("models/" + name + ".hbm")});
    CHECK(checked.status == 0);
    CHECK(checked.err == "");

    auto command = commands(name);
    for (const char* needed : {"train", "simulate", "infer"}) REQUIRE(command.count(needed) == 1);
    if (!ADAVI_HAS_ENGINE) continue;
    const Workplace work;
    const Outcome trained = work.run(command["train"], "--config small.json --threads 1 --quiet");
    CHECK(trained.out.find("skipped") == std::string::npos);
    work.run(command["simulate"], "--threads 1");
    const std::string data = work.file(command["simulate"], ".h5");
    check_simulated(name, command["simulate"], data);
    work.run(command["infer"], "--draws 20 --threads 1 --quiet");
    check_posterior(work.file(command["infer"], ".nc"));
    const std::string trained_model = work.file(command["train"], ".adavi");
    check_scores(work.run("evaluate " + trained_model + " " + data, "--draws 20 --threads 1 --json").out);
  }
}
