// The paper's tables and figures, our numbers beside the paper's.
#include "paper/figures.hpp"
#include "paper/tables.hpp"
#include "running/program.hpp"

using namespace adavi;

namespace {

struct Item {
  const char* name;
  const char* text;
  void (*run)(const Effort&);
};

const Item items[] = {
    {"table1", "Expressivity: the non-conjugate model and the Gaussian mixture", table1},
    {"table2", "Gaussian random effects with 3, 30 and 300 groups", table2},
    {"table3", "Divergence from the analytic posterior by loss", table3},
    {"fig2a", "Cumulative time of non-amortized and amortized inference", figure2a},
    {"fig3", "Weights, quality and time of Table 2 as plots", figure3},
    {"figC1", "Posteriors of Gaussian random effects by loss", figure_c1},
    {"figC2", "Loss by the split of a batch into data sets and draws", figure_c2},
    {"figD3", "Posteriors of the Gaussian mixture by method", figure_d3},
};

/// A first look in minutes, where nothing else is asked for.
void make_quick(Effort& effort, const CLI::App& program) {
  const auto left_to_us = [&](const char* flag) { return program.get_option(flag)->count() == 0; };
  if (left_to_us("--seeds")) effort.seeds = 1;
  if (left_to_us("--data-sets")) effort.data_sets = 3;
  if (left_to_us("--share")) effort.share = 0.02;
  if (left_to_us("--cpu-limit")) effort.cpu_limit = 3000;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Reproduces the paper's tables and figures.");
  Effort effort;
  const Item* chosen = nullptr;
  for (const Item& item : items)
    program.add_subcommand(item.name, item.text)->fallthrough()->callback([&chosen, found = &item] { chosen = found; });
  program.require_subcommand(1);
  const auto add = [&](const char* flag, auto& field, const char* text, const char* type) {
    return program.add_option(flag, field, text)->type_name(type);
  };
  program.add_flag("--quick", effort.quick,
                   "A first look: 1 seed, 3 data sets, 2 % of the steps, only the defaults with G = 300");
  add("--seeds", effort.seeds, "Trainings of each amortized method (20)", "N")
      ->check(CLI::Range(1, 1000).description(""));
  add("--data-sets", effort.data_sets, "Held-out data sets (20)", "N")->check(CLI::Range(1, 10000).description(""));
  add("--share", effort.share, "Share of the paper's steps, for amortized methods (1)", "X")
      ->check(CLI::Range(1e-6, 100.0).description(""));
  add("--draws", effort.draws, "Draws for the ELBO of a data set (256)", "N")
      ->check(CLI::Range(2, 1000000).description(""));
  add("--cpu-limit", effort.cpu_limit, "Leave out what took the paper more CPU seconds, times the share (20000)",
      "SECONDS");
  add("--output", effort.folder, "Folder of the plots (paper)", "FOLDER");
  add("--threads", effort.adavi.threads, "Threads (all cores)", "N");
  add("--adavi", effort.adavi.path, "The binary to measure (beside this program)", "PATH");
  return run_program(program, argc, argv, [&] {
    if (effort.quick) make_quick(effort, program);
    chosen->run(effort);
  });
}
