#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "syntax/ast.hpp"
#include "syntax/scan.hpp"
#include "syntax/tokens.hpp"

namespace adavi::syntax {

/// What the grammar could not do without where it gave up.
enum class Expected {
  nothing,  ///< its error is reported already
  block,
  block_open,
  constant,
  statement,
  type,
  name,
  draw_or_value,
  observed_draw,
  distribution,
  arguments,
  statement_end,
  expression,
  number_end,
  group_close,
  call_close,
  brace_list_close,
  bracket_list_close,
  index_close,
  sizes_close,
  array_open,
  array_close,
  bound,
  bound_equals,
  bounds_close,
  plate_name,
  plate_open,
  plate_close,
  plate_begin,
};

/// Where the parser stands when it gives up.
struct Situation {
  std::uint32_t statement = 0;  ///< where the statement or the block begins
  std::uint32_t stop = 0;       ///< where reading stopped
  bool in_data = false;
  ast::Role role = ast::Role::latent;
  const ast::TypeSyntax* type = nullptr;                  ///< of the statement, as far as read
  const ast::Name* name = nullptr;                        ///< declared by the statement; empty before it is read
  const ast::Model* model = nullptr;                      ///< as far as read
  const std::map<std::string, Span>* declared = nullptr;  ///< names of variables and plates, as far as read
  std::optional<Span> block_end;                          ///< the brace that closed the last block
};

/// Finds the mistake behind a failed expectation by what stands there instead.
class Explainer {
 public:
  explicit Explainer(const Scanned& scanned) : scanned_(scanned), text_(scanned.text) {}

  /// Nothing where the mistake has been reported in another place.
  std::optional<Diagnostic> explain(Expected expected, const Situation& situation);
  /// What to say of a word where a type is meant.
  static Diagnostic not_a_type(Span word, std::string_view name);

 private:
  using Explanation = std::optional<Diagnostic>;

  Diagnostic plain(const std::string& what) const;
  Diagnostic closing(const std::string& what, char open) const;
  Diagnostic plate_close() const;
  Diagnostic expected_distribution() const;
  Diagnostic missing_arguments() const;
  Explanation block();
  Explanation foreign_or_unknown_block() const;
  Explanation statement() const;
  Explanation constant() const;
  Explanation declared_word() const;
  Explanation undeclared_draw() const;
  Explanation assignment(const Token& op) const;
  Explanation foreign_statement() const;
  Explanation type() const;
  Diagnostic name(const std::string& what) const;
  Explanation behind_name() const;
  Diagnostic missing_draw();
  Diagnostic statement_end();
  Diagnostic expression() const;

  Span gap_or_found() const;
  std::string statement_text(std::size_t from) const;
  std::string type_text() const;

  const Scanned& scanned_;
  const std::string& text_;
  bool outside_reported_ = false;  // one error for all statements outside of the blocks
  std::set<std::string> undrawn_;  // declared without a distribution; reported there
  Situation at_;                   // of the current call
  Token found_;
};

}  // namespace adavi::syntax
