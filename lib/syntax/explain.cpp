#include "syntax/explain.hpp"

#include <algorithm>

#include "diagnostics/suggest.hpp"
#include "syntax/messages.hpp"
#include "syntax/words.hpp"

namespace adavi::syntax {
namespace {

constexpr int most_tries = 1000;  // at finding where a variable is drawn
constexpr const char* example_draw = "normal(0, 1)";

bool ends_statement(const Token& token) {
  return token.at_end() || token.is(";") || token.is("}") || is_reserved(token.text);
}

std::optional<std::string> meant_type(std::string_view word, const std::vector<std::string>& candidates) {
  if (word == "float" || word == "double") return "real";
  return did_you_mean(word, candidates);
}

}  // namespace

std::optional<Diagnostic> Explainer::explain(Expected expected, const Situation& situation) {
  at_ = situation;
  found_ = token_at(text_, situation.stop);
  if (expected == Expected::nothing || scanned_.spoilt(situation.stop)) return std::nullopt;
  switch (expected) {
    case Expected::block:
      return block();
    case Expected::block_open:
      return plain("'{'");
    case Expected::constant:
      return constant();
    case Expected::statement:
      return statement();
    case Expected::type:
      return type();
    case Expected::name:
      return name("a name");
    case Expected::draw_or_value:
    case Expected::observed_draw:
      return missing_draw();
    case Expected::distribution:
      return plain("a distribution such as normal(0, 1)");
    case Expected::arguments:
      return plain("'(' and the distribution's arguments");
    case Expected::statement_end:
      return statement_end();
    case Expected::number_end:
      return letters_behind_number(found_.span, found(found_));
    case Expected::group_close:
      return closing("')'", '(');
    case Expected::call_close:
      return closing("',' or ')'", '(');
    case Expected::brace_list_close:
      return closing("',' or '}'", '{');
    case Expected::bracket_list_close:
    case Expected::index_close:
    case Expected::sizes_close:
    case Expected::array_close:
      return closing("',' or ']'", '[');
    case Expected::array_open:
      return plain("'[' and the array's sizes");
    case Expected::bound:
      return unknown_bound(found_.span, found(found_));
    case Expected::bound_equals:
      return plain("'='");
    case Expected::bounds_close:
      return closing("',' or '>'", '<');
    case Expected::plate_name:
      return name("the plate's name");
    case Expected::plate_open:
      return plain("'[' and the plate's size");
    case Expected::plate_close:
      return closing("']'", '[');
    case Expected::plate_begin:
      return plain("'{'");
    default:
      return expression();
  }
}

// What is missing at the end of a line is shown there, not at the beginning of the next one.
Span Explainer::gap_or_found() const {
  const std::uint32_t end = end_of_previous(text_, found_.span.begin);
  const bool same_line = text_.find('\n', end) >= found_.span.begin;
  return same_line && !found_.at_end() ? found_.span : Span{end, end};
}

std::string Explainer::statement_text(std::size_t from) const {
  const auto begin = static_cast<std::uint32_t>(from);
  const std::size_t end = std::min(text_.find(';', from), text_.size());
  return one_line(text_, {begin, static_cast<std::uint32_t>(end)});
}

std::string Explainer::type_text() const {
  const std::string text = at_.type && at_.type->span.end > 0 ? one_line(text_, at_.type->span) : "";
  return text.empty() ? "real" : text;
}

Diagnostic Explainer::plain(const std::string& what) const { return expected(gap_or_found(), what, found(found_)); }

Diagnostic Explainer::closing(const std::string& what, char open) const {
  if (is_foreign_operator(found_.text)) return foreign_operator(found_.span, found(found_));
  return expected_closing(gap_or_found(), what, found(found_),
                          open_bracket(text_, at_.statement, found_.span.begin, open));
}

Diagnostic Explainer::expression() const {
  const Span where = gap_or_found();  // a word on the next line begins the next statement
  if (is_reserved(found_.text) && where.begin == found_.span.begin) {
    return reserved_in_expression(found_.span, found_.text);
  }
  if (is_foreign_operator(found_.text)) return foreign_operator(found_.span, found(found_));
  return plain("an expression");
}

Diagnostic Explainer::name(const std::string& what) const {
  if (is_reserved(found_.text)) return reserved_name(found_.span, found_.text);
  if (found_.is("<")) return bounds_behind_sizes(found_.span);
  return plain(what);
}

std::optional<Diagnostic> Explainer::block() {
  if (found_.is("}")) return unmatched_closing(found_.span, found(found_));
  if (const Explanation word = foreign_or_unknown_block()) return word;
  if (!found_.is_word()) return expected_block(found_.span, found(found_));
  if (outside_reported_) return std::nullopt;
  outside_reported_ = true;
  return outside_block(found_.span);
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
  return expected(found_.span, "a statement", found(found_));
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
  if (next.is("=") || next.is("<-")) {
    const std::string value = statement_text(next.span.end);
    const std::string example = "real " + std::string(found_.text) + " = " + value + ";";
    return computed_without_type(found_.span, found_.text, example);
  }
  if (next.is("(")) return called_as_statement(found_.span, found_.text);
  if (next.is_word() || next.is("[") || next.is("<")) {
    return unknown_type(found_.span, found_.text, meant_type(found_.text, statement_words()));
  }
  return std::nullopt;
}

std::optional<Diagnostic> Explainer::undeclared_draw() const {
  const std::string name(found_.text);
  if (undrawn_.count(name) > 0) return std::nullopt;
  const std::string draw = statement_text(found_.span.begin);
  const auto& constants = at_.model->constants;
  const auto constant =
      std::find_if(constants.begin(), constants.end(), [&](const ast::ConstantDecl& c) { return c.name.text == name; });
  if (constant == constants.end()) return drawn_without_type(found_.span, name, "real " + draw + ";");
  const std::string& base = constant->type.base.text;
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
    if (behind.is_word()) return unknown_type(found_.span, found_.text, meant_type(found_.text, type_words()));
    const std::string example = keyword + " real " + statement_text(found_.span.begin) + ";";
    return missing_type(found_.span, "'" + keyword + "'", found(found_), example);
  }
  return plain("a type after '" + keyword + "'");
}

// Mistakes that stand right behind the name that a statement declares.
std::optional<Diagnostic> Explainer::behind_name() const {
  if (at_.name == nullptr || at_.name->text.empty()) return std::nullopt;
  if (end_of_previous(text_, found_.span.begin) != at_.name->span.end) return std::nullopt;
  if (found_.is("<-")) return arrow_assignment(found_.span, at_.in_data);
  if (found_.is(",")) return several_names(found_.span);
  if (!found_.is("[")) return std::nullopt;
  const std::uint32_t end = behind_bracket(text_, found_.span.begin);
  const std::string sizes = one_line(text_, {found_.span.begin + 1, std::max(end - 1, found_.span.begin + 1)});
  const std::string type = type_text();
  const bool is_array = !at_.type->array_sizes.empty();
  return sizes_behind_name({found_.span.begin, end}, at_.name->text,
                           is_array ? "" : "array[" + sizes + "] " + type + " " + at_.name->text);
}

Diagnostic Explainer::missing_draw() {
  if (Explanation mistake = behind_name()) return *mistake;
  const bool is_observed = at_.role == ast::Role::observed;
  if (is_observed && found_.is("=")) return observed_but_computed(found_.span, at_.name->text);
  if (!ends_statement(found_)) return plain(is_observed ? "'~'" : "'~' or '='");

  // Stan draws in another line; that line then needs no error of its own.
  std::string draw = example_draw;
  const std::string& name = at_.name->text;
  std::size_t i = text_.find(name, found_.span.begin);
  for (int tries = 0; i < text_.size() && tries < most_tries; ++tries, i = text_.find(name, i + name.size())) {
    const Token word = token_at(text_, i), next = after(text_, word);
    if (word.span.begin != i || word.text != name || !next.is("~")) continue;
    draw = statement_text(next.span.end);
    break;
  }
  undrawn_.insert(name);
  const std::string example = type_text() + " " + name + " ~ " + draw + ";";
  return is_observed ? observed_but_undrawn(at_.name->span, name, "observed " + example)
                     : undrawn(at_.name->span, name, example);
}

Diagnostic Explainer::statement_end() {
  if (at_.in_data && found_.is("~")) return drawn_in_data(found_.span, at_.name->text);
  if (Explanation mistake = behind_name()) return *mistake;
  if (found_.is("T") && after(text_, found_).is("[")) {
    return truncation_mark({found_.span.begin, behind_bracket(text_, after(text_, found_).span.begin)});
  }
  if (found_.is(")") || found_.is("]")) return unmatched_closing(found_.span, found(found_));
  if (is_foreign_operator(found_.text)) return foreign_operator(found_.span, found(found_));
  const std::uint32_t end = end_of_previous(text_, found_.span.begin);
  const bool next_line = text_.find('\n', end) < found_.span.begin;
  return expected_semicolon({end, end}, found(found_), next_line || ends_statement(found_));
}

}  // namespace adavi::syntax
