#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "diagnostics/diagnostics.hpp"
#include "semantics/hbm_model.hpp"
#include "semantics/limits.hpp"
#include "semantics/names.hpp"
#include "syntax/ast.hpp"

namespace adavi {

/// The numbers of an expression of constants, row-major; null where it varies.
using Known = std::shared_ptr<const std::vector<double>>;

/// Thrown where going on makes no sense: a limit is passed. Its cause is reported.
struct Stopped {};

/// What the passes of the analysis share while a model grows.
class Analysis {
 public:
  Analysis(const ast::Model& syntax, Diagnostics& diagnostics) : syntax(syntax), diagnostics_(diagnostics) {}

  const ast::Model& syntax;
  HbmModel model;
  Names names;
  int nesting = 0;              ///< of the expression under analysis
  std::string declaring;        ///< the name whose declaration is under analysis
  bool has_observed = false;    ///< some statement is observed, sound or not
  bool plates_collide = false;  ///< a second plate stands beside the first somewhere
  bool type_in_doubt = false;   ///< of the variable under analysis
  std::set<int> without_value;  ///< variables of a sound type whose distribution or value is erroneous

  /// Throws `Stopped` when there are too many errors.
  void report(Diagnostic diagnostic);
  /// Reports a passed limit and throws `Stopped`.
  [[noreturn]] void stop(Diagnostic diagnostic);
  /// Reports a mistake that may as well lie in the declared type of the variable: what uses it is then not checked
  /// against that type.
  void report_of_type(Diagnostic diagnostic) {
    type_in_doubt = true;
    report(std::move(diagnostic));
  }

  /// Appends an expression. `known` holds its value where it is one of constants. Throws `Stopped` when there are too
  /// many.
  ExprId add(Expr expression, Span span, Known known = nullptr);
  ExprId literal(double value, Span span);
  /// Appends a call whose arguments exist; its depth is the deepest of theirs.
  ExprId add_call(const std::string& function, std::vector<ExprId> arguments, Type type, Span span,
                  Known known = nullptr);

  /// True where a value of `size` more numbers may be worked out; reports at `span` otherwise.
  bool can_hold(std::int64_t size, Span span);
  /// Counts work on the numbers of constants. Throws `Stopped` beyond the limit, reported at `span`.
  void spend(std::int64_t operations, Span span);

  const Expr& expression(ExprId id) const { return model.expression(id); }
  const Type& type(ExprId id) const { return model.expression(id).type; }
  const Known& known(ExprId id) const { return known_[static_cast<std::size_t>(id)]; }
  Span span(ExprId id) const { return spans_[static_cast<std::size_t>(id)]; }
  /// The value of a scalar of constants.
  std::optional<double> known_scalar(ExprId id) const;

  /// Appends a constant, whose numbers are then shared by all its uses.
  int add_constant(Constant constant);
  const Known& constant_value(int index) const { return constant_values_[static_cast<std::size_t>(index)]; }

  const Variable& variable(int index) const { return model.variables[static_cast<std::size_t>(index)]; }
  const Constant& constant(int index) const { return model.constants[static_cast<std::size_t>(index)]; }

 private:
  Diagnostics& diagnostics_;
  std::vector<Known> known_;  // one an expression
  std::vector<Span> spans_;   // one an expression
  std::vector<Known> constant_values_;
  std::int64_t held_ = 0;   // numbers of all values
  std::int64_t spent_ = 0;  // operations on them
  std::size_t errors_ = 0;
};

/// True where two expressions are the same text of the same names; false also where they are too deep to compare.
bool same_expression(const Analysis& analysis, ExprId left, ExprId right, int depth = 0);

/// The variable that an expression is (an element or slice of), through derived quantities; -1 for other expressions.
int underlying_variable(const Analysis& analysis, ExprId id);

/// Product of the sizes, or nothing beyond `limit`.
std::optional<std::int64_t> bounded_size(const Shape& shape, std::int64_t limit);

}  // namespace adavi
