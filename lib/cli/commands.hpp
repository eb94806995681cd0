#pragma once

namespace CLI {
class App;
}

/// The subcommands. Each `setup_x` registers its options with the program and, as callback, the work itself, which ends
/// normally or throws `Failure`. One file a subcommand.
namespace adavi {

void setup_check(CLI::App& program);
void setup_format(CLI::App& program);
void setup_simulate(CLI::App& program);
void setup_train(CLI::App& program);
void setup_infer(CLI::App& program);
void setup_evaluate(CLI::App& program);
void setup_calibrate(CLI::App& program);
void setup_summary(CLI::App& program);

}  // namespace adavi
