#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "cli/commands.hpp"
#include "cli/common_options.hpp"
#include "cli/output.hpp"
#include "cli/pipeline.hpp"
#include "cli/terminal.hpp"
#include "diagnostics/failure.hpp"
#include "io/atomic_file.hpp"
#include "syntax/printer.hpp"

namespace adavi {
namespace {

struct FormatOptions {
  CommonOptions common;
  std::vector<std::string> models;
  bool check = false;
  bool in_place = false;
};

void replace_file(const std::string& path, const std::string& text) {
  AtomicFile file(path);
  file.write(text);
  file.commit();
}

void format_one(const FormatOptions& options, const std::string& path) {
  const SourceFile source = read_model_text(path);
  const std::string text = format(source, parse_or_fail(source));
  if (!options.check && !options.in_place) return print(text);
  if (text == source.text()) return;
  if (options.in_place) return replace_file(path, text);
  const std::string help = "\n  help: 'adavi format --in-place " + shell_quoted(path) + "' puts it there";
  throw Failure(ExitStatus::failed,
                source.name() + ": is not in the canonical layout" + (path == standard_input ? "" : help));
}

/// Goes on behind a file that fails; the worst end is that of the whole.
void run_format(const FormatOptions& options) {
  if (options.in_place && std::count(options.models.begin(), options.models.end(), standard_input) > 0)
    throw Failure(ExitStatus::usage, "--in-place needs a file, not the standard input");
  ExitStatus worst = ExitStatus::done;
  for (const std::string& path : options.models) {
    try {
      format_one(options, path);
    } catch (const Failure& failure) {
      if (*failure.what() != '\0') print_error(failure.what());
      worst = std::max(worst, failure.status());
    }
  }
  if (worst != ExitStatus::done) throw Failure(worst, "");
}

}  // namespace

void setup_format(CLI::App& program) {
  auto options = std::make_shared<FormatOptions>();
  CLI::App* command = program.add_subcommand("format", "Print a model in the canonical layout, comments kept");
  command->add_option("MODEL", options->models, "Model files (.hbm); - is the standard input")
      ->required()
      ->type_name("");
  auto* check =
      command->add_flag("--check", options->check, "Only say whether the files have that layout (status 0 or 1)");
  command->add_flag("-i,--in-place", options->in_place, "Replace the files")->excludes(check);
  add_common_options(*command, options->common);
  add_example(*command, "adavi format --in-place models/*.hbm");
  command->callback([options] { run_format(*options); });
}

}  // namespace adavi
