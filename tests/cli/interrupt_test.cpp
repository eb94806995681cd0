// Training that is interrupted, and goes on.
#include <chrono>
#include <thread>

#include "engine_fixture.hpp"

using namespace adavi::testing;

namespace {

constexpr int steps = 500;

/// Waits until the steps have begun; false if that takes a minute.
bool wait_for_steps(const Running& training) {
  for (int waits = 0; waits < 3000; ++waits) {
    if (training.err().find("reverse KL") != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return false;
}

std::vector<std::string> loud(std::vector<std::string> words) {
  words.pop_back();  // --quiet
  return words;
}

}  // namespace

TEST_CASE("an interrupted training resumes to the bytes of an uninterrupted one" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const Workshop work(steps, /*exact=*/false);
    work.train("whole.adavi");
    Running training = start_adavi(loud(work.train_words("parts.adavi")));
    REQUIRE(wait_for_steps(training));
    training.send(signal);
    const Outcome stopped = training.wait();
    CHECK(stopped.status == 130);
    CHECK(stopped.out == "");
    const std::string command = "adavi train " + (work / "model.hbm") + " -o " + (work / "parts.adavi") + " --config " +
                                (work / "config.json") + " --threads 1 --resume\n";
    CHECK(stopped.err.find("the state is in " + (work / "parts.adavi.ckpt") + "\n  to continue: " + command) !=
          std::string::npos);
    CHECK_FALSE(std::filesystem::exists(work / "parts.adavi"));

    auto words = work.train_words("parts.adavi");
    words.emplace_back("--resume");
    const Outcome resumed = run(words);
    REQUIRE_MESSAGE(resumed.status == 0, resumed.err);
    CHECK(read_file(work / "parts.adavi") == read_file(work / "whole.adavi"));
    CHECK_FALSE(std::filesystem::exists(work / "parts.adavi.ckpt"));
  }
}

TEST_CASE("a second signal stops at once, and leaves no result" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work(steps, /*exact=*/false);
  Running training = start_adavi(loud(work.train_words("model.adavi")));
  REQUIRE(wait_for_steps(training));
  training.send(SIGINT);
  training.send(SIGTERM);
  CHECK(training.wait().status == 130);
  CHECK_FALSE(std::filesystem::exists(work / "model.adavi"));
}

TEST_CASE("starting anew over a checkpoint is warned of" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work;
  write_file(work / "model.adavi.ckpt", "left over");
  const Outcome outcome = run(loud(work.train_words("model.adavi")));
  CHECK(outcome.status == 0);
  CHECK(outcome.err.find("warning: " + (work / "model.adavi.ckpt") +
                         " of an interrupted training will be replaced; --resume would continue it\n") == 0);
}
