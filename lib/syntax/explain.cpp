#include "syntax/explain.hpp"

#include <algorithm>

#include "syntax/messages.hpp"
#include "syntax/words.hpp"

namespace adavi::syntax {
namespace {

constexpr int most_tries = 1000;  // at finding where a variable is drawn
constexpr const char* example_draw = "normal(0, 1)";

bool ends_statement(const Token& token) {
  return token.at_end() || token.is(";") || token.is("}") || is_reserved(token.text);
}

// The end of the first line from `from` on at which what is there may be a whole statement: BUGS has no semicolons.
std::size_t end_of_statement(const std::string& text, std::size_t from) {
  int depth = 0;
  char last = ' ';  // that is no blank
  for (std::size_t i = from; i < text.size(); ++i) {
    const char c = text[i];
    if (c == ';' || c == '}' || (c == '\n' && depth == 0 && last == ')')) return i;
    if (c == '(' || c == '[') ++depth;
    if (c == ')' || c == ']') --depth;
    if (c != ' ' && c != '\n') last = c;
  }
  return text.size();
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
      return expected_distribution();
    case Expected::arguments:
      return missing_arguments();
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
      return syntax::expected(gap_or_found(), "'='", found(found_), "bounds are written 'real<lower=0, upper=1>'");
    case Expected::bounds_close:
      return closing("',' or '>'", '<');
    case Expected::plate_name:
      return name("the plate's name");
    case Expected::plate_open:
      return plate_form(gap_or_found(), "'[' and the plate's size", found(found_));
    case Expected::plate_close:
      return plate_close();
    case Expected::plate_begin:
      return plate_form(gap_or_found(), "'{'", found(found_));
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
  return one_line(text_, {begin, static_cast<std::uint32_t>(end_of_statement(text_, from))});
}

std::string Explainer::type_text() const {
  const std::string text = at_.type && at_.type->span.end > 0 ? one_line(text_, at_.type->span) : "";
  return text.empty() ? "real" : text;
}

Diagnostic Explainer::plain(const std::string& what) const { return expected(gap_or_found(), what, found(found_)); }

Diagnostic Explainer::closing(const std::string& what, char open) const {
  if (is_foreign_operator(found_.text)) return foreign_operator(found_.span, found(found_));
  if (found_.is("=") && open == '(') return named_argument(found_.span);
  return expected_closing(gap_or_found(), what, found(found_),
                          open_bracket(text_, at_.statement, found_.span.begin, open));
}

Diagnostic Explainer::plate_close() const {
  return found_.is(",") ? several_plate_sizes(found_.span) : closing("']'", '[');
}

Diagnostic Explainer::missing_arguments() const {
  const bool computed = found_.text.find_first_of("+-*/^") == 0;
  return syntax::expected(gap_or_found(), "'(' and the distribution's arguments", found(found_),
                          computed ? "a value that follows from others is written with '='" : "");
}

Diagnostic Explainer::expected_distribution() const {
  return syntax::expected(gap_or_found(), "a distribution such as normal(0, 1)", found(found_),
                          "a value that follows from others is written with '='");
}

Diagnostic Explainer::expression() const {
  const Span where = gap_or_found();  // a word on the next line begins the next statement
  if (is_reserved(found_.text) && where.begin == found_.span.begin) {
    return reserved_in_expression(found_.span, found_.text);
  }
  if (is_foreign_operator(found_.text)) return foreign_operator(found_.span, found(found_));
  if (found_.is("\"")) return string_literal(found_.span);
  const bool power = found_.is("*") && found_.span.begin > 0 && text_[found_.span.begin - 1] == '*';
  if (power) return foreign_operator({found_.span.begin - 1, found_.span.end}, "'**'");
  return plain("an expression");
}

Diagnostic Explainer::name(const std::string& what) const {
  if (is_reserved(found_.text)) return reserved_name(found_.span, found_.text);
  if (found_.is("<")) return bounds_behind_sizes(found_.span);
  const bool in_plate = what != "a name";
  if (found_.is("(") && !in_plate && at_.type->sizes.empty()) {
    const std::uint32_t end = behind_bracket(text_, found_.span.begin);
    const std::string sizes = one_line(text_, {found_.span.end, std::max(end - 1, found_.span.end)});
    return sizes_in_parentheses({found_.span.begin, end}, type_text(), sizes);
  }
  if (in_plate) return plate_form(gap_or_found(), what, found(found_));
  const bool digit = !found_.is_word() && found_.text.size() > 1;
  return syntax::expected(gap_or_found(), what, found(found_), digit ? "a name begins with a letter" : "");
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
  const Token next = after(text_, found_);
  if ((found_.is("T") && next.is("[")) || ((found_.is("T") || found_.is("I")) && next.is("("))) {
    const Span mark{found_.span.begin, behind_bracket(text_, next.span.begin)};
    return truncation_mark(mark, one_line(text_, mark));
  }
  if (found_.is(")") || found_.is("]")) return unmatched_closing(found_.span, found(found_));
  if (is_foreign_operator(found_.text)) return foreign_operator(found_.span, found(found_));
  const std::uint32_t end = end_of_previous(text_, found_.span.begin);
  const bool next_line = text_.find('\n', end) < found_.span.begin;
  return expected_semicolon({end, end}, found(found_), next_line || ends_statement(found_));
}

}  // namespace adavi::syntax
