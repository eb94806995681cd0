#pragma once
#include <string>

#include "diagnostics/render.hpp"
#include "dump.hpp"
#include "syntax/parser.hpp"

namespace adavi::test {

/// The tree of a text, or its errors.
inline std::string parsed(const std::string& text) {
  const SourceFile source("m.hbm", text);
  Diagnostics diagnostics;
  const std::optional<ast::Model> model = parse(source, diagnostics);
  if (model.has_value() == diagnostics.has_errors()) return "a tree and errors, or neither";
  return model ? dump(*model) : render(source, diagnostics);
}

/// The errors of a text as `line:column-column message | help`, one a line, then its notes as `> line:column message`.
inline std::string errors(const std::string& text) {
  const SourceFile source("m.hbm", text);
  Diagnostics diagnostics;
  if (parse(source, diagnostics)) return "none";
  const auto place = [&](std::uint32_t offset) {
    const Position position = source.position(offset);
    return std::to_string(position.line) + ":" + std::to_string(position.column);
  };
  std::string all;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    all += place(diagnostic.span.begin) + "-" + std::to_string(source.position(diagnostic.span.end).column) + " " +
           diagnostic.message + (diagnostic.help.empty() ? "" : " | " + diagnostic.help) + "\n";
    for (const Note& note : diagnostic.notes) all += "> " + place(note.span->begin) + " " + note.message + "\n";
  }
  return all;
}

/// The errors of statements of the model block; they begin on line 2.
inline std::string in_model(const std::string& statements) { return errors("model {\n" + statements + "\n}"); }
/// The errors of lines of the data block; they begin on line 2.
inline std::string in_data(const std::string& lines) { return errors("data {\n" + lines + "\n}\nmodel {}"); }

}  // namespace adavi::test
