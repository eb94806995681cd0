#include "semantics/declarations.hpp"

#include <utility>

#include "semantics/expressions.hpp"
#include "semantics/messages.hpp"

namespace adavi {

namespace {

/// Appends the sizes to `shape`; false after a report.
bool append_sizes(Analysis& analysis, const std::vector<ast::ExprPtr>& sizes, Shape& shape) {
  bool sound = true;
  for (const ast::ExprPtr& size : sizes) {
    const auto value = check_size(analysis, *size, "a size");
    sound = sound && value;
    shape.push_back(value.value_or(1));
  }
  return sound;
}

/// One bound: real, or of the variable's own type. Sets `bound`; false after a report.
bool check_bound(Analysis& analysis, const ast::ExprPtr& syntax, const Type& type, ExprId& bound) {
  if (!syntax) return true;
  bound = check_expression(analysis, *syntax);
  if (bound == no_expr) return false;
  const Type& found = analysis.type(bound);
  Type real_elements = type;  // an int array may have real bounds and the other way round
  if (real_elements.kind == Kind::integer) real_elements.kind = Kind::real;
  if (found.is_scalar() || (same_kind(real_elements, found) && found.shape == type.shape)) return true;
  analysis.report(messages::bound_type(syntax->span, found, type));
  return false;
}

bool check_bounds(Analysis& analysis, const ast::TypeSyntax& syntax, DeclaredType& declared) {
  const Kind kind = declared.type.kind;
  if ((syntax.lower || syntax.upper) && unconstrained_kind(kind) != kind) {
    analysis.report(messages::bounds_on_constrained(syntax.span, kind));
    return false;
  }
  const bool lower = check_bound(analysis, syntax.lower, declared.type, declared.lower);
  const bool upper = check_bound(analysis, syntax.upper, declared.type, declared.upper);
  if (!lower || !upper) return false;
  const auto low = analysis.known_scalar(declared.lower), high = analysis.known_scalar(declared.upper);
  if (low && high && (*low > *high || (*low == *high && kind != Kind::integer))) {
    analysis.report(messages::empty_bounds(syntax.span, *low, *high));
    return false;
  }
  return true;
}

}  // namespace

std::optional<DeclaredType> check_type(Analysis& analysis, const ast::TypeSyntax& syntax) {
  const std::optional<Kind> kind = kind_named(syntax.base.text);  // the parser reports an unknown one
  DeclaredType declared;
  declared.type.array_rank = static_cast<int>(syntax.array_sizes.size());
  bool sound = append_sizes(analysis, syntax.array_sizes, declared.type.shape);
  sound = append_sizes(analysis, syntax.sizes, declared.type.shape) && sound;
  if (!kind) return std::nullopt;
  declared.type.kind = *kind;
  if (syntax.sizes.size() != static_cast<std::size_t>(declared_sizes(*kind))) {
    analysis.report(
        messages::wrong_size_count(syntax.base.span, syntax.base.text, declared_sizes(*kind), syntax.sizes.size()));
    return std::nullopt;
  }
  if (!sound) return std::nullopt;
  if (element_rank(*kind) > declared_sizes(*kind)) declared.type.shape.push_back(declared.type.shape.back());
  if (!bounded_size(declared.type.shape, largest_variable)) {
    analysis.report(messages::too_large(syntax.span, "this type", largest_variable));
    return std::nullopt;
  }
  if (!check_bounds(analysis, syntax, declared)) return std::nullopt;
  return declared;
}

void declare(Analysis& analysis, const ast::Name& name, Symbol symbol) {
  if (is_reserved(name.text)) analysis.report(messages::reserved_name(name.span, name.text));
  analysis.declaring.clear();
  symbol.span = name.span;
  if (const Symbol* first = analysis.names.declare(name.text, std::move(symbol))) {
    analysis.report(messages::duplicate_name(name.span, name.text, first->span));
  }
}

}  // namespace adavi
