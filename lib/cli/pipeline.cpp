#include "cli/pipeline.hpp"

#include <algorithm>
#include <cstdio>

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

[[noreturn]] void fail(const SourceFile& source, const Diagnostics& diagnostics) {
  const auto errors = std::count_if(diagnostics.items().begin(), diagnostics.items().end(), is_error);
  throw Failure(ExitStatus::model_errors, counted(errors, "error") + " in " + source.name());
}

SourceFile read_standard_input() {
  std::string text(largest_model + 1, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), stdin));
  const char* name = "standard input";
  if (std::ferror(stdin) != 0) throw Failure(ExitStatus::model_errors, std::string(name) + ": cannot be read");
  if (text.empty()) throw Failure(ExitStatus::model_errors, std::string(name) + ": is empty");
  return {name, text};  // one that is too long is refused by the parser
}

}  // namespace

SourceFile read_model_text(const std::string& path) {
  if (path == standard_input) return read_standard_input();
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

ast::Model parse_or_fail(const SourceFile& source) {
  Diagnostics diagnostics;
  std::optional<ast::Model> tree = parse(source, diagnostics);
  if (tree) return std::move(*tree);
  note(render(source, diagnostics, color_on_stderr()));
  fail(source, diagnostics);
}

HbmModel compile_or_fail(const SourceFile& source, const ConstantOverrides& overrides, bool quiet) {
  Diagnostics diagnostics;
  std::optional<HbmModel> model = compile(source, overrides, diagnostics);
  if (!model || !quiet) note(render(source, diagnostics, color_on_stderr()));
  if (model) return std::move(*model);
  fail(source, diagnostics);
}

}  // namespace adavi
