// `adavi train --fit`: non-amortized training of one data set, and what becomes of others.
#include "engine_fixture.hpp"
#include "io/artifact.hpp"
#include "io/fitted_data.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

/// A command in the workshop's folder; what it says, without the folder's name.
struct Said {
  int status;
  std::string out, err;
};
Said say(const Workshop& work, const std::vector<std::string>& words) {
  const Outcome outcome = run(words);
  return {outcome.status, replaced(outcome.out, work / "", ""), replaced(outcome.err, work / "", "")};
}

Said train(const Workshop& work, const std::vector<std::string>& more) {
  auto words = work.train_words("model.adavi");
  words.insert(words.end(), more.begin(), more.end());
  return say(work, words);
}

void configure(const Workshop& work, const std::string& from, const std::string& to) {
  write_file(work / "config.json", replaced(read_file(work / "config.json"), from, to));
}

}  // namespace

TEST_CASE("which data set is fitted" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work;
  work.simulate("many.h5", "3");
  work.simulate("one.h5", "1");
  Said said = train(work, {"--fit", work / "many.h5"});
  CHECK(said.status == 2);
  CHECK(said.err ==
        "error: --fit many.h5: fits one data set, and the file holds 3\n  help: choose by --data-set one of '0', '1', "
        "'2'\n");
  said = train(work, {"--fit", work / "many.h5", "--data-set", "7"});
  CHECK(said.status == 2);
  CHECK(said.err == "error: --data-set 7: many.h5 holds '0', '1', '2'\n");
  CHECK(train(work, {"--data-set", "1"}).status == 2);
  CHECK(train(work, {"--fit", work / "none.h5"}).status == 4);
  CHECK(train(work, {"--fit", work / "one.h5"}).status == 0);
  const FittedData fitted = parse_fitted(ArtifactReader(work / "model.adavi").metadata().fitted, "test");
  CHECK(fitted.file == work / "one.h5");
  CHECK(fitted.name == "0");
}

TEST_CASE("other data than those fitted" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work;
  work.simulate("many.h5", "3");
  const std::string model = work / "model.adavi", data = work / "many.h5";
  REQUIRE(train(work, {"--fit", data, "--data-set", "1"}).status == 0);
  for (const char* command : {"infer", "evaluate"}) {
    const Said said = say(work, {command, model, data});
    CHECK(said.status == 0);
    CHECK(said.err.find("warning: model.adavi was fitted to data set '1' of many.h5 alone; many.h5 has others: '0', "
                        "'2', whose posteriors may be far off\n") == 0);
  }
  CHECK(say(work, {"evaluate", model}).err ==
        "error: model.adavi was fitted to data set '1' of many.h5 alone: give its file as DATA\n");
  const Said calibrated = say(work, {"calibrate", model});
  CHECK(calibrated.status == 4);
  CHECK(calibrated.err.find("calibration needs posteriors of simulated data sets") != std::string::npos);
}

TEST_CASE("without an encoder" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work;
  work.simulate("many.h5", "2");
  work.simulate("one.h5", "1", "9");
  configure(work, "{\"estimator\": {\"trunk\": [8]", "{\"encoder\": {\"free\": true}, \"estimator\": {\"trunk\": []");
  Said said = train(work, {});
  CHECK(said.status == 2);
  CHECK(said.err == "error: config.json: encoder.free: without an encoder only one data set can be fitted (--fit)\n");
  REQUIRE(train(work, {"--fit", work / "one.h5"}).status == 0);
  CHECK(say(work, {"infer", work / "model.adavi", work / "one.h5"}).status == 0);
  said = say(work, {"infer", work / "model.adavi", work / "many.h5"});
  CHECK(said.status == 4);
  CHECK(said.err ==
        "error: model.adavi was fitted to data set '0' of one.h5 alone, without an encoder; many.h5 has others: '0', "
        "'1'\n");
}

TEST_CASE("a loss that needs simulated latents" * doctest::skip(!ADAVI_HAS_ENGINE)) {
  const Workshop work;
  work.simulate("one.h5", "1");
  configure(work, "reverse_kl", "forward_kl");
  const Said said = train(work, {"--fit", work / "one.h5"});
  CHECK(said.status == 2);
  CHECK(said.err ==
        "error: config.json: training.phases: forward_kl learns from simulated latents, which the data set of --fit "
        "lacks\n");
}

TEST_CASE("networks whose size depends on the plates need fixed ones") {
  const Folder folder;
  write_file(folder / "gre.hbm", replaced(read_file(source_file("models/gre.hbm")), "group[G]", "group[2:G]"));
  write_file(folder / "total.json", R"({"family": "total"})");
  const std::vector<std::vector<std::string>> commands = {{"check", folder / "gre.hbm"}, {"train", folder / "gre.hbm"}};
  for (auto words : commands) {
    words.insert(words.end(), {"--config", folder / "total.json"});
    const Outcome outcome = run(words);
    CHECK(outcome.status == 2);
    CHECK(outcome.err.find("total.json: family: total: the number of weights depends on plate group") !=
          std::string::npos);
  }
}
