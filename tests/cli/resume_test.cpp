// `adavi train --resume` refuses what it cannot continue, before the engine is loaded.
#include <doctest/doctest.h>

#include "io/artifact.hpp"
#include "io/configuration.hpp"
#include "program.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

const std::string nc = source_file("models/nc.hbm");

std::string resume(const Artifact* checkpoint, int status) {
  const Folder folder;
  if (checkpoint != nullptr) write_artifact(folder / "nc.adavi.ckpt", *checkpoint);
  const Outcome outcome = run({"train", nc, "-o", folder / "nc.adavi", "--resume"});
  CHECK(outcome.status == status);
  CHECK(outcome.out == "");
  return replaced(outcome.err, folder / "", "");
}

Artifact checkpoint() {
  Artifact artifact;
  artifact.kind = "checkpoint";
  artifact.model_name = nc;
  artifact.model = read_file(nc);
  artifact.constants = artifact.environment = artifact.state = "{}";
  artifact.configuration = configuration_json({});
  artifact.history = "[]";
  return artifact;
}

const std::string anew = "\n  help: train without --resume to start anew\n";

}  // namespace

TEST_CASE("nothing to resume") {
  CHECK(resume(nullptr, 2) == "error: there is nothing to resume: nc.adavi.ckpt does not exist\n");
}

TEST_CASE("the checkpoint of something else") {
  Artifact other = checkpoint();
  other.model += "// changed\n";
  CHECK(resume(&other, 4) == "error: nc.adavi.ckpt: is the checkpoint of another model" + anew);
  other = checkpoint();
  other.constants = R"({"N":20})";
  CHECK(resume(&other, 4) == "error: nc.adavi.ckpt: is the checkpoint of other constants: {\"N\":20}" + anew);
  other = checkpoint();
  Configuration small;
  small.architecture.embedding = 4;
  other.configuration = configuration_json(small);
  CHECK(resume(&other, 4) == "error: nc.adavi.ckpt: is the checkpoint of another configuration" + anew);
  other = checkpoint();
  other.seed = 5;
  CHECK(resume(&other, 4) == "error: nc.adavi.ckpt: is the checkpoint of another seed: 5" + anew);
  other = checkpoint();
  other.kind = "model";
  CHECK(resume(&other, 4) == "error: nc.adavi.ckpt: is no checkpoint\n");
}

TEST_CASE("an output that cannot be written is found before training") {
  const Folder folder;
  const Outcome nowhere = run({"train", nc, "-o", folder / "none/nc.adavi"});
  CHECK(nowhere.status == 1);
  CHECK(nowhere.err.find("error: ") == 0);
  const Outcome device = run({"train", nc, "-o", "/dev/full"});
  CHECK(device.status == 1);
  write_file(folder / "nc.hbm", read_file(nc));
  const Outcome same = run({"train", folder / "nc.hbm", "-o", folder / "nc.hbm"});
  CHECK(same.status == 2);
  CHECK(read_file(folder / "nc.hbm") == read_file(nc));
}

TEST_CASE("a configuration that is wrong") {
  const Folder folder;
  write_file(folder / "config.json", R"({"training": {"bacth": 3}})");
  const Outcome outcome = run({"train", nc, "-o", folder / "nc.adavi", "--config", folder / "config.json"});
  CHECK(outcome.status == 2);
  CHECK(outcome.err.find("did you mean 'batch'?") != std::string::npos);
}
