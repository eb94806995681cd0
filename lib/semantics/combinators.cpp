#include <algorithm>
#include <utility>

#include "diagnostics/suggest.hpp"
#include "semantics/constraints.hpp"
#include "semantics/drawing.hpp"
#include "semantics/expressions.hpp"
#include "semantics/messages.hpp"

namespace adavi {

namespace {

/// Number of weights; nothing after a report.
std::optional<std::int64_t> check_weights(Analysis& analysis, ExprId weights) {
  if (weights == no_expr) return std::nullopt;
  const Type& type = analysis.type(weights);
  const Span span = analysis.span(weights);
  if (type.array_rank != 0 || type.kind != Kind::vector) {
    analysis.report(messages::mixture_weights(span, type));
    return std::nullopt;
  }
  const Known& known = analysis.known(weights);
  if (known) analysis.spend(type.size(), span);
  const auto reason = known ? structural_violation(Domain::simplex, type, *known) : std::nullopt;
  if (reason) {
    analysis.report(messages::not_of_kind(span, "", "weights", Kind::simplex, *reason));
    return std::nullopt;
  }
  return type.shape[0];
}

/// The common bound of two components.
ExprId merge_bound(Analysis& analysis, ExprId a, ExprId b, bool lower, bool& uncertain) {
  if (same_expression(analysis, a, b)) return a;
  const auto x = analysis.known_scalar(a), y = analysis.known_scalar(b);
  uncertain = true;  // the components differ
  if (!x || !y) return no_expr;
  return (lower ? *x < *y : *x > *y) ? a : b;
}

SupportSet merge(Analysis& analysis, SupportSet a, const SupportSet& b) {
  a.uncertain = a.uncertain || b.uncertain || a.link != b.link;
  a.lower = merge_bound(analysis, a.lower, b.lower, true, a.uncertain);
  a.upper = merge_bound(analysis, a.upper, b.upper, false, a.uncertain);
  return a;
}

/// The components, one with a component axis or several; empty after a report.
std::vector<Drawn> check_components(Analysis& analysis, const ast::Expr& call, Variate variate,
                                    std::optional<std::int64_t> weights) {
  const std::size_t count = call.arguments.size() - 1;
  if (count == 1) variate.components = weights.value_or(0);
  std::vector<Drawn> components;
  for (std::size_t i = 1; i <= count; ++i) {
    const ast::Expr& component = *call.arguments[i];
    if (component.kind == ast::ExprKind::call && component.text == "mixture") {
      analysis.report(messages::mixture_nested(component.span));
      return {};
    }
    if (component.kind == ast::ExprKind::list) {
      analysis.report(messages::mixture_list(component.span));
      return {};
    }
    if (count == 1 && !weights) return {};
    auto drawn = check_distribution(analysis, component, variate);
    if (drawn) components.push_back(std::move(*drawn));
  }
  if (components.size() != count) components.clear();
  return components;
}

/// 1 for links of whole vectors, 0 for those that work number by number.
bool is_vector_link(LinkKind link) {
  return link == LinkKind::softmax_centered || link == LinkKind::sqrt_softmax_centered;
}

/// The link named by the first argument; nothing after a report.
std::optional<LinkKind> check_link(Analysis& analysis, const ast::Expr& name) {
  const auto link = name.kind == ast::ExprKind::name ? transformation_named(name.text) : std::nullopt;
  if (link) return link;
  const std::vector<std::string> names(transformation_names().begin(), transformation_names().end());
  analysis.report(messages::unknown_transformation(name.span, name.text, did_you_mean(name.text, names)));
  return std::nullopt;
}

/// Type of the base of `transformed`: one size less for the centred links; nothing if the link does not reach `type`.
std::optional<Type> base_type(LinkKind link, const Type& type) {
  Type base = type;
  if (!is_vector_link(link)) {
    const bool plain = type.kind == Kind::real || type.kind == Kind::vector || type.kind == Kind::matrix;
    return plain ? std::optional(base) : std::nullopt;
  }
  const Kind image = link == LinkKind::softmax_centered ? Kind::simplex : Kind::unit_vector;
  if ((type.kind != Kind::vector && type.kind != image) || type.shape.back() < 2) return std::nullopt;
  base.kind = Kind::vector;
  --base.shape.back();
  return base;
}

/// The bound of the image; `open` where the base has none on this side.
ExprId image_bound(Analysis& analysis, LinkKind link, ExprId bound, ExprId open, Span span) {
  if (bound == no_expr) return open;
  return fold_call(analysis, link == LinkKind::exp ? "exp" : "softplus", {bound}, analysis.type(bound), span);
}

SupportSet image(Analysis& analysis, LinkKind link, const SupportSet& base, Span span) {
  SupportSet support;
  support.uncertain = base.uncertain;
  if (is_vector_link(link)) {
    support.link = link;
    return support;
  }
  const bool whole_line = base.lower == no_expr && base.upper == no_expr;
  if (whole_line && link == LinkKind::softplus) support.link = link;
  support.lower = image_bound(analysis, link, base.lower, analysis.literal(0, span), span);
  support.upper = image_bound(analysis, link, base.upper, no_expr, span);
  return support;
}

bool covers_all_vectors(const SupportSet& support) {
  return support.link == LinkKind::identity && support.lower == no_expr && support.upper == no_expr &&
         !support.uncertain;
}

}  // namespace

std::optional<Drawn> check_mixture(Analysis& analysis, const ast::Expr& call, const Variate& variate) {
  const ast::Expr* first = call.arguments.empty() ? nullptr : call.arguments.front().get();
  const bool weightless = first != nullptr && first->kind == ast::ExprKind::call && find_distribution(first->text);
  if (call.arguments.size() < 2 || weightless) {
    analysis.report(messages::combinator_arguments(call.span, call.text));
    return std::nullopt;
  }
  const ExprId weights = check_expression(analysis, *call.arguments[0]);
  const std::optional<std::int64_t> count = check_weights(analysis, weights);
  std::vector<Drawn> components = check_components(analysis, call, variate, count);
  if (!count || components.empty()) return std::nullopt;
  if (components.size() > 1 && static_cast<std::int64_t>(components.size()) != *count) {
    analysis.report(messages::mixture_count(call.span, *count, components.size()));
    return std::nullopt;
  }
  Drawn drawn;
  drawn.name = drawn.distribution.name = call.text;
  drawn.support = components.front().support;
  drawn.discrete = components.front().discrete;
  drawn.distribution.arguments = {{weights, 0}};
  drawn.distribution.event_rank = element_rank(variate.type.kind);
  for (Drawn& component : components) {
    drawn.support = merge(analysis, drawn.support, component.support);
    drawn.distribution.event_rank = std::max(drawn.distribution.event_rank, component.distribution.event_rank);
    drawn.distribution.components.push_back(std::move(component.distribution));
  }
  return drawn;
}

std::optional<Drawn> check_transformed(Analysis& analysis, const ast::Expr& call, const Variate& variate) {
  if (call.arguments.size() != 2) {
    analysis.report(messages::combinator_arguments(call.span, call.text));
    return std::nullopt;
  }
  const std::optional<LinkKind> link = check_link(analysis, *call.arguments[0]);
  if (!link) return std::nullopt;
  const std::optional<Type> type = base_type(*link, variate.type);
  if (!type) {
    const std::string image = is_vector_link(*link) ? "vectors of at least 2 entries" : "real numbers";
    analysis.report_of_type(
        messages::variate_type(call.span, std::string(call.arguments[0]->text), image, variate.name, variate.type, ""));
    return std::nullopt;
  }
  auto base = check_distribution(
      analysis, *call.arguments[1],
      {variate.name, *type, variate.components, is_vector_link(*link) ? call.arguments[0]->text : ""});
  if (!base) return std::nullopt;
  if (is_vector_link(*link) && !covers_all_vectors(base->support)) {
    analysis.report(messages::transformation_base(call.span, call.arguments[0]->text));
    return std::nullopt;
  }
  Drawn drawn;
  drawn.name = drawn.distribution.name = call.text;
  drawn.support = image(analysis, *link, base->support, call.span);
  drawn.distribution.link = *link;
  drawn.distribution.event_rank = std::max(base->distribution.event_rank, is_vector_link(*link) ? 1 : 0);
  drawn.distribution.components.push_back(std::move(base->distribution));
  return drawn;
}

std::optional<Drawn> sorted(Analysis& analysis, const ast::Expr& call, const Variate& variate, Drawn elements) {
  const Kind kind = variate.type.kind;
  for (const DistributionArgument& argument : elements.distribution.arguments) {
    const bool one_an_entry = argument.trailing == 1;
    if (analysis.type(argument.expression).is_scalar() || one_an_entry) continue;
    analysis.report_of_type(messages::ordered_not_iid(call.span, call.text, variate.name, kind));
    return std::nullopt;
  }
  SupportSet& support = elements.support;
  const auto lower = analysis.known_scalar(support.lower);
  const bool whole_line = covers_all_vectors(support);
  bool fits = whole_line;
  if (kind == Kind::positive_ordered) {
    fits = (whole_line && elements.truncatable) || (lower == 0.0 && support.upper == no_expr);
    if (whole_line) elements.distribution.lower = analysis.literal(0, call.span);
  }
  if (!fits) {
    analysis.report_of_type(messages::ordered_support(call.span, call.text, variate.name, kind));
    return std::nullopt;
  }
  Drawn drawn;
  drawn.name = call.text;
  drawn.distribution.name = "sorted";
  drawn.distribution.event_rank = 1;
  drawn.distribution.components.push_back(std::move(elements.distribution));
  drawn.support.link = kind == Kind::ordered ? LinkKind::ordered : LinkKind::positive_ordered;
  return drawn;
}

}  // namespace adavi
