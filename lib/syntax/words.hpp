#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace adavi::syntax {

/// `real`, `int`, `vector`, ...: the types of the language.
const std::vector<std::string>& type_words();
/// `plate`, `observed`, `covariate`, `array` and the types: what begins a statement.
const std::vector<std::string>& statement_words();
/// Words that no variable, constant or plate may have as its name.
bool is_reserved(std::string_view word);
bool is_type(std::string_view word);
/// A type of Stan that this language does not have.
bool is_foreign_type(std::string_view word);
/// A block of a Stan program that this language does not have (or the first of its two words).
bool is_foreign_block(std::string_view word);
/// `for`, `while`, `if`, `else`.
bool is_control_flow(std::string_view word);
/// `%`, `==`, `&&`, ...: operators of Stan that this language does not have.
bool is_foreign_operator(std::string_view text);

}  // namespace adavi::syntax
