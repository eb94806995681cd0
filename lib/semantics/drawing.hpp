#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "catalog/distributions.hpp"
#include "semantics/analysis.hpp"
#include "semantics/declarations.hpp"

namespace adavi {

/// What a distribution is asked to draw.
struct Variate {
  std::string name;  ///< of the variable, for messages
  Type type;
  std::int64_t components = 0;  ///< size of the mixture around it, 0 without one
  std::string link;             ///< of the `transformed` around it that changes its size, for messages
};

/// The set in which a variate lies: an interval, unless `link` says more.
struct SupportSet {
  LinkKind link = LinkKind::identity;  ///< identity: the link follows from the interval
  ExprId lower = no_expr;
  ExprId upper = no_expr;
  bool uncertain = false;  ///< components of a mixture differ in it
};

/// A checked distribution and what follows from it.
struct Drawn {
  Distribution distribution;
  std::string name;  ///< as written, for messages
  SupportSet support;
  bool discrete = false;
  bool truncatable = false;
};

/// Types `normal(mu, sigma)`, `mixture(...)` or `transformed(...)` against the variate. Reports and returns nothing on
/// an unknown distribution, a wrong number, type, size or domain of arguments, or a variate of the wrong type.
std::optional<Drawn> check_distribution(Analysis& analysis, const ast::Expr& call, const Variate& variate);

/// Reports what is wrong with a distribution whatever its variate: unknown names and erroneous expressions.
void check_names_of(Analysis& analysis, const ast::Expr& call);

/// The two combinators of `check_distribution`.
std::optional<Drawn> check_mixture(Analysis& analysis, const ast::Expr& call, const Variate& variate);
std::optional<Drawn> check_transformed(Analysis& analysis, const ast::Expr& call, const Variate& variate);

/// Turns independent draws of the elements of an `ordered` or `positive_ordered` variate into the distribution of the
/// sorted ones ("sorted": density n! times the product).
std::optional<Drawn> sorted(Analysis& analysis, const ast::Expr& call, const Variate& variate, Drawn elements);

/// The support of a catalogue row with its arguments, before declared bounds.
SupportSet support_of(Analysis& analysis, const DistributionRow& row, const Distribution& distribution,
                      const Variate& variate, Span span);

/// Lays declared bounds over the support: a tighter one truncates the distribution. Reports and returns false where
/// the truncated density has no closed normaliser, where nothing is left, or where it is not known which is tighter.
bool apply_bounds(Analysis& analysis, Drawn& drawn, const DeclaredType& declared, const std::string& name, Span span);

/// The link of a support (paper, eq. 2), and that of a declared type and its bounds alone.
Link link_of(const SupportSet& support);
Link link_of(const DeclaredType& declared);

/// Shape of the space that the link maps to `shape`.
Shape unconstrained_shape(LinkKind link, Shape shape);

}  // namespace adavi
