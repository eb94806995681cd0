#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "catalog/links.hpp"
#include "catalog/types.hpp"
#include "diagnostics/source.hpp"
#include "syntax/ast.hpp"

/// The analysed model: everything the later stages need, with no text left to interpret.
namespace adavi {

using ExprId = std::int32_t;
inline constexpr ExprId no_expr = -1;

/// A plate of the single stack. `HbmModel::plates` lists them outermost first: depth d counts the first d of them.
struct Plate {
  std::string name;
  std::int64_t lower = 1;  ///< smallest and
  std::int64_t upper = 1;  ///< largest cardinality; equal for a fixed one
  Span span;               ///< of its name
};

/// A known number or array of the `data` block.
struct Constant {
  std::string name;
  Type type;
  std::vector<double> values;  ///< row-major
};

enum class ExprOp { literal, constant, variable, call, index };

/// One axis of an index expression; positions count from 0 here.
struct IndexItem {
  enum class Mode { position, range, expression };
  Mode mode = Mode::position;
  std::int64_t lower = 0;       ///< the position, or the first of the range
  std::int64_t upper = 0;       ///< one past the last of the range
  ExprId expression = no_expr;  ///< an integer known only at run time (from 1), e.g. a covariate
};

/// A typed expression. Its value varies over the first `depth` plates and has the event shape `type.shape`:
/// as a tensor [batch..., Card(plate 1)..Card(plate depth), type.shape...].
struct Expr {
  ExprOp op = ExprOp::literal;
  Type type;
  int depth = 0;
  std::vector<double> values;     ///< literal: its numbers, row-major
  int index = -1;                 ///< constant or variable: its position in the model's list
  std::string function;           ///< call: the catalogue's name, overload resolved (`multiply` by a scalar, `matmul`)
  std::vector<ExprId> arguments;  ///< call: its arguments; index: the base alone
  std::vector<IndexItem> items;   ///< index: one per leading axis
};

/// An argument of a distribution, with its alignment to the variate decided by type, never by size:
/// `trailing` axes of size 1 go behind its event axes so that the rest broadcasts from the right.
struct DistributionArgument {
  ExprId expression = no_expr;
  int trailing = 0;
};

/// A distribution of the catalogue with its arguments, or a combinator over others. Alignment: an argument's own shape
/// and its trailing axes end where the variate's shape ends (before the axes of the parameter's kind, where it is a
/// vector or a matrix); axes of size 1 fill the gap between the plates and its shape. In a mixture with one component
/// the variate has one more axis in front of its shape, the components'; arguments without that axis broadcast over it.
struct Distribution {
  /// A catalogue row, "mixture", "transformed", or "sorted": the base's n draws along the last axis in increasing
  /// order, with density n! times the base's.
  std::string name;
  std::vector<DistributionArgument> arguments;  ///< mixture: the weights
  /// Mixture: one (its arguments carry a leading component axis) or several. Transformed, sorted: the base.
  std::vector<Distribution> components;
  LinkKind link = LinkKind::identity;  ///< transformed: value = link(base)
  ExprId lower = no_expr;              ///< truncation, normalised; no_expr where the bound is not tighter
  ExprId upper = no_expr;
  int event_rank = 0;  ///< trailing axes of the variate that one density covers
};

/// A link with its bounds; `lower`/`upper` are expressions over upper variables, no_expr where open.
struct Link {
  LinkKind kind = LinkKind::identity;
  ExprId lower = no_expr;
  ExprId upper = no_expr;
};

/// A template random variable, a derived quantity or a covariate.
struct Variable {
  ast::Role role = ast::Role::latent;
  std::string name;
  Type type;                                 ///< declared; its shape is the paper's event shape
  int depth = 0;                             ///< how many plates enclose it
  int hierarchy = 0;                         ///< Hier (A.1): number of plates - depth; 0 for the observed variable
  std::optional<Distribution> distribution;  ///< absent for derived quantities and bare covariates
  ExprId value = no_expr;                    ///< derived quantities
  Link link;                                 ///< latents, and the observed variable (data enters through its inverse)
  /// Latent space S of eq. 2, event axes; its product is the size of the flow. For data: where l^-1 takes it.
  Shape unconstrained_shape;
  ExprId declared_lower = no_expr;  ///< declared bounds as written, for checking data
  ExprId declared_upper = no_expr;
  /// Random variables and covariates it depends on directly, through derived quantities; ascending.
  std::vector<int> parents;
  std::vector<int> upper;  ///< latents: those that matter to it in the structured family, in sampling order
  Span span;               ///< of its name
};

/// Components of a mixture whose order means nothing: the log joint stays the same when the first event axis of all
/// members is permuted.
struct ExchangeableSet {
  std::int64_t size = 0;     ///< components
  std::vector<int> members;  ///< latents and derived quantities, ascending
};

/// The model of section 2.1 and its descriptors (A.1).
struct HbmModel {
  std::vector<Plate> plates;  ///< outermost first
  std::vector<Constant> constants;
  std::vector<Expr> expressions;    ///< arguments come before what uses them
  std::vector<Variable> variables;  ///< in order of declaration, which is topological
  std::vector<int> sampling_order;  ///< latents, outermost first: the order in which the structured family draws them
  std::vector<ExchangeableSet> exchangeable;

  int depth() const { return static_cast<int>(plates.size()); }
  const Expr& expression(ExprId id) const { return expressions[static_cast<std::size_t>(id)]; }
};

/// Number of scalars in the unconstrained space of one ground instance: the size of its flow.
std::int64_t unconstrained_size(const Variable& variable);

/// The number that an expression of literals and constants stands for; nothing where it depends on variables, or there
/// is no expression.
std::optional<double> constant_scalar(const HbmModel& model, ExprId id);

/// K of a categorical distribution: the size of its probabilities or logits, or its number of cut points and one.
std::int64_t last_category(const HbmModel& model, const Distribution& distribution);

}  // namespace adavi
