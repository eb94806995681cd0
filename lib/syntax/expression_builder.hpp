#pragma once
#include <string>
#include <vector>

#include "syntax/ast.hpp"
#include "syntax/reporter.hpp"

namespace adavi::syntax {

/// Orders the operands and operators that the grammar finds into trees. Precedence and associativity are Stan's:
/// `^` (to the right) before prefix `-` before `* / .* ./` before `+ -` (to the left); so `-x^2` is `-(x^2)`.
/// Throws `Stopped` where a tree would pass the limits (limits.hpp).
class ExpressionBuilder {
 public:
  ExpressionBuilder(const std::string& text, Reporter& reporter) : text_(text), reporter_(reporter) {}

  void integer(Span span);
  void real(Span span);
  void name(Span span);
  void prefix_operator(Span span);
  void infix_operator(Span span);
  /// Everything since the last open bracket is one operand now.
  void end_expression(Span);

  /// A bracket of any role; what is closed with says which it was.
  void open(Span bracket);
  void close_group(Span bracket);
  void close_call(Span bracket);
  void close_list(Span bracket);
  void colon(Span span);
  void end_index(Span span);
  void close_index(Span bracket);
  /// The expressions since the bracket was opened: sizes of a type or of a plate.
  std::vector<ast::ExprPtr> close_sizes();

  /// The last finished expression.
  ast::ExprPtr take();
  /// Forgets what is unfinished.
  void clear();

 private:
  struct Operand {
    ast::ExprPtr expr;
    int nesting = 0;
    int height = 0;
  };
  struct Operator {
    std::string text;
    Span span;
    bool prefix = false;
  };
  struct Bracket {
    Span span;
    std::size_t operands = 0;  // how many were there when it was opened
    std::size_t operators = 0;
    std::size_t colon_at = 0;  // number of operands when `:` came
    bool has_colon = false;
    std::vector<ast::Index> indices;
    Operand deepest;  // of the indices
  };

  std::string_view text_of(Span span) const;
  ast::ExprPtr make(ast::ExprKind kind, Span span);
  void push(ast::ExprPtr expr, int nesting, int height);
  Operand pop();
  Bracket pop_bracket();
  void reduce();
  void reduce_while_stronger(const Operator& next);
  std::vector<ast::ExprPtr> arguments_of(const Bracket& bracket, Operand& deepest);

  const std::string& text_;
  Reporter& reporter_;
  std::size_t nodes_ = 0;
  std::vector<Operand> operands_;
  std::vector<Operator> operators_;
  std::vector<Bracket> brackets_;
};

}  // namespace adavi::syntax
