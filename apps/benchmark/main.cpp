// Trains and evaluates models as a user would, and shows what was asked, what was reached, and what it took.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "benchmark/measure.hpp"
#include "cli/terminal.hpp"
#include "codegen/text_table.hpp"
#include "diagnostics/failure.hpp"
#include "running/program.hpp"
#include "running/text.hpp"

using namespace adavi;

namespace {

struct Options {
  BenchmarkSettings settings;
  std::vector<std::string> cases = {"gre3", "nc"};
  std::vector<std::uint64_t> seeds = {0};
  bool paper = false;
  bool json = false;
};

/// One line of the result.
struct Row {
  BenchmarkCase benchmark;
  std::uint64_t seed = 0;
  Measurement measurement;
};

std::string with_error(double value, double se) { return fixed(value, 4) + " +- " + fixed(se, 4); }

bool within(const Row& row) {
  return row.measurement.gap.mean <= row.benchmark.gap &&
         row.measurement.training.command.cpu_seconds <= row.benchmark.cpu_seconds;
}

TextTable quality_table(bool paper) {
  return TextTable({"case", "seed", paper ? "the paper reports" : "asked: gap", "gap", "median gap", "ELBO",
                    "exact evidence", "IS - exact", "beyond 3 se", "k-hat > 0.7"},
                   {1, 3, 4, 5, 6, 7, 8, 9});
}

std::string to_text(const std::vector<Row>& rows, const Options& options) {
  TextTable quality = quality_table(options.paper);
  TextTable cost({"case", "seed", "asked: CPU s", "CPU s", "wall s", "steps", "peak MiB", "weights", "within"},
                 {1, 2, 3, 4, 5, 6, 7});
  for (const Row& row : rows) {
    const Measurement& m = row.measurement;
    const std::string seed = std::to_string(row.seed);
    quality.add({row.benchmark.name, seed, options.paper ? row.benchmark.reported : "<= " + fixed(row.benchmark.gap, 2),
                 with_error(m.gap.mean, m.gap.se), fixed(m.gap.median, 4), fixed(m.elbo.mean, 3),
                 fixed(m.exact.mean, 3), with_error(m.is_error, m.is_error_se), std::to_string(m.outside),
                 std::to_string(m.poor)});
    cost.add({row.benchmark.name, seed, options.paper ? "-" : "<= " + fixed(row.benchmark.cpu_seconds, 0),
              fixed(m.training.command.cpu_seconds, 1), fixed(m.training.command.wall_seconds, 1),
              std::to_string(m.training.steps), fixed(m.training.command.peak_mib, 0),
              std::to_string(m.training.weights),
              options.paper ? "-"
              : within(row) ? "yes"
                            : "no"});
  }
  return quality.to_string() + "\n" + cost.to_string();
}

nlohmann::ordered_json to_json(const MeanSummary& summary) {
  return {{"mean", summary.mean}, {"median", summary.median}, {"se", summary.se}};
}

std::string to_json(const std::vector<Row>& rows, const Options& options) {
  nlohmann::ordered_json document = {{"data_sets", options.settings.data_sets},
                                     {"draws", options.settings.draws},
                                     {"paper", options.paper},
                                     {"cases", nlohmann::ordered_json::array()}};
  for (const Row& row : rows) {
    const Measurement& m = row.measurement;
    const CommandResult& command = m.training.command;
    document["cases"].push_back(
        {{"case", row.benchmark.name},
         {"seed", row.seed},
         {"asked", {{"gap", row.benchmark.gap}, {"cpu_seconds", row.benchmark.cpu_seconds}}},
         {"gap", to_json(m.gap)},
         {"elbo", to_json(m.elbo)},
         {"log_evidence_exact", to_json(m.exact)},
         {"is_minus_exact", {{"mean", m.is_error}, {"se", m.is_error_se}, {"beyond_3_se", m.outside}}},
         {"k_hat_above_0.7", m.poor},
         {"cpu_seconds", command.cpu_seconds},
         {"wall_seconds", command.wall_seconds},
         {"peak_mib", command.peak_mib},
         {"steps", m.training.steps},
         {"weights", m.training.weights}});
  }
  return document.dump(2) + "\n";
}

void run(const Options& options) {
  std::vector<Row> rows;
  for (BenchmarkCase& benchmark : benchmark_cases()) {
    if (std::find(options.cases.begin(), options.cases.end(), benchmark.name) == options.cases.end()) continue;
    BenchmarkSettings settings = options.settings;
    if (options.paper) {
      if (benchmark.paper.empty()) throw Failure(ExitStatus::usage, "the paper has no case '" + benchmark.name + "'");
      settings.config = benchmark.paper;
    }
    for (const std::uint64_t seed : options.seeds) {
      note(benchmark.name + ", seed " + std::to_string(seed) + " ...\n");
      rows.push_back({benchmark, seed, measure(benchmark, settings, seed)});
    }
  }
  print(options.json ? to_json(rows, options) : to_text(rows, options));
}

std::vector<std::string> case_names() {
  std::vector<std::string> names;
  for (const BenchmarkCase& benchmark : benchmark_cases()) names.push_back(benchmark.name);
  return names;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Trains, evaluates on held-out data sets, and compares with the exact evidence.");
  Options options;
  BenchmarkSettings& settings = options.settings;
  program.add_option("CASES", options.cases, "gre3 gre30 gre300 nc eight_schools logistic poisson (gre3 nc)")
      ->check(CLI::IsMember(case_names()).description(""))
      ->type_name("");
  program.add_option("--seeds", options.seeds, "Seeds of the training (0)")->type_name("N ...");
  program.add_option("--data-sets", settings.data_sets, "Held-out data sets (256)")
      ->check(CLI::Range(2, 1000000).description(""))
      ->type_name("N");
  program.add_option("--draws", settings.draws, "Draws for each data set (256)")->type_name("N");
  program.add_option("--threads", settings.adavi.threads, "Threads (all cores)")->type_name("N");
  program.add_option("--adavi", settings.adavi.path, "The binary to measure (beside this program)")->type_name("PATH");
  auto* config = program.add_option("--config", settings.config, "Configuration of the training (the defaults)");
  config->type_name("FILE");
  program.add_flag("--paper", options.paper, "The paper's configuration: hours")->excludes(config);
  program.add_flag("--json", options.json, "One JSON document");
  return run_program(program, argc, argv, [&] { run(options); });
}
