#include "syntax/tree_builder.hpp"

#include <iterator>

#include "syntax/messages.hpp"
#include "syntax/tokens.hpp"
#include "syntax/words.hpp"

namespace adavi::syntax {
namespace {

bool is_empty(Span span) { return span.begin == span.end; }

bool is_closed(std::string_view text, std::uint32_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    depth += text[i] == '{' ? 1 : text[i] == '}' ? -1 : 0;
    if (depth == 0) return true;
  }
  return false;
}

}  // namespace

void TreeBuilder::type_base(Span span) { statement_.type.base = name_of(span); }

void TreeBuilder::unknown_type(Span word) { reporter_.report(Explainer::not_a_type(word, text_of(word))); }

void TreeBuilder::array_sizes(Span) { statement_.type.array_sizes = expressions_.close_sizes(); }

void TreeBuilder::open_sizes(Span bracket) {
  sizes_begin_ = bracket;
  expressions_.open(bracket);
}

void TreeBuilder::type_sizes(Span bracket) {
  ast::TypeSyntax& type = statement_.type;
  type.sizes = expressions_.close_sizes();
  if (type.base.text != "real" && type.base.text != "int") return;
  const Span sizes{sizes_begin_.begin, bracket.end};
  const Span bounds{type.base.span.end, sizes.begin};
  reporter_.report(scalar_with_sizes(sizes, type.base.text, one_line(text_, sizes), one_line(text_, bounds)));
  type.array_sizes.insert(type.array_sizes.end(), std::make_move_iterator(type.sizes.begin()),
                          std::make_move_iterator(type.sizes.end()));
  type.sizes.clear();  // read as what is meant
}

void TreeBuilder::set_bound(ast::ExprPtr& bound, Span span, const char* which) {
  if (bound) reporter_.report(repeated_bound(span, which));
  bound = expressions_.take();
}

void TreeBuilder::lower_bound(Span span) { set_bound(statement_.type.lower, span, "lower"); }
void TreeBuilder::upper_bound(Span span) { set_bound(statement_.type.upper, span, "upper"); }
void TreeBuilder::end_type(Span span) { statement_.type.span = span; }

void TreeBuilder::begin_statement(Span span) {
  expressions_.clear();
  statement_ = {};
  statement_begin_ = span.begin;
}

void TreeBuilder::check_name(const ast::Name& name) {
  const std::string& text = name.text;
  const bool ends_badly = text.size() > 1 && text.compare(text.size() - 2, 2, "__") == 0;
  if (scanned_.spoilt(name.span.begin)) return;
  if (is_reserved(text)) reporter_.report(reserved_name(name.span, text));
  if (text.front() == '_' || ends_badly) reporter_.report(name_with_underscores(name.span, text));
}

void TreeBuilder::declare(Span name) {
  statement_.name = name_of(name);
  check_name(statement_.name);
  if (!in_data_) declared_.emplace(statement_.name.text, name);
}

void TreeBuilder::misplaced_role(Span word) { reporter_.report(role_behind_type(word, text_of(word))); }
void TreeBuilder::second_type(Span word) { reporter_.report(syntax::second_type(word, text_of(word))); }

void TreeBuilder::end_value(Span) { statement_.value = expressions_.take(); }

void TreeBuilder::derived_value(Span span) {
  statement_.role = ast::Role::derived;
  end_value(span);
}

void TreeBuilder::assume_semicolon(Span at) {
  const Token next = token_at(text_, at.begin);
  if (next.at_end() && scanned_.cut_off) return;
  const std::uint32_t end = end_of_previous(text_, at.begin);
  reporter_.report(expected_semicolon({end, end}, found(next), true));
}

void TreeBuilder::end_variable(Span span) {
  statement_.span = {statement_begin_, span.end};
  auto& siblings = plates_.empty() ? model_.statements : plates_.back().plate->body;
  siblings.push_back(std::move(statement_));
  statement_ = {};
}

void TreeBuilder::end_constant(Span span) {
  model_.constants.push_back({{statement_begin_, span.end},
                              std::move(statement_.type),
                              std::move(statement_.name),
                              std::move(statement_.value)});
  statement_ = {};
}

void TreeBuilder::misspelt_plate(Span word) { reporter_.report(unknown_statement(word, text_of(word), "plate")); }

void TreeBuilder::forgotten_plate(Span at) {
  const Token name = token_at(text_, at.begin);
  reporter_.report(plate_without_word(name.span, name.text));
}

void TreeBuilder::name_plate(Span name) {
  statement_.plate = std::make_unique<ast::PlateBlock>();
  statement_.plate->name = name_of(name);
  check_name(statement_.plate->name);
  declared_.emplace(statement_.plate->name.text, name);
}

void TreeBuilder::size_plate(Span) {
  std::vector<ast::ExprPtr> sizes = expressions_.close_sizes();
  statement_.plate->size = std::move(sizes.front());
  if (sizes.size() > 1) statement_.plate->upper = std::move(sizes.back());
}

void TreeBuilder::open_plate(Span brace) {
  open_block(brace);
  if (!statement_.plate) statement_.plate = std::make_unique<ast::PlateBlock>();  // its header was given up
  statement_.span.begin = statement_begin_;
  plates_.push_back(std::move(statement_));
  statement_ = {};
}

void TreeBuilder::close_plate(Span brace) {
  close_block(brace);
  ast::Statement plate = std::move(plates_.back());
  plates_.pop_back();
  plate.span.end = brace.end;
  auto& siblings = plates_.empty() ? model_.statements : plates_.back().plate->body;
  siblings.push_back(std::move(plate));
}

void TreeBuilder::data_word(Span word) {
  if (!is_empty(model_.data_span)) {
    reporter_.report(second_block(word, "data", model_.data_span));
  } else if (!is_empty(model_.model_span)) {
    reporter_.report(data_behind_model(word, model_.model_span));
  }
  model_.data_span = word;
  in_data_ = true;
  cut_reported_ = false;
}

void TreeBuilder::model_word(Span word) {
  if (!is_empty(model_.model_span)) reporter_.report(second_block(word, "model", model_.model_span));
  model_.model_span = word;
  in_data_ = cut_reported_ = false;
}

// The grammar also opens a block where only its brace is missing; the span is empty then.
void TreeBuilder::open_block(Span brace) {
  if (is_empty(brace)) {
    const std::uint32_t end = end_of_previous(text_, brace.begin);
    reporter_.report(expected({end, end}, "'{'", found(token_at(text_, brace.begin))));
  }
  braces_.push_back(brace);
}

void TreeBuilder::close_block(Span brace) {
  if (is_empty(brace)) report_unclosed(brace);
  if (braces_.size() == 1 && !is_empty(brace)) last_end_ = brace;
  braces_.pop_back();
}

void TreeBuilder::report_unclosed(Span at) {
  const Token next = token_at(text_, at.begin);
  if (cut_reported_ || (next.at_end() && scanned_.cut_off)) return;
  cut_reported_ = true;
  const std::uint32_t end = end_of_previous(text_, at.begin);
  const std::optional<Span> opening = is_empty(braces_.back()) ? std::nullopt : std::make_optional(braces_.back());
  if (in_data_ && opening && is_closed(text_, opening->begin)) {
    surplus_brace_ = true;
    return reporter_.report(model_in_data(next.span, model_.data_span));
  }
  reporter_.report(unclosed_block({end, end}, found(next), opening));
}

void TreeBuilder::give_up(Expected expected, std::uint32_t offset) {
  Situation situation;
  situation.statement = statement_begin_;
  situation.stop = offset;
  situation.in_data = in_data_;
  situation.role = statement_.role;
  situation.type = &statement_.type;
  situation.name = &statement_.name;
  situation.model = &model_;
  situation.declared = &declared_;
  situation.block_end = last_end_;
  const bool of_statement = expected == Expected::statement || expected == Expected::constant;
  if (of_statement && token_at(text_, offset).is("{")) cut_reported_ = true;  // one brace too many
  if (expected == Expected::name) model_.lost_name = true;
  if (expected == Expected::block && surplus_brace_ && token_at(text_, offset).is("}")) {
    surplus_brace_ = false;
  } else if (std::optional<Diagnostic> mistake = explainer_.explain(expected, situation)) {
    reporter_.report(std::move(*mistake));
  }
  expressions_.clear();
  statement_ = {};
}

void TreeBuilder::lose(Span span) {
  for (Token token = token_at(text_, span.begin); token.span.begin < span.end; token = after(text_, token)) {
    if (token.is_word()) model_.lost_words.emplace(token.text);
  }
}

ast::Model TreeBuilder::finish() {
  const std::uint32_t end = end_of_previous(text_, text_.size());
  if (is_empty(model_.model_span) && !reporter_.failed()) reporter_.report(no_model_block({end, end}));
  model_.comments = scanned_.comments;
  model_.partial = reporter_.failed();
  return std::move(model_);
}

}  // namespace adavi::syntax
