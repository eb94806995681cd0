#include "running/command.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "diagnostics/failure.hpp"
#include "running/adavi_runs.hpp"

using namespace adavi;

namespace {

std::string failure(const std::vector<std::string>& words) {
  try {
    run_command(words);
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "";
}

}  // namespace

TEST_CASE("what a command writes comes back whole") {
  CHECK(run_command({"echo", "two words"}).out == "two words\n");
  CHECK(run_command({"sh", "-c", "head -c 300000 /dev/zero"}).out.size() == 300000);
}

TEST_CASE("time of the processor is not time of the clock") {
  const CommandResult sleeping = run_command({"sleep", "0.3"});
  CHECK(sleeping.wall_seconds >= 0.3);
  CHECK(sleeping.cpu_seconds < 0.2);
  const CommandResult working = run_command({"sh", "-c", "i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done"});
  CHECK(working.cpu_seconds > 0.02);
  CHECK(working.peak_mib > 0.5);
}

TEST_CASE("a command that fails is a failure that names it") {
  CHECK(failure({"sh", "-c", "exit 3"}) == "this command failed: sh -c 'exit 3'");
  CHECK(failure({"/nowhere/adavi"}) == "this command failed: /nowhere/adavi");
}

TEST_CASE("a work folder goes with its files") {
  std::string path;
  {
    const WorkFolder folder;
    path = folder / "file";
    std::ofstream(path) << "text";
    CHECK(std::ifstream(path).good());
  }
  CHECK(!std::ifstream(path).good());
}

TEST_CASE("a model is a path or a name in models/") {
  CHECK(model_path("gre") == ADAVI_SOURCE_DIR "/models/gre.hbm");
  CHECK(model_path(ADAVI_SOURCE_DIR "/models/nc.hbm") == ADAVI_SOURCE_DIR "/models/nc.hbm");
  CHECK_THROWS_AS(model_path("no_such_model"), Failure);
}
