#include "cli/pipeline.hpp"

#include <algorithm>

#include "cli/output.hpp"
#include "cli/terminal.hpp"
#include "diagnostics/failure.hpp"
#include "diagnostics/render.hpp"
#include "io/files.hpp"
#include "semantics/analyze.hpp"
#include "syntax/parser.hpp"

namespace adavi {
namespace {

/// The parser's own limit; a larger file is refused before it is read.
constexpr std::uint64_t largest_model = 1 << 20;

bool is_error(const Diagnostic& diagnostic) { return diagnostic.severity == Severity::error; }

}  // namespace

SourceFile read_model_text(const std::string& path) {
  return {path, read_text_file(path, largest_model, ExitStatus::model_errors)};
}

std::optional<HbmModel> compile(const SourceFile& source, const ConstantOverrides& overrides,
                                Diagnostics& diagnostics) {
  const std::optional<ast::Model> tree = parse_leniently(source, diagnostics);
  std::optional<HbmModel> model;
  if (tree) model = analyze(*tree, overrides, diagnostics);
  diagnostics.sort();
  return model;
}

HbmModel compile_or_fail(const SourceFile& source, const ConstantOverrides& overrides, bool quiet) {
  Diagnostics diagnostics;
  std::optional<HbmModel> model = compile(source, overrides, diagnostics);
  if (!model || !quiet) note(render(source, diagnostics, color_on_stderr()));
  if (model) return std::move(*model);
  const auto errors = std::count_if(diagnostics.items().begin(), diagnostics.items().end(), is_error);
  throw Failure(ExitStatus::model_errors, counted(errors, "error") + " in " + source.name());
}

}  // namespace adavi
