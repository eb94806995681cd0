#include <utility>

#include "catalog/distributions.hpp"
#include "catalog/functions.hpp"
#include "diagnostics/suggest.hpp"
#include "semantics/broadcasting.hpp"
#include "semantics/constraints.hpp"
#include "semantics/drawing.hpp"
#include "semantics/expressions.hpp"
#include "semantics/messages.hpp"
#include "semantics/warnings.hpp"

namespace adavi {

namespace {

void report_unknown(Analysis& analysis, const ast::Expr& call) {
  const FunctionRow* function = find_function(call.text);
  if (function != nullptr && !function->is_operator) {
    analysis.report(messages::function_as_distribution(call.text_span, call.text));
    return;
  }
  std::vector<std::string> names = {"laplace", "mixture", "transformed"};
  for (const DistributionRow& row : distribution_catalogue()) names.emplace_back(row.name);
  analysis.report(messages::unknown_distribution(call.text_span, call.text, did_you_mean(call.text, names)));
}

bool is_ordered(Kind kind) { return kind == Kind::ordered || kind == Kind::positive_ordered; }

bool draws(const DistributionRow& row, const Type& variate) {
  if (row.support == Support::multinomial_counts) return variate.kind == Kind::integer && variate.array_rank > 0;
  if (row.variate != Kind::real) return variate.kind == row.variate;
  return variate.kind == Kind::real || variate.kind == Kind::vector || variate.kind == Kind::matrix;
}

std::string what_it_draws(const DistributionRow& row) {
  if (row.support == Support::multinomial_counts) return "an array of int";
  return std::string(to_string(row.variate));
}

/// The way out where a distribution does not draw what is declared.
std::string way_out(const DistributionRow& row, const Type& type) {
  const Kind declared = type.kind;
  if (declared == Kind::integer && !row.discrete) return "declare it real, or choose a discrete distribution";
  if (row.support == Support::multinomial_counts) return "declare it 'array[n] int'";
  if (row.discrete) return type.is_scalar() ? "declare it int" : "declare it 'array[n] int'";
  if (declared == Kind::simplex) return "use 'dirichlet' or 'transformed(softmax_centered, ...)'";
  if (declared == Kind::unit_vector) return "use 'transformed(sqrt_softmax_centered, ...)'";
  if (declared == Kind::cholesky_factor_corr) return "use 'lkj_corr_cholesky'";
  if (declared == Kind::cov_matrix || declared == Kind::corr_matrix) {
    return "no distribution draws it: draw scales and a 'cholesky_factor_corr[n]', or supply it in the 'data' block";
  }
  if (row.variate == Kind::simplex) return "declare it 'simplex[n]'";
  if (row.variate == Kind::cholesky_factor_corr) return "declare it 'cholesky_factor_corr[n]'";
  return "";
}

bool check_variate(Analysis& analysis, const DistributionRow& row, const ast::Expr& call, const Variate& variate) {
  if (draws(row, variate.type)) return true;
  analysis.report_of_type(messages::variate_type(call.span, call.text, what_it_draws(row), variate.name, variate.type,
                                                 way_out(row, variate.type)));
  return false;
}

bool check_domain(Analysis& analysis, const DistributionRow& row, const Parameter& parameter, ExprId argument) {
  const Span span = analysis.span(argument);
  const Known& known = analysis.known(argument);
  if (!known) {
    warn_of_support(analysis, row, parameter, argument);
    return true;
  }
  const bool decomposed = parameter.domain == Domain::positive_definite;
  analysis.spend(operations(analysis.type(argument), decomposed), span);
  if (const auto value = outside(parameter.domain, *known)) {
    analysis.report(messages::argument_domain(span, row, parameter, *value));
    return false;
  }
  if (const auto reason = structural_violation(parameter.domain, analysis.type(argument), *known)) {
    analysis.report(messages::argument_domain_structure(span, row, parameter, *reason));
    return false;
  }
  return true;
}

/// Puts `count` axes of size 1 behind the leading axis, entry by entry.
ExprId insert_axes(Analysis& analysis, ExprId argument, int count) {
  if (count == 0) return argument;
  const Type whole = analysis.type(argument);
  const Span span = analysis.span(argument);
  Type entry = whole;
  --entry.array_rank;
  entry.shape.erase(entry.shape.begin());
  std::vector<ExprId> entries;
  for (std::int64_t k = 0; k < whole.shape.front(); ++k) {
    Expr index;
    index.op = ExprOp::index;
    index.type = entry;
    index.depth = analysis.expression(argument).depth;
    index.arguments = {argument};
    index.items = {{IndexItem::Mode::position, k, k + 1, no_expr}};
    std::vector<ExprId> arguments = {analysis.add(std::move(index), span)};
    for (int i = 0; i < count; ++i) arguments.push_back(analysis.literal(1, span));
    Type widened = entry;
    widened.array_rank += count;
    widened.shape.insert(widened.shape.begin(), static_cast<std::size_t>(count), 1);
    entries.push_back(analysis.add_call("rep_array", std::move(arguments), widened, span));
  }
  Type stacked = whole;
  stacked.array_rank += count;
  stacked.shape.insert(stacked.shape.begin() + 1, static_cast<std::size_t>(count), 1);
  return analysis.add_call("stack", std::move(entries), stacked, span);
}

/// One argument against its parameter; nothing after a report.
std::optional<DistributionArgument> check_argument(Analysis& analysis, const DistributionRow& row,
                                                   const Parameter& parameter, const Variate& variate, ExprId id,
                                                   bool& has_components) {
  const Type& type = analysis.type(id);
  const Span span = analysis.span(id);
  const Alignment alignment = align(row, parameter, variate.type, type, variate.components);
  switch (alignment.misfit) {
    case Alignment::Misfit::type:
      analysis.report_of_type(messages::argument_type(span, row, parameter, type, variate.name, variate.type));
      return std::nullopt;
    case Alignment::Misfit::size:
      analysis.report_of_type(messages::argument_size(span, parameter, type, variate.name, variate.type, variate.link));
      return std::nullopt;
    case Alignment::Misfit::components:
      analysis.report_of_type(messages::component_count(span, type, variate.components));
      return std::nullopt;
    case Alignment::Misfit::none:
      break;
  }
  if (!check_domain(analysis, row, parameter, id)) return std::nullopt;
  has_components = has_components || alignment.has_components;
  return DistributionArgument{insert_axes(analysis, id, alignment.inserted), alignment.trailing};
}

bool check_uniform(Analysis& analysis, const Distribution& uniform) {
  const auto lower = analysis.known_scalar(uniform.arguments[0].expression);
  const auto upper = analysis.known_scalar(uniform.arguments[1].expression);
  if (!lower || !upper || *lower < *upper) return true;
  analysis.report(messages::uniform_bounds(analysis.span(uniform.arguments[1].expression), *lower, *upper));
  return false;
}

/// All arguments of a catalogue row; nothing after a report.
std::optional<Distribution> check_arguments(Analysis& analysis, const DistributionRow& row, const ast::Expr& call,
                                            const Variate& variate) {
  std::vector<ExprId> ids;
  for (const ast::ExprPtr& argument : call.arguments) ids.push_back(check_expression(analysis, *argument));
  if (ids.size() != row.parameters.size()) {
    analysis.report(messages::wrong_argument_count(call.span, row, ids.size()));
    return std::nullopt;
  }
  Distribution distribution;
  distribution.name = row.name;
  distribution.event_rank = event_rank(row);
  bool sound = check_variate(analysis, row, call, variate), has_components = false;
  for (std::size_t i = 0; sound && i < ids.size(); ++i) {
    if (ids[i] == no_expr) continue;
    const auto argument = check_argument(analysis, row, row.parameters[i], variate, ids[i], has_components);
    if (argument) distribution.arguments.push_back(*argument);
  }
  if (!sound || distribution.arguments.size() != ids.size()) return std::nullopt;
  if (variate.components > 0 && !has_components) {
    analysis.report(messages::mixture_without_axis(call.span, variate.components));
    return std::nullopt;
  }
  if (row.support == Support::interval && !check_uniform(analysis, distribution)) return std::nullopt;
  return distribution;
}

}  // namespace

void check_names_of(Analysis& analysis, const ast::Expr& call) {
  if (call.kind != ast::ExprKind::call) return;
  const bool mixture = call.text == "mixture", transformed = call.text == "transformed";
  if (!mixture && !transformed && find_distribution(call.text) == nullptr) report_unknown(analysis, call);
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const ast::Expr& argument = *call.arguments[i];
    if (i > 0 && (mixture || transformed)) {
      check_names_of(analysis, argument);
    } else if (!transformed) {
      check_expression(analysis, argument);
    }
  }
}

std::optional<Drawn> check_distribution(Analysis& analysis, const ast::Expr& call, const Variate& variate) {
  if (call.kind != ast::ExprKind::call) {
    analysis.report(messages::distribution_expected(call.span));
    return std::nullopt;
  }
  if (call.text == "mixture") return check_mixture(analysis, call, variate);
  if (call.text == "transformed") return check_transformed(analysis, call, variate);
  const DistributionRow* row = find_distribution(call.text);
  if (row == nullptr) {
    check_names_of(analysis, call);
    return std::nullopt;
  }
  Variate elements = variate;
  const bool sorts = is_ordered(variate.type.kind) && row->variate == Kind::real && variate.components == 0;
  if (sorts) elements.type.kind = Kind::vector;
  auto distribution = check_arguments(analysis, *row, call, elements);
  if (!distribution) return std::nullopt;
  Drawn drawn;
  drawn.name = call.text;
  drawn.discrete = row->discrete;
  drawn.truncatable = row->truncatable;
  drawn.support = support_of(analysis, *row, *distribution, elements, call.span);
  drawn.distribution = std::move(*distribution);
  return sorts ? sorted(analysis, call, variate, std::move(drawn)) : drawn;
}

}  // namespace adavi
