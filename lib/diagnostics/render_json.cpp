#include "diagnostics/render_json.hpp"

#include <nlohmann/json.hpp>

namespace adavi {
namespace {

using Json = nlohmann::ordered_json;

Json place(const SourceFile& source, std::uint32_t offset) {
  const Position position = source.position(offset);
  return {{"line", position.line}, {"column", position.column}};
}

Json span_json(const SourceFile& source, Span span) {
  return {{"begin", place(source, span.begin)}, {"end", place(source, span.end)}};
}

Json note_json(const SourceFile& source, const Note& note) {
  return {{"message", note.message}, {"span", note.span ? span_json(source, *note.span) : Json(nullptr)}};
}

Json diagnostic_json(const SourceFile& source, const Diagnostic& diagnostic) {
  Json notes = Json::array();
  for (const Note& note : diagnostic.notes) notes.push_back(note_json(source, note));
  return {{"code", diagnostic.code},       {"severity", diagnostic.severity == Severity::error ? "error" : "warning"},
          {"message", diagnostic.message}, {"help", diagnostic.help.empty() ? Json(nullptr) : Json(diagnostic.help)},
          {"file", source.name()},         {"span", span_json(source, diagnostic.span)},
          {"notes", std::move(notes)}};
}

}  // namespace

std::string render_json(const SourceFile& source, const Diagnostics& diagnostics) {
  Json all = Json::array();
  for (const Diagnostic& diagnostic : diagnostics.items()) all.push_back(diagnostic_json(source, diagnostic));
  return all.dump(2, ' ', false, Json::error_handler_t::replace);  // a file's name need not be UTF-8
}

}  // namespace adavi
