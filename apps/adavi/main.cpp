#include <CLI/CLI.hpp>
#include <exception>
#include <new>
#include <string>

#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "cli/usage.hpp"
#include "diagnostics/failure.hpp"

namespace {

void set_up(CLI::App& program) {
  program.name("adavi");
  program.set_version_flag("--version", "adavi " ADAVI_VERSION);
  program.require_subcommand(1);
  adavi::setup_check(program);
  adavi::setup_format(program);
  adavi::setup_simulate(program);
  adavi::setup_train(program);
  adavi::setup_infer(program);
  adavi::setup_evaluate(program);
  adavi::setup_calibrate(program);
  adavi::setup_summary(program);
  program.footer(
      "'adavi COMMAND --help' says more.\nExit status: 0 done, 1 failed, 2 wrong usage, 3 errors in the model,\n"
      "4 unfit data or artifact, 5 not calibrated, 130 interrupted, 70 internal error.");
}

void run(CLI::App& program, int argc, char** argv) {
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    const auto commands = program.get_subcommands();
    adavi::print(commands.empty() ? program.help() : commands.front()->help(program.get_name()));
  } catch (const CLI::CallForVersion&) {
    adavi::print(program.version() + "\n");
  } catch (const CLI::ParseError& error) {
    throw adavi::usage_failure(program, error);
  }
}

int finish(adavi::ExitStatus status, const std::string& message) {
  if (!message.empty()) adavi::print_error(message);
  return static_cast<int>(status);
}

}  // namespace

int main(int argc, char** argv) {
  adavi::prepare_streams();
  CLI::App program(
      "Amortized Bayesian inference for hierarchical models: write a model, train it once, get posteriors.");
  try {
    set_up(program);
    run(program, argc, argv);
    return 0;
  } catch (const adavi::Failure& failure) {
    return finish(failure.status(), failure.what());
  } catch (const std::bad_alloc&) {
    return finish(adavi::ExitStatus::failed, "out of memory");
  } catch (const std::exception& error) {
    return finish(adavi::ExitStatus::internal,
                  std::string("internal error: ") + error.what() +
                      "\n  This is a bug in adavi: please report it with the command and the model.");
  } catch (...) {
    return finish(adavi::ExitStatus::internal, "internal error: please report it with the command and the model.");
  }
}
