#include "syntax/tokens.hpp"

#include <cctype>
#include <vector>

namespace adavi::syntax {
namespace {

constexpr std::size_t longest_shown = 60;

bool is_space(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }
bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::size_t operator_length(std::string_view rest) {
  for (const std::string_view op : {".*=", "./=", "%/%", "%*%", "**", "<-",
                                    "<=", ">=", "==", "!=", "+=", "-=", "*=", "/=", "&&", "||", ".*", "./", ".^"}) {
    if (rest.substr(0, op.size()) == op) return op.size();
  }
  return decode(rest, 0).length;
}

std::size_t token_length(std::string_view rest) {
  const bool number = is_digit(rest[0]) || (rest.size() > 1 && rest[0] == '.' && is_digit(rest[1]));
  if (!number && !in_word(rest[0])) return operator_length(rest);
  std::size_t length = 1;
  while (length < rest.size() && (in_word(rest[length]) || (number && rest[length] == '.'))) ++length;
  return length;
}

std::string shortened(std::string text) {
  if (text.size() <= longest_shown) return text;
  std::size_t end = longest_shown - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

char closing(char open) { return open == '(' ? ')' : open == '[' ? ']' : open == '{' ? '}' : '>'; }

}  // namespace

bool Token::is_word() const { return !text.empty() && in_word(text[0]) && !is_digit(text[0]); }

Token token_at(std::string_view text, std::size_t offset) {
  while (offset < text.size() && is_space(text[offset])) ++offset;
  if (offset >= text.size()) {
    const auto end = static_cast<std::uint32_t>(text.size());
    return {{end, end}, {}};
  }
  const std::size_t length = token_length(text.substr(offset));
  return {{static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(offset + length)},
          text.substr(offset, length)};
}

Token after(std::string_view text, const Token& token) { return token_at(text, token.span.end); }

std::uint32_t end_of_previous(std::string_view text, std::size_t offset) {
  if (offset > text.size()) offset = text.size();
  while (offset > 0 && is_space(text[offset - 1])) --offset;
  return static_cast<std::uint32_t>(offset);
}

std::string found(const Token& token) {
  return token.at_end() ? "the end of the file" : "'" + shortened(std::string(token.text)) + "'";
}

std::string one_line(std::string_view text, Span span) {
  std::string line;
  for (const char c : text.substr(span.begin, span.end - span.begin)) {
    if (!is_space(c)) {
      line += c;
    } else if (!line.empty() && line.back() != ' ') {
      line += ' ';
    }
    if (line.size() > 2 * longest_shown) break;
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return shortened(line);
}

std::optional<Span> open_bracket(std::string_view text, std::size_t from, std::size_t to, char kind) {
  std::vector<std::uint32_t> open;
  for (std::size_t i = from; i < to && i < text.size(); ++i) {
    if (text[i] == kind) open.push_back(static_cast<std::uint32_t>(i));
    if (text[i] == closing(kind) && !open.empty()) open.pop_back();
  }
  if (open.empty()) return std::nullopt;
  return Span{open.back(), open.back() + 1};
}

std::uint32_t behind_bracket(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == text[open]) ++depth;
    if (text[i] == closing(text[open]) && --depth == 0) return static_cast<std::uint32_t>(i + 1);
  }
  return static_cast<std::uint32_t>(text.size());
}

}  // namespace adavi::syntax
