// The exact log evidence of every data set in a file of `adavi simulate`.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/terminal.hpp"
#include "codegen/text_table.hpp"
#include "reference/reference_model.hpp"
#include "report/summary_statistics.hpp"
#include "running/program.hpp"
#include "running/simulated_file.hpp"

using namespace adavi;

namespace {

std::vector<double> exact_evidence(const SimulatedFile& file) {
  const auto posterior_of = reference::reference_method(file.model);
  std::vector<double> values;
  for (std::int64_t i = 0; i < file.data.size(); ++i) values.push_back(posterior_of(file.data.read(i, 1)).log_evidence);
  return values;
}

std::string fixed(double number) {
  char text[64];
  std::snprintf(text, sizeof text, "%.6f", number);
  return text;
}

std::string to_text(const std::vector<std::string>& names, const std::vector<double>& values) {
  TextTable table({"data set", "log evidence"}, {1});
  for (std::size_t i = 0; i < values.size(); ++i) table.add({names[i], fixed(values[i])});
  const MeanSummary summary = summarise_mean(values);
  table.add({"mean", fixed(summary.mean)});
  table.add({"median", fixed(summary.median)});
  return table.to_string();
}

std::string to_json(const std::vector<std::string>& names, const std::vector<double>& values) {
  const MeanSummary summary = summarise_mean(values);
  nlohmann::ordered_json document = {{"mean", summary.mean}, {"median", summary.median}};
  for (std::size_t i = 0; i < values.size(); ++i)
    document["datasets"].push_back({{"name", names[i]}, {"log_evidence", values[i]}});
  return document.dump(2) + "\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("Exact log evidence of simulated data sets, in nats: GRE, NC, eight schools, logistic, Poisson.");
  std::string path;
  bool json = false;
  program.add_option("DATA", path, "File of 'adavi simulate' (HDF5)")->required()->type_name("");
  program.add_flag("--json", json, "One JSON document");
  return run_program(program, argc, argv, [&] {
    const SimulatedFile file = open_simulated(path);
    const std::vector<double> values = exact_evidence(file);
    print(json ? to_json(file.data.names(), values) : to_text(file.data.names(), values));
  });
}
