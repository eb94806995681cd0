#pragma once
#include <CLI/CLI.hpp>
#include <functional>

namespace adavi {

/// A program's main: parses the command line, runs `work` and turns what it throws into a message and an exit status.
int run_program(CLI::App& program, int argc, char** argv, const std::function<void()>& work);

}  // namespace adavi
