// What each option of the network and its training is worth: trains some models with the defaults and with one thing
// changed at a time, each for the same time, and shows how far every choice is from the best on the same data sets.
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "cli/terminal.hpp"
#include "codegen/text_table.hpp"
#include "diagnostics/failure.hpp"
#include "options/choices.hpp"
#include "options/comparison.hpp"
#include "running/program.hpp"
#include "running/text.hpp"

using namespace adavi;

namespace {

struct Options {
  AdaviProgram adavi;
  std::vector<std::string> models;
  std::vector<std::string> choices;
  std::string time = "10s";  ///< of each training
  std::uint64_t seeds = 1;
  std::int64_t data_sets = 64;
  std::int64_t draws = 256;
  bool json = false;
};

/// All runs of a model, [choice][seed], and what follows.
struct Column {
  std::string model;
  std::vector<std::vector<Run>> runs;
  std::vector<Gap> gaps;
};

Run run_once(const Options& options, const std::string& model, const Choice& choice, std::uint64_t seed,
             const std::string& data) {
  const WorkFolder work;
  const std::string config = work / "config.json", artifact = work / "model.adavi";
  Run run;
  try {
    write_text(config, configuration_json(choice.configuration));
    run.training = train(options.adavi, {model, {}}, config, seed, artifact, options.time);
    run.scores = evaluate(options.adavi, artifact, data, options.draws, seed);
  } catch (const Failure& failure) {
    run.failure = failure.what();
  }
  return run;
}

Column run_model(const Options& options, const std::string& name, const std::vector<Choice>& choices) {
  const WorkFolder work;
  const std::string model = model_path(name), data = work / "data.h5";
  simulate(options.adavi, {model, {}}, options.data_sets, held_out_seed, data);
  Column column{model_name(model), {}, {}};
  for (const Choice& choice : choices) {
    column.runs.emplace_back();
    for (std::uint64_t seed = 0; seed < options.seeds; ++seed) {
      const Run& run = column.runs.back().emplace_back(run_once(options, model, choice, seed, data));
      note(column.model + ", " + choice.name + ", seed " + std::to_string(seed) + ": " +
           (run.failure.empty() ? "ELBO " + fixed(run.elbo(), 3) : "failed") + "\n");
    }
  }
  column.gaps = gaps_to_best(column.runs);
  return column;
}

/// "0.0123"; a star where something is left out.
std::string cell(const Gap& gap) { return fixed(gap.mean, 4) + (gap.whole() ? "" : "*"); }

/// Of all models, where each has a gap.
double mean_gap(const std::vector<Column>& columns, std::size_t choice) {
  double sum = 0;
  for (const Column& column : columns) sum += column.gaps[choice].mean;
  return sum / static_cast<double>(columns.size());
}

/// One line for each star of the table.
std::string left_out(const std::vector<Column>& columns, const std::vector<Choice>& choices) {
  std::string text;
  for (const Column& column : columns) {
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const Gap& gap = column.gaps[i];
      if (gap.whole()) continue;
      text += "* " + column.model + ", " + choices[i].name + ": " + std::to_string(gap.failed) + " trainings failed, " +
              std::to_string(gap.not_finite) + " data sets without a finite ELBO\n";
    }
  }
  return text;
}

std::string to_text(const Options& options, const std::vector<Choice>& choices, const std::vector<Column>& columns) {
  std::vector<std::string> heading = {"choice"};
  std::vector<std::size_t> numbers;
  for (const Column& column : columns) heading.push_back(column.model);
  heading.emplace_back("mean");
  for (std::size_t i = 1; i < heading.size(); ++i) numbers.push_back(i);
  TextTable table(heading, numbers);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    std::vector<std::string> row = {choices[i].name};
    for (const Column& column : columns) row.push_back(cell(column.gaps[i]));
    row.push_back(fixed(mean_gap(columns, i), 4));
    table.add(row);
  }
  return table.to_string() + left_out(columns, choices) + "\nMean gap in nats a data set to the importance-sampled " +
         "evidence of the best of all runs, " + std::to_string(options.data_sets) + " data sets of each model; " +
         std::to_string(options.seeds) + " trainings of " + options.time + " each.\n";
}

std::string to_json(const std::vector<Choice>& choices, const std::vector<Column>& columns) {
  auto document = nlohmann::ordered_json::array();
  for (const Column& column : columns) {
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const Gap& gap = column.gaps[i];
      nlohmann::ordered_json row = {{"model", column.model}, {"choice", choices[i].name}};
      row["gap"] = {{"mean", gap.mean}, {"se", gap.se}};
      row["failed"] = gap.failed;
      row["not_finite"] = gap.not_finite;
      row["runs"] = nlohmann::ordered_json::array();
      for (const Run& run : column.runs[i]) {
        if (!run.failure.empty()) {
          row["runs"].push_back({{"failure", run.failure}});
          continue;
        }
        row["runs"].push_back({{"elbo", run.elbo()},
                               {"steps", run.training.steps},
                               {"skipped_steps", run.training.skipped},
                               {"weights", run.training.weights},
                               {"cpu_seconds", run.training.command.cpu_seconds}});
      }
      document.push_back(row);
    }
  }
  return document.dump(2) + "\n";
}

void compare(const Options& options) {
  const std::vector<Choice> choices = chosen(options.choices);
  for (const std::string& name : options.models) model_path(name);  // before any work
  std::vector<Column> columns;
  for (const std::string& name : options.models) columns.push_back(run_model(options, name, choices));
  print(options.json ? to_json(choices, columns) : to_text(options, choices, columns));
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("What options are worth: models trained with the defaults and with one option changed at a time.");
  Options options;
  const auto add = [&](const char* flag, auto& field, const char* text, const char* type) {
    return program.add_option(flag, field, text)->type_name(type);
  };
  std::string names;
  for (const Choice& choice : all_choices()) names += (names.empty() ? "" : ", ") + choice.name;
  add("MODELS", options.models, "Names in models/, or files", "")->required();
  add("--choices", options.choices, "Those to compare with the defaults (all)", "NAME")
      ->delimiter(',')
      ->allow_extra_args(false);
  add("--time", options.time, "Time of each training (10s)", "TIME");
  add("--seeds", options.seeds, "Trainings of each (1)", "N")->check(CLI::Range(1, 1000000).description(""));
  add("--data-sets", options.data_sets, "Held-out data sets (64)", "N")->check(CLI::Range(2, 1000000).description(""));
  add("--draws", options.draws, "Draws for each (256)", "N");
  add("--threads", options.adavi.threads, "Threads (all cores)", "N");
  add("--adavi", options.adavi.path, "The binary to measure (beside this program)", "PATH");
  program.add_flag("--json", options.json, "One JSON document");
  program.footer("Choices: " + names);
  return run_program(program, argc, argv, [&] { compare(options); });
}
