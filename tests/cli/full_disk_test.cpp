// Outputs that find no room: status 1, the reason, and nothing left behind. A limit on the size of files stands for the
// full disk, as it works for every user.
#include "engine_fixture.hpp"

using namespace adavi::testing;

namespace {

/// Runs a command whose files may not grow beyond 4 KiB.
Outcome limited(const std::string& arguments) { return shell("ulimit -f 8; \"$ADAVI\" " + arguments); }

}  // namespace

TEST_CASE("simulate, train and infer without room for the output" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work;
  work.simulate("data.h5", "20");
  work.train();
  const std::size_t files = work.folder.files();
  const std::vector<std::string> commands = {
      "simulate " + (work / "model.hbm") + " -n 1000 -o " + (work / "more.h5"),
      "infer " + (work / "model.adavi") + " " + (work / "data.h5") + " -o " + (work / "p.nc"),
      "train " + (work / "model.hbm") + " --quiet --config " + (work / "config.json") + " -o " + (work / "t.adavi")};
  for (const std::string& command : commands) {
    CAPTURE(command);
    const Outcome outcome = limited(command);
    CHECK(outcome.status == 1);
    CHECK(outcome.out == "");
    CHECK(outcome.err.find("error: " + (work / "")) != std::string::npos);
    CHECK(outcome.err.find("File too large") != std::string::npos);
    CHECK(work.folder.files() == files);
  }
}

TEST_CASE("an output that is there stays as it was when its replacement fails" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work;
  work.simulate("data.h5", "2");
  const std::string before = read_file(work / "data.h5");
  CHECK(limited("simulate " + (work / "model.hbm") + " -n 1000 -o " + (work / "data.h5")).status == 1);
  CHECK(read_file(work / "data.h5") == before);
}
