#include "diagnostics/render.hpp"

#include "diagnostics/excerpt.hpp"

namespace adavi {
namespace {

// Escape sequences of a terminal, or nothing.
struct Palette {
  const char* bold = "";
  const char* error = "";
  const char* warning = "";
  const char* note = "";
  const char* help = "";
  const char* caret = "";
  const char* reset = "";
};

constexpr Palette colored{"\033[1m", "\033[1;31m", "\033[1;35m", "\033[1;36m", "\033[1;32m", "\033[1;32m", "\033[0m"};

std::string place(const SourceFile& source, std::uint32_t offset) {
  const Position position = source.position(offset);
  return source.name() + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

std::string quoted_line(const SourceFile& source, Span span, const Palette& palette) {
  const Excerpt shown = excerpt(source, span);
  const std::string number = std::to_string(shown.line_number);
  const std::string margin(number.size() < 4 ? 4 - number.size() : 0, ' ');
  const std::string gutter(margin.size() + number.size(), ' ');
  return margin + number + " | " + shown.text + "\n" + gutter + " | " + shown.indent + palette.caret + shown.carets +
         palette.reset + "\n";
}

std::string headline(const SourceFile& source, Span span, const char* style, const char* word,
                     const std::string& message, const Palette& palette) {
  return palette.bold + place(source, span.begin) + ":" + palette.reset + " " + style + word + ":" + palette.reset +
         " " + message + "\n" + quoted_line(source, span, palette);
}

std::string block(const SourceFile& source, const Diagnostic& diagnostic, const Palette& palette) {
  const bool is_error = diagnostic.severity == Severity::error;
  std::string text = headline(source, diagnostic.span, is_error ? palette.error : palette.warning,
                              is_error ? "error" : "warning", diagnostic.message, palette);
  if (!diagnostic.help.empty()) {
    text += std::string("  ") + palette.help + "help:" + palette.reset + " " + diagnostic.help + "\n";
  }
  for (const Note& note : diagnostic.notes) {
    text += note.span ? headline(source, *note.span, palette.note, "note", note.message, palette)
                      : std::string("  ") + palette.note + "note:" + palette.reset + " " + note.message + "\n";
  }
  return text;
}

}  // namespace

std::string render(const SourceFile& source, const Diagnostics& diagnostics, bool color) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics.items()) {
    text += block(source, diagnostic, color ? colored : Palette{});
  }
  return text;
}

}  // namespace adavi
