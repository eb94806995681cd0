#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "diagnostics/source.hpp"

/// Looking around in a text by tokens, to say what was found where something else was expected.
namespace adavi::syntax {

/// A word, a number, an operator of up to three characters (`<-`, `+=`, `.*`, `&&`) or one character; empty at the end.
struct Token {
  Span span;
  std::string_view text;

  bool is(std::string_view expected) const { return text == expected; }
  bool is_word() const;
  bool at_end() const { return text.empty(); }
};

/// The token at or behind an offset.
Token token_at(std::string_view text, std::size_t offset);
/// The token behind a token.
Token after(std::string_view text, const Token& token);
/// The end of the last token before an offset.
std::uint32_t end_of_previous(std::string_view text, std::size_t offset);

/// `'foo'`, shortened where it is long, or `the end of the file`.
std::string found(const Token& token);
/// The text of a span on one line, blanks collapsed, shortened where it is long.
std::string one_line(std::string_view text, Span span);

/// The innermost bracket that is open between two offsets; `kind` limits it to one of `(`, `[`, `{`, `<`.
std::optional<Span> open_bracket(std::string_view text, std::size_t from, std::size_t to, char kind);
/// The offset behind the bracket that closes the one at `open`; the end of the text where none does.
std::uint32_t behind_bracket(std::string_view text, std::size_t open);

}  // namespace adavi::syntax
