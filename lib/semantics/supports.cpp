#include <algorithm>
#include <cmath>
#include <utility>

#include "catalog/distributions.hpp"
#include "semantics/drawing.hpp"
#include "semantics/expressions.hpp"
#include "semantics/messages.hpp"

namespace adavi {

namespace {

constexpr double pi = 3.14159265358979323846;

/// True where the argument is one element of the arrays of the variate.
bool is_element(const Type& bound, const Type& variate) {
  const auto element = variate.shape.begin() + variate.array_rank;
  return Shape(element, variate.shape.end()) == bound.shape;
}

/// The same bound for every entry of the arrays of the variate, written out to its whole shape.
ExprId repeat(Analysis& analysis, ExprId bound, const Type& variate) {
  std::vector<ExprId> arguments = {bound};
  for (int axis = 0; axis < variate.array_rank; ++axis) {
    arguments.push_back(analysis.literal(static_cast<double>(variate.shape[static_cast<std::size_t>(axis)]), {}));
  }
  Type type = variate;
  type.kind = unconstrained_kind(type.kind);
  return fold_call(analysis, "rep_array", arguments, type, analysis.span(bound));
}

/// The argument as a bound of the variate. One that varies over components or entries serves where it is constant.
ExprId bound_from(Analysis& analysis, const DistributionArgument& argument, const Variate& variate, bool lower,
                  bool& uncertain) {
  const ExprId id = argument.expression;
  const Type& type = analysis.type(id);
  if (type.is_scalar()) return id;
  if (variate.components == 0 && type.shape == variate.type.shape) return id;
  if (variate.components == 0 && argument.trailing == 0 && is_element(type, variate.type)) {
    return repeat(analysis, id, variate.type);
  }
  const Known& known = analysis.known(id);
  uncertain = uncertain || !known;
  if (!known) return no_expr;
  const auto [low, high] = std::minmax_element(known->begin(), known->end());
  uncertain = uncertain || *low != *high;
  return analysis.literal(lower ? *low : *high, analysis.span(id));
}

enum class Tightness { looser, tighter, undecided };

/// An angle has a whole turn to vary in, however many digits of pi a bound has.
bool is_half_turn(const Analysis& analysis, ExprId bound) {
  const auto value = analysis.known_scalar(bound);
  return value && std::abs(std::abs(*value) - pi) < 1e-2;
}

/// What is known of a bound that is a variable, or an element or slice of one: its declared bound.
Known declared_bound(const Analysis& analysis, ExprId bound, bool lower) {
  const int index = underlying_variable(analysis, bound);
  if (index < 0) return nullptr;
  const Variable& variable = analysis.variable(index);
  const ExprId declared = lower ? variable.declared_lower : variable.declared_upper;
  return declared == no_expr ? nullptr : analysis.known(declared);
}

/// True where the known bound `ours` leaves out nothing that `theirs` lets in.
bool contains(const std::vector<double>& ours, const Known& theirs, bool lower) {
  if (!theirs) return false;
  return lower ? *std::max_element(ours.begin(), ours.end()) <= *std::min_element(theirs->begin(), theirs->end())
               : *std::min_element(ours.begin(), ours.end()) >= *std::max_element(theirs->begin(), theirs->end());
}

/// Compares a declared bound with the support's on the same side.
Tightness compare(const Analysis& analysis, ExprId declared, ExprId support, bool lower) {
  if (declared == no_expr) return Tightness::looser;
  if (support == no_expr) return Tightness::tighter;
  if (same_expression(analysis, declared, support)) return Tightness::looser;
  const Known &ours = analysis.known(declared), &theirs = analysis.known(support);
  if (!ours || !theirs) {
    return ours && contains(*ours, declared_bound(analysis, support, lower), lower) ? Tightness::looser
                                                                                    : Tightness::undecided;
  }
  if (contains(*ours, theirs, lower)) return Tightness::looser;
  return contains(*theirs, ours, lower) ? Tightness::tighter : Tightness::undecided;
}

/// True where constants leave no room between the bounds.
bool nothing_left(const Analysis& analysis, const SupportSet& support, bool discrete) {
  const auto lower = analysis.known_scalar(support.lower), upper = analysis.known_scalar(support.upper);
  return lower && upper && (discrete ? *lower > *upper : *lower >= *upper);
}

/// One side of `apply_bounds`: sets `bound`, and `truncation` where the declared one is tighter.
bool apply_bound(Analysis& analysis, const Drawn& drawn, ExprId declared, bool lower, ExprId& bound, ExprId& truncation,
                 const std::string& name, Span span) {
  if (drawn.support.link == LinkKind::circle && is_half_turn(analysis, declared)) return true;
  const Tightness tightness = compare(analysis, declared, bound, lower);
  if (tightness == Tightness::looser) return true;
  const bool uncertain = drawn.support.uncertain;
  if (uncertain || (!drawn.truncatable && tightness == Tightness::tighter)) {
    const auto last = drawn.discrete ? analysis.known_scalar(drawn.support.upper) : std::nullopt;
    analysis.report(messages::no_closed_normaliser(span, drawn.name, name, last));
    return false;
  }
  if (tightness == Tightness::undecided) {
    analysis.report(messages::bounds_undecided(span, drawn.name, name));
    return false;
  }
  bound = truncation = declared;
  return true;
}

}  // namespace

SupportSet support_of(Analysis& analysis, const DistributionRow& row, const Distribution& distribution,
                      const Variate& variate, Span span) {
  SupportSet support;
  const auto between = [&](double lower, double upper) {
    support.lower = analysis.literal(lower, span);
    support.upper = analysis.literal(upper, span);
  };
  const auto argument = [&](std::size_t i, bool lower) {
    return bound_from(analysis, distribution.arguments[i], variate, lower, support.uncertain);
  };
  switch (row.support) {
    case Support::real:
    case Support::real_vector:
      break;
    case Support::positive:
    case Support::nonnegative:
    case Support::count:
      support.lower = analysis.literal(0, span);
      break;
    case Support::multinomial_counts:
      support.lower = analysis.literal(0, span);
      support.upper = argument(1, false);
      break;
    case Support::unit_interval:
    case Support::binary:
      between(0, 1);
      break;
    case Support::interval:
      support.lower = argument(0, true);
      support.upper = argument(1, false);
      break;
    case Support::lower_bounded:
      support.lower = argument(0, true);
      break;
    case Support::circle:
      between(-pi, pi);
      support.link = LinkKind::circle;
      break;
    case Support::simplex:
      support.link = LinkKind::softmax_centered;
      break;
    case Support::cholesky_factor_corr:
      support.link = LinkKind::cholesky_factor_corr;
      break;
    case Support::count_up_to:
      support.lower = analysis.literal(0, span);
      support.upper = argument(0, false);
      break;
    case Support::category:
      support.lower = analysis.literal(1, span);
      support.upper = analysis.literal(static_cast<double>(last_category(analysis.model, distribution)), span);
      break;
  }
  return support;
}

bool apply_bounds(Analysis& analysis, Drawn& drawn, const DeclaredType& declared, const std::string& name, Span span) {
  SupportSet& support = drawn.support;
  Distribution& distribution = drawn.distribution;
  SupportSet overlap = support;
  if (declared.lower != no_expr) overlap.lower = declared.lower;
  SupportSet other = support;
  if (declared.upper != no_expr) other.upper = declared.upper;
  if (nothing_left(analysis, overlap, drawn.discrete) || nothing_left(analysis, other, drawn.discrete)) {
    analysis.report(messages::bounds_outside_support(span, drawn.name, name));
    return false;
  }
  return apply_bound(analysis, drawn, declared.lower, true, support.lower, distribution.lower, name, span) &&
         apply_bound(analysis, drawn, declared.upper, false, support.upper, distribution.upper, name, span);
}

Link link_of(const SupportSet& support) {
  if (support.uncertain) return {};
  Link link{support.link, support.lower, support.upper};
  if (link.kind != LinkKind::identity) return link;
  const bool lower = link.lower != no_expr, upper = link.upper != no_expr;
  if (lower || upper) link.kind = lower && upper ? LinkKind::bounded : LinkKind::exp;
  return link;
}

Link link_of(const DeclaredType& declared) {
  SupportSet support{LinkKind::identity, declared.lower, declared.upper, false};
  switch (declared.type.kind) {
    case Kind::integer:
      return {};
    case Kind::simplex:
      support.link = LinkKind::softmax_centered;
      break;
    case Kind::ordered:
      support.link = LinkKind::ordered;
      break;
    case Kind::positive_ordered:
      support.link = LinkKind::positive_ordered;
      break;
    case Kind::unit_vector:
      support.link = LinkKind::unit_vector;
      break;
    case Kind::cov_matrix:
      support.link = LinkKind::cov_matrix;
      break;
    case Kind::corr_matrix:
      support.link = LinkKind::corr_matrix;
      break;
    case Kind::cholesky_factor_corr:
      support.link = LinkKind::cholesky_factor_corr;
      break;
    default:
      break;
  }
  return link_of(support);
}

Shape unconstrained_shape(LinkKind link, Shape shape) {
  switch (link) {
    case LinkKind::softmax_centered:
    case LinkKind::sqrt_softmax_centered:
    case LinkKind::unit_vector:
      --shape.back();
      break;
    case LinkKind::cov_matrix:
    case LinkKind::corr_matrix:
    case LinkKind::cholesky_factor_corr: {
      const std::int64_t n = shape.back();
      shape.pop_back();
      shape.back() = link == LinkKind::cov_matrix ? n * (n + 1) / 2 : n * (n - 1) / 2;
      break;
    }
    default:
      break;
  }
  return shape;
}

}  // namespace adavi
