// What every command line has in common: help, suggestions, exit statuses, the standard streams.
#include <doctest/doctest.h>

#include "program.hpp"

using namespace adavi::testing;

namespace {

const std::vector<std::string> commands = {"check", "format",   "simulate",  "train",
                                           "infer", "evaluate", "calibrate", "summary"};
const std::string gre = source_file("models/gre.hbm");

}  // namespace

TEST_CASE("every command has a help with an example, on stdout") {
  for (const std::string& command : commands) {
    CAPTURE(command);
    const Outcome outcome = run({command, "--help"});
    CHECK(outcome.status == 0);
    CHECK(outcome.err == "");
    CHECK(outcome.out.find("Usage: adavi " + command) != std::string::npos);
    CHECK(outcome.out.find("Example:\n  adavi " + command) != std::string::npos);
    for (const char* option : {"--seed", "--threads", "--device", "--quiet", "--color"})
      CHECK(outcome.out.find(option) != std::string::npos);
  }
}

TEST_CASE("the program's help names every command, and --version the version") {
  const Outcome help = run({"--help"});
  CHECK(help.status == 0);
  for (const std::string& command : commands) CHECK(help.out.find("\n  " + command + " ") != std::string::npos);
  CHECK(run({"--version"}).out == "adavi " ADAVI_VERSION "\n");
}

TEST_CASE("a slip on the command line is named, with the nearest spelling") {
  struct Slip {
    std::vector<std::string> arguments;
    std::string message;
  };
  const std::vector<Slip> slips = {
      {{}, "error: a command is needed\n  help: see 'adavi --help'\n"},
      {{"chekc", gre}, "error: unknown command 'chekc'; did you mean 'check'?\n  help: see 'adavi --help'\n"},
      {{"zebra"}, "error: unknown command 'zebra'\n  help: see 'adavi --help'\n"},
      {{"check"}, "error: MODEL is required\n  help: see 'adavi check --help'\n"},
      {{"check", gre, "--sede", "3"},
       "error: unknown option '--sede'; did you mean '--seed'?\n  help: see 'adavi check --help'\n"},
      {{"train", gre, "--treads=3"},
       "error: unknown option '--treads'; did you mean '--threads'?\n  help: see 'adavi train --help'\n"},
      {{"infer", "a", "b", "--drwas", "10"},
       "error: unknown option '--drwas'; did you mean '--draws'?\n  help: see 'adavi infer --help'\n"},
      {{"check", gre, "--seed", "0x10"},
       "error: --seed: expected a whole number below 2^64, found '0x10'\n  help: see 'adavi check --help'\n"},
      {{"check", gre, "another"}, "error: unexpected argument 'another'\n  help: see 'adavi check --help'\n"},
  };
  for (const Slip& slip : slips) {
    CAPTURE(slip.message);
    const Outcome outcome = run(slip.arguments);
    CHECK(outcome.status == 2);
    CHECK(outcome.out == "");
    CHECK(outcome.err == slip.message);
  }
}

TEST_CASE("values of options are checked") {
  const std::vector<std::vector<std::string>> wrong = {{"check", gre, "--seed", "-1"},
                                                       {"check", gre, "--seed", "many"},
                                                       {"check", gre, "--seed", "18446744073709551616"},
                                                       {"check", gre, "--seed", "1e3"},
                                                       {"check", gre, "--threads", "0"},
                                                       {"check", gre, "--device", "gpu"},
                                                       {"check", gre, "--color", "blue"},
                                                       {"check", gre, "--set", "G"},
                                                       {"format", gre, "--check", "--in-place"},
                                                       {"format", gre, "-", "--in-place"},
                                                       {"check", gre, "--set", "G=x"},
                                                       {"check", gre, "--set", "G=3", "--set", "G=4"},
                                                       {"train", "-", "--quiet"},
                                                       {"train", gre, "--time", "soon"},
                                                       {"train", gre, "--time", "-5s"},
                                                       {"train", gre, "--time", "3 days"},
                                                       {"simulate", gre, "-o", "x", "-n", "0"},
                                                       {"simulate", gre, "-o", "x", "--cardinality", "obs"},
                                                       {"simulate", gre, "-o", "x", "--cardinality", "groups=3"},
                                                       {"simulate", gre, "-o", "x", "--cardinality", "group=4"},
                                                       {"simulate", gre, "-o", "x", "--cardinality", "group=3.5"},
                                                       {"infer", "a", "b", "--draws", "0"},
                                                       {"evaluate", "a", "b", "-n", "3"},
                                                       {"calibrate", "a", "-n", "3"},
                                                       {"summary", "a", "--all", "--data-set", "1"}};
  for (const auto& arguments : wrong) {
    CAPTURE(arguments.at(2));
    const Outcome outcome = run(arguments);
    CHECK(outcome.status == 2);
    CHECK(outcome.out == "");
    CHECK(outcome.err.substr(0, 7) == "error: ");
  }
}

TEST_CASE("the largest seed is one") { CHECK(run({"check", gre, "--seed", "18446744073709551615"}).status == 0); }

TEST_CASE("colour is on where it is asked for, and NO_COLOR turns it off") {
  CHECK(run({"check", "missing.hbm"}).err.find('\033') == std::string::npos);
  CHECK(run({"check", "missing.hbm", "--color", "always"}).err.find('\033') != std::string::npos);
  // script(1) gives the program a terminal.
  const std::string on_terminal = "script -qec \"$ADAVI check missing.hbm\" /dev/null";
  CHECK(shell("TERM=xterm " + on_terminal).out.find("\033[1;31merror") != std::string::npos);
  CHECK(shell("TERM=xterm NO_COLOR=1 " + on_terminal).out.find("\033[1;31m") == std::string::npos);
}

TEST_CASE("results that cannot be written are an error, not a crash") {
  const Outcome full = shell("\"$ADAVI\" check '" + gre + "' >/dev/full");
  CHECK(full.status == 1);
  CHECK(full.err == "error: cannot write to the standard output: No space left on device\n");
  const Outcome closed = shell("\"$ADAVI\" check '" + gre + "' >&-");
  CHECK(closed.status == 1);
  CHECK(closed.err == "error: cannot write to the standard output: Bad file descriptor\n");
  // A reader that goes away is no reason for a message.
  const Outcome gone = shell("{ sleep 0.3; \"$ADAVI\" check '" + gre + "'; echo \"status $?\" >&2; } | true");
  CHECK(gone.err == "status 1\n");
}
