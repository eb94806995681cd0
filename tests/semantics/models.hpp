#pragma once
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>

#include "diagnostics/diagnostics.hpp"
#include "semantics/analyze.hpp"
#include "syntax/parser.hpp"

namespace adavi::testing {

/// A model's text after parsing and analysis, and all that was said about it.
struct Analysed {
  std::optional<HbmModel> model;
  /// One line a diagnostic in order of place: `LINE:COLUMN: error: MESSAGE (help: WAY OUT) [CODE]`, notes as
  /// `LINE:COLUMN: note: MESSAGE`.
  std::string said;
};

inline std::string place(const SourceFile& source, Span span) {
  const Position position = source.position(span.begin);
  return std::to_string(position.line) + ":" + std::to_string(position.column) + ": ";
}

inline std::string line_of(const SourceFile& source, const Diagnostic& diagnostic) {
  std::string text = place(source, diagnostic.span);
  text += (diagnostic.severity == Severity::error ? "error: " : "warning: ") + diagnostic.message;
  if (!diagnostic.help.empty()) text += " (help: " + diagnostic.help + ")";
  text += "\n";
  for (const Note& note : diagnostic.notes) {
    text += (note.span ? place(source, *note.span) : "") + "note: " + note.message + "\n";
  }
  return text;
}

inline Analysed analyse(const std::string& text, const ConstantOverrides& overrides = {}) {
  const SourceFile source("model.hbm", text);
  Diagnostics diagnostics;
  Analysed result;
  if (const auto tree = parse_leniently(source, diagnostics)) result.model = analyze(*tree, overrides, diagnostics);
  diagnostics.sort();
  for (const Diagnostic& diagnostic : diagnostics.items()) result.said += line_of(source, diagnostic);
  return result;
}

/// A file of `models/`.
inline std::string model_text(const std::string& name) {
  std::ifstream file(std::string(ADAVI_SOURCE_DIR) + "/models/" + name);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline const Variable& variable(const HbmModel& model, const std::string& name) {
  for (const Variable& candidate : model.variables) {
    if (candidate.name == name) return candidate;
  }
  throw std::runtime_error("no variable " + name);
}

/// Names of variables, joined by spaces.
inline std::string names(const HbmModel& model, const std::vector<int>& indices) {
  std::string text;
  for (const int i : indices) text += (text.empty() ? "" : " ") + model.variables[static_cast<std::size_t>(i)].name;
  return text;
}

/// A sound model around `lines`, which may declare latents, then an observed `y` in plate `obs`:
/// the lines stand at the top of `model`, from line 2 of the text.
inline std::string around(const std::string& lines, const std::string& observed = "observed real y ~ normal(0, 1);") {
  return "model {\n" + lines + "\nplate obs[4] {\n" + observed + "\n}\n}\n";
}

}  // namespace adavi::testing
