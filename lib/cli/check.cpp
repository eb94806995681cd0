#include <CLI/CLI.hpp>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/graph_file.hpp"
#include "cli/pipeline.hpp"
#include "cli/terminal.hpp"
#include "codegen/describe.hpp"
#include "codegen/describe_graph.hpp"
#include "diagnostics/failure.hpp"
#include "diagnostics/render_json.hpp"

namespace adavi {
namespace {

struct CheckOptions {
  CommonOptions common;
  ConstantOptions constants;
  std::string model;
  NetworkOptions network;
  std::string graph;
};

void draw(const CheckOptions& options, const HbmModel& model) {
  if (options.graph.empty()) return;
  write_graph(options.graph, describe_dot(model));
  if (!options.common.quiet) note("wrote " + options.graph + "\n");
}

/// One document: the diagnostics, and the description where there is a model.
void check_json(const CheckOptions& options, const SourceFile& source, const ConstantOverrides& overrides,
                const ArchitectureOptions& architecture) {
  Diagnostics diagnostics;
  const std::optional<HbmModel> model = compile(source, overrides, diagnostics);
  nlohmann::ordered_json document = {{"model", source.name()}, {"valid", model.has_value()}};
  document["diagnostics"] = nlohmann::ordered_json::parse(render_json(source, diagnostics));
  if (model) {
    check_suited(*model, architecture, options.network);
    draw(options, *model);
    document.update(nlohmann::ordered_json::parse(describe_json(*model, derive(*model, architecture))));
  }
  print(document.dump(2) + "\n");
  if (!model) throw Failure(ExitStatus::model_errors, "");
}

void run_check(const CheckOptions& options) {
  const SourceFile source = read_model_text(options.model);
  const ConstantOverrides overrides = constant_overrides(options.constants);
  const ArchitectureOptions architecture = configuration_from(options.network).architecture;
  if (!options.graph.empty())
    check_graph_output(options.graph, {options.model, options.network.config, options.constants.file});
  if (options.common.json) return check_json(options, source, overrides, architecture);
  const HbmModel model = compile_or_fail(source, overrides, options.common.quiet);
  check_suited(model, architecture, options.network);
  draw(options, model);
  print(describe(model, derive(model, architecture)));
}

}  // namespace

void setup_check(CLI::App& program) {
  auto options = std::make_shared<CheckOptions>();
  CLI::App* command = program.add_subcommand("check", "Read a model and show what follows from it, or all its errors");
  add_model_option(*command, options->model);
  command->add_option("--graph", options->graph, "Plate diagram to write: F.svg (drawn by Graphviz) or F.dot")
      ->type_name("FILE");
  add_network_options(*command, options->network);
  add_constant_options(*command, options->constants);
  add_json_option(*command, options->common);
  add_common_options(*command, options->common);
  add_example(*command, "adavi check models/gre.hbm --set G=30 --graph gre.svg");
  command->callback([options] { run_check(*options); });
}

}  // namespace adavi
