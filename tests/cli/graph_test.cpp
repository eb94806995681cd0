// `adavi check --graph` on the binary.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include "program.hpp"

using namespace adavi::testing;

namespace {

const std::string gre = source_file("models/gre.hbm");

/// `check --graph` with a folder of programs in front of, or in place of, the system's.
Outcome check_with(const std::string& path, const std::string& file) {
  return shell("PATH=" + path + " \"$ADAVI\" check " + gre + " --graph " + file);
}

/// A program that stands in for Graphviz's.
void write_program(const std::string& path, const std::string& lines) {
  write_file(path, "#!/bin/sh\n" + lines);
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

}  // namespace

TEST_CASE("--graph F.dot writes the plate diagram beside the description") {
  const Folder folder;
  for (const char* name : {"g.dot", "g.gv"}) {
    const Outcome outcome = run({"check", gre, "--graph", folder / name});
    CHECK(outcome.status == 0);
    CHECK(outcome.out == run({"check", gre}).out);
    CHECK(outcome.err == "wrote " + (folder / name) + "\n");
    CHECK(read_file(folder / name).find("    label=\"group[3]\";\n") != std::string::npos);
    CHECK(run({"check", gre, "--quiet", "--graph", folder / name}).err == "");
  }
  const Outcome json = run({"check", gre, "--json", "--graph", folder / "json.dot"});
  CHECK(nlohmann::json::parse(json.out)["valid"] == true);
  CHECK(read_file(folder / "json.dot") == read_file(folder / "g.dot"));
}

TEST_CASE("--graph F.svg is what Graphviz draws of it") {
  const Folder folder;
  CHECK(run({"check", gre, "--graph", folder / "g.dot"}).status == 0);
  write_program(folder / "dot", "echo \"$1 $2\" > \"$3\"\ncat >> \"$3\"\n");
  const Outcome outcome = check_with((folder / "") + ":$PATH", folder / "g.svg");
  CHECK(outcome.status == 0);
  CHECK(outcome.out == run({"check", gre}).out);
  CHECK(read_file(folder / "g.svg") == "-Tsvg -o\n" + read_file(folder / "g.dot"));
}

TEST_CASE("the installed Graphviz understands it") {
  if (shell("command -v dot").status != 0) return;
  const Folder folder;
  for (const auto& entry : std::filesystem::directory_iterator(source_file("models"))) {
    if (entry.path().extension() != ".hbm") continue;
    const Outcome outcome = run({"check", "--quiet", entry.path(), "--graph", folder / "g.svg"});
    CAPTURE(entry.path());
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "");
    CHECK(read_file(folder / "g.svg").find("</svg>") != std::string::npos);
  }
}

TEST_CASE("without Graphviz, or when it fails, nothing is written") {
  const Folder folder;
  std::filesystem::create_directory(folder / "none");
  const Outcome missing = check_with(folder / "none", folder / "g.svg");
  CHECK(missing.status == 1);
  CHECK(missing.out == "");
  CHECK(missing.err == "error: " + (folder / "g.svg") +
                           ": an SVG is drawn by Graphviz's 'dot', which cannot be started: No such file or directory\n"
                           "  help: install it (Debian: apt install graphviz), or write " +
                           (folder / "g.dot") + "\n");
  std::filesystem::create_directory(folder / "some");
  write_program(folder / "some/dot", "echo half > \"$3\"\nexit 3\n");
  write_file(folder / "g.svg", "before");
  const Outcome failed = check_with((folder / "some") + ":$PATH", folder / "g.svg");
  CHECK(failed.status == 1);
  CHECK(failed.out == "");
  CHECK(failed.err == "error: " + (folder / "g.svg") + ": Graphviz's 'dot' failed\n");
  CHECK(read_file(folder / "g.svg") == "before");
  CHECK(folder.files() == 3);
}

TEST_CASE("a graph that cannot be written is refused before the model is looked at") {
  const Folder folder;
  const auto refusal = [&](const std::string& file) {
    const Outcome outcome = run({"check", gre, "--graph", file});
    CHECK(outcome.out == "");
    return std::to_string(outcome.status) + " " + replaced(outcome.err, folder / "", "");
  };
  CHECK(refusal("g.png") == "2 error: --graph: expected a name that ends in .svg or .dot, found 'g.png'\n");
  CHECK(refusal(folder / "no/g.dot") == "1 error: no/g.dot: cannot be written: folder 'no' does not exist\n");
  write_file(folder / "m.dot", "model { }");
  CHECK(run({"check", folder / "m.dot", "--graph", folder / "m.dot"}).status == 2);
  CHECK(read_file(folder / "m.dot") == "model { }");
}

TEST_CASE("a model with errors has no graph") {
  const Folder folder;
  write_file(folder / "bad.hbm", "model { real x ~ normal(0, 1); }");
  CHECK(run({"check", folder / "bad.hbm", "--graph", folder / "g.dot"}).status == 3);
  CHECK(folder.files() == 1);
}
