#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/fit_quality.hpp"
#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "codegen/text_table.hpp"
#include "diagnostics/failure.hpp"
#include "diagnostics/suggest.hpp"
#include "io/posterior_reader.hpp"
#include "report/summary_statistics.hpp"

namespace adavi {
namespace {

/// Numbers read at once from a large variable: 32 MiB of float64.
constexpr std::int64_t largest_piece = std::int64_t{1} << 22;

struct SummaryOptions {
  CommonOptions common;
  std::string posterior;
  std::string data_set;
  bool all = false;
};

struct NamedSummary {
  std::string name;  ///< "mu_g[2,1]", indices from 1
  ScalarSummary summary;
};

std::int64_t size_of(const Shape& shape) {
  std::int64_t size = 1;
  for (const auto extent : shape) size *= extent;
  return size;
}

/// "mu_g[2,1]" for the scalar at a row-major position.
std::string scalar_name(const PosteriorVariable& variable, std::int64_t position) {
  std::string indices;
  for (std::size_t axis = variable.shape.size(); axis-- > 0;) {
    const std::int64_t extent = variable.shape[axis];
    indices = std::to_string(position % extent + 1) + (indices.empty() ? "" : "," + indices);
    position /= extent;
  }
  return indices.empty() ? variable.name : variable.name + "[" + indices + "]";
}

/// Adds the scalars in a block of draws [draw, entries...]; the first of them stands at `offset`.
void summarise_block(const PosteriorVariable& variable, const NdArray<double>& block, std::int64_t draws,
                     std::int64_t offset, std::vector<NamedSummary>& rows) {
  const auto count = static_cast<std::int64_t>(block.values.size()) / draws;
  for (std::int64_t scalar = 0; scalar < count; ++scalar) {
    std::vector<double> values;
    for (std::int64_t draw = 0; draw < draws; ++draw)
      values.push_back(block.values[static_cast<std::size_t>(draw * count + scalar)]);
    rows.push_back({scalar_name(variable, offset + scalar), summarise(std::move(values))});
  }
}

std::vector<NamedSummary> summarise_data_set(const PosteriorReader& reader, std::int64_t data_set) {
  std::vector<NamedSummary> rows;
  for (const PosteriorVariable& variable : reader.variables()) {
    const std::int64_t length = variable.shape.empty() ? 1 : variable.shape.front();
    const std::int64_t entry = variable.shape.empty() ? 1 : size_of(variable.shape) / std::max<std::int64_t>(1, length);
    const std::int64_t piece = std::max<std::int64_t>(1, largest_piece / (entry * reader.draws()));
    for (std::int64_t first = 0; first < length; first += piece) {
      const bool whole = piece >= length;
      const auto block = reader.read(variable.name, data_set, first, whole ? -1 : std::min(piece, length - first));
      summarise_block(variable, block, reader.draws(), first * entry, rows);
    }
  }
  return rows;
}

/// Five significant digits, as short as they can be.
std::string short_number(double number) {
  char text[64];
  std::snprintf(text, sizeof text, "%.5g", number);
  return text;
}

std::string to_text(const PosteriorReader& reader, std::int64_t data_set) {
  const auto index = static_cast<std::size_t>(data_set);
  std::vector<std::string> heading = {"", "mean", "mcse", "sd", "5%", "50%", "95%"}, k_hat;
  std::vector<std::size_t> numbers = {1, 2, 3, 4, 5, 6};
  if (!reader.k_hat().empty()) {
    numbers.push_back(heading.size());
    heading.emplace_back("k-hat");
    k_hat.push_back(short_number(reader.k_hat()[index]));
  }
  TextTable table(heading, numbers);
  for (const auto& [name, s] : summarise_data_set(reader, data_set)) {
    std::vector<std::string> row = {name};
    for (const double number : {s.mean, s.mcse, s.sd, s.q5, s.q50, s.q95}) row.push_back(short_number(number));
    row.insert(row.end(), k_hat.begin(), k_hat.end());
    table.add(row);
  }
  return "data set '" + reader.data_sets()[index] + "' (" + std::to_string(data_set + 1) + " of " +
         std::to_string(reader.data_sets().size()) + "), " + counted(reader.draws(), "draw") + "\n\n" +
         table.to_string();
}

nlohmann::ordered_json to_json(const PosteriorReader& reader, std::int64_t data_set) {
  const auto index = static_cast<std::size_t>(data_set);
  nlohmann::ordered_json entry = {{"name", reader.data_sets()[index]}};
  if (!reader.k_hat().empty()) entry["k_hat"] = reader.k_hat()[index];
  entry["variables"] = nlohmann::ordered_json::array();
  for (const auto& [name, s] : summarise_data_set(reader, data_set))
    entry["variables"].push_back({{"name", name},
                                  {"mean", s.mean},
                                  {"mcse", s.mcse},
                                  {"sd", s.sd},
                                  {"q5", s.q5},
                                  {"q50", s.q50},
                                  {"q95", s.q95}});
  return entry;
}

/// Positions of the data sets that were asked for: the named one, all, or the first.
std::vector<std::int64_t> chosen(const SummaryOptions& options, const PosteriorReader& reader) {
  const auto& names = reader.data_sets();
  if (!options.data_set.empty()) {
    const auto found = std::find(names.begin(), names.end(), options.data_set);
    if (found != names.end()) return {found - names.begin()};
    const auto near = did_you_mean(options.data_set, names);
    throw Failure(ExitStatus::usage, options.posterior + ": there is no data set '" + options.data_set + "'" +
                                         (near ? "; did you mean '" + *near + "'?" : ""));
  }
  std::vector<std::int64_t> positions(options.all ? names.size() : 1);
  for (std::size_t i = 0; i < positions.size(); ++i) positions[i] = static_cast<std::int64_t>(i);
  return positions;
}

void warn_of_poor_fits(const PosteriorReader& reader, const std::vector<std::int64_t>& data_sets) {
  std::vector<std::string> names;
  std::vector<double> k_hat;
  for (const std::int64_t data_set : data_sets) {
    names.push_back(reader.data_sets()[static_cast<std::size_t>(data_set)]);
    k_hat.push_back(reader.k_hat()[static_cast<std::size_t>(data_set)]);
  }
  for (const std::string& warning : poor_fit_warnings(names, k_hat)) warn(warning);
}

void print_json(const SummaryOptions& options, const PosteriorReader& reader) {
  nlohmann::ordered_json document = {{"file", options.posterior}, {"draws", reader.draws()}};
  document["n_datasets"] = reader.data_sets().size();
  document["datasets"] = nlohmann::ordered_json::array();
  for (const std::int64_t data_set : chosen(options, reader)) document["datasets"].push_back(to_json(reader, data_set));
  print(document.dump(2) + "\n");
}

void run_summary(const SummaryOptions& options) {
  const PosteriorReader reader(options.posterior);
  if (!options.common.quiet && !reader.k_hat().empty()) warn_of_poor_fits(reader, chosen(options, reader));
  if (options.common.json) return print_json(options, reader);
  bool first = true;
  for (const std::int64_t data_set : chosen(options, reader)) {
    print((first ? "" : "\n") + to_text(reader, data_set));
    first = false;
  }
  if (!options.all && options.data_set.empty() && reader.data_sets().size() > 1)
    print("\n(--all shows every data set, --data-set NAME another one)\n");
}

}  // namespace

void setup_summary(CLI::App& program) {
  auto options = std::make_shared<SummaryOptions>();
  CLI::App* command = program.add_subcommand("summary", "Mean, sd and quantiles of every scalar in a posterior file");
  command->add_option("POSTERIOR", options->posterior, "Posterior file (.nc) of 'adavi infer'")
      ->required()
      ->type_name("");
  auto* name =
      command->add_option("--data-set", options->data_set, "Name of the data set (the first)")->type_name("NAME");
  command->add_flag("--all", options->all, "Every data set")->excludes(name);
  add_json_option(*command, options->common);
  add_common_options(*command, options->common);
  add_example(*command, "adavi summary posterior.nc --data-set 3");
  command->callback([options] { run_summary(*options); });
}

}  // namespace adavi
