// Trained models that do not fit, as `infer` and `evaluate` refuse them.
#include "io/artifact.hpp"

#include <doctest/doctest.h>

#include <functional>

#include "program.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const std::string small_model =
    "model {\n  real mu ~ normal(0, 1);\n  plate obs[3] {\n    observed real x ~ normal(mu, 1);\n  }\n}\n";

Artifact small_artifact() {
  Artifact artifact;
  artifact.model_name = "small.hbm";
  artifact.model = small_model;
  artifact.constants = artifact.configuration = artifact.environment = "{}";
  artifact.history = "[]";
  artifact.tensors["weights"] = {{2}, {1, 2}};
  return artifact;
}

std::string evaluation_of(const std::function<void(const std::string& path)>& write) {
  const Folder folder;
  write(folder / "model.adavi");
  const Outcome outcome = run({"evaluate", folder / "model.adavi", "-n", "2", "--draws", "2"});
  CHECK(outcome.status == 4);
  CHECK(outcome.out == "");
  return replaced(outcome.err, folder / "", "");
}

std::string evaluation_of(const Artifact& artifact) {
  return evaluation_of([&](const std::string& path) { write_artifact(path, artifact); });
}

}  // namespace

TEST_CASE("files that are no trained model") {
  CHECK(evaluation_of([](const std::string&) {}) == "error: model.adavi: no such file\n");
  CHECK(evaluation_of([](const std::string& path) { write_file(path, ""); }) ==
        "error: model.adavi: the file is empty\n");
  CHECK(evaluation_of([](const std::string& path) { write_file(path, small_model); }).find("error: model.adavi: ") ==
        0);
  const std::string truncated = evaluation_of([](const std::string& path) {
    write_artifact(path, small_artifact());
    write_file(path, read_file(path).substr(0, read_file(path).size() - 4));
  });
  CHECK(truncated.find("error: model.adavi: ") == 0);
  const std::string damaged = evaluation_of([](const std::string& path) {
    write_artifact(path, small_artifact());
    write_file(path, replaced(read_file(path), "normal(mu, 1)", "normal(mu, 2)"));
  });
  CHECK(damaged == "error: model.adavi: is damaged: the header does not match its hash\n");
}

TEST_CASE("an artifact of a newer format is refused with a clear word") {
  const std::string said = evaluation_of([](const std::string& path) {
    write_artifact(path, small_artifact());
    write_file(path, replaced(read_file(path), R"("format_version":"1")", R"("format_version":"9")"));
  });
  CHECK(said.find("error: model.adavi: has format version 9; this adavi (" ADAVI_VERSION ") reads up to 1") == 0);
}

TEST_CASE("a checkpoint is no trained model") {
  Artifact checkpoint = small_artifact();
  checkpoint.kind = "checkpoint";
  CHECK(evaluation_of(checkpoint) ==
        "error: model.adavi: is the checkpoint of an unfinished training, not a trained model\n"
        "  help: continue it with 'adavi train ... --resume'\n");
}

TEST_CASE("an artifact whose model or configuration this version does not accept") {
  Artifact strange = small_artifact();
  strange.model = "model { real mu ~ hypernormal(0, 1); plate obs[3] { observed real x ~ normal(mu, 1); } }";
  const std::string said = evaluation_of(strange);
  CHECK(said.find("error: model.adavi: holds a model that adavi " ADAVI_VERSION " does not accept") == 0);
  CHECK(said.find("small.hbm:1:19: error: there is no distribution 'hypernormal'") != std::string::npos);
  Artifact configured = small_artifact();
  configured.configuration = R"({"layers": 3})";
  CHECK(evaluation_of(configured).find("error: model.adavi (configuration): ") == 0);
}

TEST_CASE("an artifact whose tensors are those of another model" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  CHECK(evaluation_of(small_artifact()).find("error: model.adavi: ") == 0);
}

TEST_CASE("data of another model is refused when the artifact is used") {
  const Folder folder;
  write_artifact(folder / "model.adavi", small_artifact());
  const Outcome outcome = run({"infer", folder / "model.adavi", folder / "model.adavi"});
  CHECK(outcome.status == 4);
  CHECK(outcome.err.find("model.adavi: ") != std::string::npos);
}
