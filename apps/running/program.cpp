#include "running/program.hpp"

#include <exception>

#include "cli/terminal.hpp"
#include "diagnostics/failure.hpp"

namespace adavi {

int run_program(CLI::App& program, int argc, char** argv, const std::function<void()>& work) {
  prepare_streams();
  try {
    program.parse(argc, argv);
    work();
    return 0;
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : static_cast<int>(ExitStatus::usage);
  } catch (const Failure& failure) {
    print_error(failure.what());
    return static_cast<int>(failure.status());
  } catch (const std::exception& error) {
    print_error(error.what());
    return static_cast<int>(ExitStatus::failed);
  }
}

}  // namespace adavi
