// `adavi format` on the binary.
#include <doctest/doctest.h>
#include <sys/stat.h>

#include "program.hpp"

using namespace adavi::testing;

namespace {

const std::string untidy =
    "// A model.\nmodel{real mu~normal(0,1);// the mean\n\n\n"
    "plate obs[3]{observed real x~normal(mu/*of all*/,1);}}//end";
const std::string tidy =
    "// A model.\nmodel {\n  real mu ~ normal(0, 1);  // the mean\n\n"
    "  plate obs[3] {\n    observed real x ~ normal(mu /*of all*/, 1);\n  }\n}  //end\n";
const std::string wrong = "model { real mu ~ normal(0, 1) real y = 2; }\n";

/// A folder with the texts above.
struct Models : Folder {
  Models() {
    write_file(*this / "untidy.hbm", untidy);
    write_file(*this / "tidy.hbm", tidy);
    write_file(*this / "wrong.hbm", wrong);
  }
};

}  // namespace

TEST_CASE("format prints the canonical layout and leaves the file alone") {
  const Models models;
  const Outcome outcome = run({"format", models / "untidy.hbm"});
  CHECK(outcome.status == 0);
  CHECK(outcome.err == "");
  CHECK(outcome.out == tidy);
  CHECK(read_file(models / "untidy.hbm") == untidy);
  CHECK(run({"format", models / "untidy.hbm", models / "tidy.hbm"}).out == tidy + tidy);
}

TEST_CASE("format --in-place replaces the file, whole") {
  const Models models;
  chmod((models / "untidy.hbm").c_str(), 0640);
  for (const char* option : {"-i", "--in-place"}) {
    write_file(models / "untidy.hbm", untidy);
    const Outcome outcome = run({"format", option, models / "untidy.hbm", models / "tidy.hbm"});
    CHECK(outcome.status == 0);
    CHECK(outcome.out + outcome.err == "");
    CHECK(read_file(models / "untidy.hbm") == tidy);
  }
  struct stat info {};
  stat((models / "untidy.hbm").c_str(), &info);
  CHECK((info.st_mode & 0777) == 0640);
  CHECK(models.files() == 3);
}

TEST_CASE("format --in-place does not touch a file that is canonical") {
  const Models models;
  struct stat before {
  }, after{};
  stat((models / "tidy.hbm").c_str(), &before);
  CHECK(run({"format", "-i", models / "tidy.hbm"}).status == 0);
  stat((models / "tidy.hbm").c_str(), &after);
  CHECK(before.st_ino == after.st_ino);
}

TEST_CASE("format --in-place on a full disk keeps the file as it was") {
  const Models models;
  std::string large = untidy;
  for (int i = 0; i < 500; ++i) large += "// a comment that fills the file\n";
  write_file(models / "untidy.hbm", large);
  const Outcome outcome = shell("ulimit -f 8; \"$ADAVI\" format -i " + (models / "untidy.hbm"));
  CHECK(outcome.status == 1);
  CHECK(outcome.err == "error: " + (models / "untidy.hbm") + ": cannot be written: File too large\n");
  CHECK(read_file(models / "untidy.hbm") == large);
  CHECK(models.files() == 3);
}

TEST_CASE("format --check says which files are not canonical") {
  const Models models;
  const Outcome good = run({"format", "--check", models / "tidy.hbm"});
  CHECK(good.status == 0);
  CHECK(good.out + good.err == "");
  const Outcome bad = run({"format", "--check", models / "untidy.hbm", models / "tidy.hbm"});
  CHECK(bad.status == 1);
  CHECK(bad.out == "");
  CHECK(bad.err == "error: " + (models / "untidy.hbm") + ": is not in the canonical layout\n  help: 'adavi format " +
                       "--in-place " + (models / "untidy.hbm") + "' puts it there\n");
  CHECK(read_file(models / "untidy.hbm") == untidy);
}

TEST_CASE("a file with errors is left alone, with what check says of it, and the others are formatted") {
  const Models models;
  const std::string errors = run({"check", models / "wrong.hbm"}).err;
  CHECK(errors.find("error: 1 error in ") != std::string::npos);
  for (const char* option : {"--check", "--in-place", "--quiet"}) {
    const Outcome outcome = run({"format", option, models / "wrong.hbm"});
    CHECK(outcome.status == 3);
    CHECK(outcome.out == "");
    CHECK(outcome.err == errors);
  }
  const Outcome several = run({"format", "-i", models / "wrong.hbm", models / "untidy.hbm", models / "missing.hbm"});
  CHECK(several.status == 3);
  CHECK(several.err == errors + "error: " + (models / "missing.hbm") + ": no such file\n");
  CHECK(read_file(models / "wrong.hbm") == wrong);
  CHECK(read_file(models / "untidy.hbm") == tidy);
}

TEST_CASE("only the syntax matters: constants without values and unknown names are formatted") {
  const Folder folder;
  write_file(folder / "m.hbm", "data{int N;}model{real x~unheard(of);}");
  CHECK(run({"format", folder / "m.hbm"}).out == "data {\n  int N;\n}\nmodel {\n  real x ~ unheard(of);\n}\n");
}

TEST_CASE("- is the standard input, for every command that reads a model") {
  const Models models;
  const auto piped = [&](const std::string& name, const std::string& arguments) {
    return shell("\"$ADAVI\" " + arguments + " < " + (models / name));
  };
  CHECK(piped("untidy.hbm", "format -").out == tidy);
  CHECK(piped("tidy.hbm", "format --check -").status == 0);
  const Outcome untidy_input = piped("untidy.hbm", "format --check -");
  CHECK(untidy_input.status == 1);
  CHECK(untidy_input.err == "error: standard input: is not in the canonical layout\n");
  CHECK(piped("wrong.hbm", "format -").err.find("standard input:1:31: error: ") == 0);
  CHECK(piped("untidy.hbm", "check -").out == run({"check", models / "tidy.hbm"}).out);
  CHECK(shell("\"$ADAVI\" format - </dev/null").err == "error: standard input: is empty\n");
  CHECK(shell("\"$ADAVI\" format - <&-").status == 3);
  CHECK(shell("head -c 2000000 /dev/zero | \"$ADAVI\" check -").status == 3);
}
