#include "cli/pipeline.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/terminal.hpp"
#include "diagnostics/failure.hpp"
#include "diagnostics/render.hpp"
#include "semantics/analyze.hpp"
#include "syntax/parser.hpp"

namespace adavi {
namespace {

/// The parser's own limit; a larger file is refused before it is read.
constexpr std::uintmax_t largest_model = 1 << 20;

bool is_error(const Diagnostic& diagnostic) { return diagnostic.severity == Severity::error; }

nlohmann::json place(const SourceFile& source, Span span) {
  const Position begin = source.position(span.begin), end = source.position(span.end);
  return {{"line", begin.line}, {"column", begin.column}, {"end_line", end.line}, {"end_column", end.column}};
}

nlohmann::json to_json(const SourceFile& source, const Diagnostic& diagnostic) {
  nlohmann::json item = place(source, diagnostic.span);
  item["severity"] = is_error(diagnostic) ? "error" : "warning";
  item["code"] = diagnostic.code;
  item["message"] = diagnostic.message;
  if (!diagnostic.help.empty()) item["help"] = diagnostic.help;
  for (const Note& note : diagnostic.notes) {
    nlohmann::json entry = note.span ? place(source, *note.span) : nlohmann::json::object();
    entry["message"] = note.message;
    item["notes"].push_back(entry);
  }
  return item;
}

}  // namespace

SourceFile read_model_text(const std::string& path) {
  const auto refuse = [&](const std::string& why) { return Failure(ExitStatus::usage, path + ": " + why); };
  std::error_code problem;
  if (std::filesystem::is_directory(path, problem)) throw refuse("is a folder, not a model");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) throw refuse(std::string("cannot be read: ") + std::strerror(errno));
  // Counted while reading: a pipe has no size.
  std::string text(largest_model + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) throw refuse(std::string("cannot be read: ") + std::strerror(errno));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > largest_model) throw refuse("is larger than 1 MiB, which no model is");
  return {path, std::move(text)};
}

std::optional<HbmModel> compile(const SourceFile& source, const ConstantOverrides& overrides,
                                Diagnostics& diagnostics) {
  const std::optional<ast::Model> tree = parse(source, diagnostics);
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
  throw Failure(ExitStatus::model_errors,
                source.name() + " has " + (errors == 1 ? "an error" : std::to_string(errors) + " errors"));
}

std::string diagnostics_json(const SourceFile& source, const Diagnostics& diagnostics) {
  nlohmann::json items = nlohmann::json::array();
  for (const Diagnostic& diagnostic : diagnostics.items()) items.push_back(to_json(source, diagnostic));
  return items.dump();
}

}  // namespace adavi
