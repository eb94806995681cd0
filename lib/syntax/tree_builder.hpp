#pragma once
#include <map>
#include <vector>

#include "syntax/ast.hpp"
#include "syntax/explain.hpp"
#include "syntax/expression_builder.hpp"
#include "syntax/reporter.hpp"

namespace adavi::syntax {

/// Builds the tree from what the grammar finds, in the order in which it finds it. Spans are of the token or construct
/// just read, without the blanks behind it.
class TreeBuilder {
 public:
  TreeBuilder(const Scanned& scanned, Reporter& reporter)
      : scanned_(scanned),
        text_(scanned.text),
        reporter_(reporter),
        explainer_(scanned),
        expressions_(scanned.text, reporter) {}

  ExpressionBuilder& expressions() { return expressions_; }

  // Types.
  void type_base(Span span);
  void unknown_type(Span word);
  void open_sizes(Span bracket);
  void array_sizes(Span bracket);
  void type_sizes(Span bracket);
  void lower_bound(Span span);
  void upper_bound(Span span);
  void end_type(Span span);

  // Statements.
  void begin_statement(Span span);
  void misplaced_role(Span word);
  void second_type(Span word);
  void role_observed(Span) { statement_.role = ast::Role::observed; }
  void role_covariate(Span) { statement_.role = ast::Role::covariate; }
  void declare(Span name);
  void end_value(Span);
  void derived_value(Span);
  void assume_semicolon(Span at);
  void end_variable(Span span);
  void end_constant(Span span);

  // Plates.
  void misspelt_plate(Span word);
  void forgotten_plate(Span at);
  void name_plate(Span name);
  void size_plate(Span bracket);
  void open_plate(Span brace);
  void close_plate(Span brace);

  // Blocks.
  void begin_block(Span at) { statement_begin_ = at.begin; }
  void data_word(Span word);
  void model_word(Span word);
  void open_block(Span brace);
  void close_block(Span brace);
  void back_in_model(Span) { in_data_ = false; }

  /// Reports what the grammar missed at `offset`, and forgets the statement.
  void give_up(Expected expected, std::uint32_t offset);
  /// Notes what is passed over.
  void lose(Span span);
  /// The finished tree. Reports a missing model block where nothing else is wrong.
  ast::Model finish();

 private:
  std::string text_of(Span span) const { return text_.substr(span.begin, span.end - span.begin); }
  ast::Name name_of(Span span) const { return {text_of(span), span}; }
  void check_name(const ast::Name& name);
  void set_bound(ast::ExprPtr& bound, Span span, const char* which);
  void report_unclosed(Span at);

  const Scanned& scanned_;
  const std::string& text_;
  Reporter& reporter_;
  Explainer explainer_;
  ExpressionBuilder expressions_;

  ast::Model model_;
  ast::Statement statement_;  // the one being read; also a constant's type, name and value
  std::uint32_t statement_begin_ = 0;
  std::vector<ast::Statement> plates_;  // open ones, outermost first
  std::vector<Span> braces_;            // of the open blocks and plates
  std::optional<Span> last_end_;        // the brace that closed the last block
  std::map<std::string, Span> declared_;
  Span sizes_begin_;  // the bracket that opened the last sizes
  bool in_data_ = false;
  bool surplus_brace_ = false;  // to come; the mistake behind it is reported
  bool cut_reported_ = false;   // of several blocks without an end the innermost is reported
};

}  // namespace adavi::syntax
