#include <algorithm>

#include "diagnostics/suggest.hpp"
#include "syntax/explain.hpp"
#include "syntax/messages.hpp"
#include "syntax/words.hpp"

/// Mistakes at the beginning of a block, a statement or a type; those further on are in explain.cpp.
namespace adavi::syntax {
namespace {

bool begins_type(const Token& token) { return is_type(token.text) || token.is("array"); }

}  // namespace

Diagnostic Explainer::not_a_type(Span word, std::string_view name) {
  if (is_foreign_type(name)) return foreign_type(word, name);
  if (name == "float" || name == "double") return unknown_type(word, name, "real");
  return unknown_type(word, name, did_you_mean(name, type_words()));
}

std::optional<Diagnostic> Explainer::block() {
  if (found_.is("}")) {  // an end in the wrong place leaves one over; it is reported where the statements stand
    return outside_reported_ ? std::nullopt : Explanation(unmatched_closing(found_.span, found(found_)));
  }
  if (const Explanation word = foreign_or_unknown_block()) return word;
  if (!found_.is_word()) return expected_block(found_.span, found(found_));
  if (outside_reported_) return std::nullopt;
  outside_reported_ = true;
  return outside_block(found_.span, at_.block_end);
}

std::optional<Diagnostic> Explainer::foreign_or_unknown_block() const {
  const Token next = after(text_, found_);
  if (is_foreign_block(found_.text)) {
    const bool two_words = next.is("parameters") || next.is("data") || next.is("quantities");
    const Span words{found_.span.begin, two_words ? next.span.end : found_.span.end};
    return foreign_block(words, one_line(text_, words));
  }
  if (found_.is_word() && next.is("{") && !is_control_flow(found_.text)) {
    return unknown_block(found_.span, found_.text, did_you_mean(found_.text, {"data", "model"}));
  }
  return std::nullopt;
}

std::optional<Diagnostic> Explainer::statement() const {
  if (const Explanation habit = foreign_statement()) return habit;
  const Token next = after(text_, found_);
  if (found_.is_word() && next.is("~")) return undeclared_draw();
  if (const Explanation word = declared_word()) return word;
  return expected(found_.span, "a statement", found(found_), "a statement begins with a type, 'observed' or 'plate'");
}

std::optional<Diagnostic> Explainer::constant() const {
  if (found_.is("plate") || found_.is("observed") || found_.is("covariate")) {
    return only_in_model(found_.span, found_.text);
  }
  if (const Explanation habit = foreign_statement()) return habit;
  const Token next = after(text_, found_);
  if (found_.is_word() && next.is("~")) return drawn_in_data(next.span, found_.text);
  if (const Explanation word = declared_word()) return word;
  return expected(found_.span, "a constant's type", found(found_));
}

// A statement that begins with a word which begins no statement.
std::optional<Diagnostic> Explainer::declared_word() const {
  if (!found_.is_word()) return std::nullopt;
  const Token next = after(text_, found_);
  if (is_foreign_type(found_.text)) return foreign_type(found_.span, found_.text);
  if (next.is("[")) {
    const Token behind = token_at(text_, behind_bracket(text_, next.span.begin));
    if (behind.is("~")) return element_drawn(found_.span, found_.text);
  }
  if (next.is("=") || next.is("<-") || (next.text.size() == 2 && next.text[1] == '=')) return assignment(next);
  if (next.is("(")) return called_as_statement(found_.span, found_.text);
  if (begins_type(next))
    return unknown_statement(found_.span, found_.text, did_you_mean(found_.text, statement_words()));
  if (next.is_word() || next.is("[") || next.is("<")) return not_a_type(found_.span, found_.text);
  return std::nullopt;
}

std::optional<Diagnostic> Explainer::assignment(const Token& op) const {
  const auto declared = at_.declared->find(std::string(found_.text));
  const bool known = declared != at_.declared->end();
  if (known) return assigned_again(found_.span, found_.text, declared->second);
  if (op.text.size() == 2 && !op.is("<-")) return assigned_again(found_.span, found_.text, std::nullopt);
  const std::string example = "real " + std::string(found_.text) + " = " + statement_text(op.span.end) + ";";
  return computed_without_type(found_.span, found_.text, example);
}

std::optional<Diagnostic> Explainer::undeclared_draw() const {
  const std::string name(found_.text);
  if (undrawn_.count(name) > 0) return std::nullopt;
  const std::string draw = statement_text(found_.span.begin);
  const auto& constants = at_.model->constants;
  const auto constant =
      std::find_if(constants.begin(), constants.end(), [&](const ast::ConstantDecl& c) { return c.name.text == name; });
  const auto declared = at_.declared->find(name);
  if (declared != at_.declared->end()) return drawn_again(found_.span, name, declared->second);
  if (constant == constants.end()) return drawn_without_type(found_.span, name, "real " + draw + ";");
  const std::string base = constant->type.base.text == "int" ? "int" : "real";  // a plate repeats it
  return constant_drawn(found_.span, name, constant->name.span, "observed " + base + " " + draw + ";");
}

// Habits from Stan that need another way here.
std::optional<Diagnostic> Explainer::foreign_statement() const {
  const Token next = after(text_, found_);
  if (found_.is("for") || found_.is("while")) return loop(found_.span, found_.text);
  if (is_control_flow(found_.text)) return branch(found_.span, found_.text);
  if (found_.is("target") && next.is("+=")) return target_increment({found_.span.begin, next.span.end});
  if (is_foreign_block(found_.text) && (next.is("{") || next.is_word())) return foreign_or_unknown_block();
  return std::nullopt;
}

std::optional<Diagnostic> Explainer::type() const {
  const Token next = after(text_, found_);
  const std::uint32_t previous = end_of_previous(text_, found_.span.begin);
  const std::string keyword = at_.role == ast::Role::covariate ? "covariate" : "observed";
  if (found_.is("array")) return nested_array(found_.span);
  if (is_foreign_type(found_.text)) return foreign_type(found_.span, found_.text);
  if (previous > 0 && text_[previous - 1] == ']') return plain("the type of the array's entries");
  if (found_.is_word() && !is_reserved(found_.text)) {
    const bool sized = next.is("[") || next.is("<");
    const Token behind = sized ? token_at(text_, behind_bracket(text_, next.span.begin)) : next;
    if (behind.is_word()) return not_a_type(found_.span, found_.text);
    const std::string example = keyword + " real " + statement_text(found_.span.begin) + ";";
    return missing_type(found_.span, "'" + keyword + "'", found(found_), example);
  }
  return plain("a type after '" + keyword + "'");
}

}  // namespace adavi::syntax
