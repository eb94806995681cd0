#include "semantics/constant_block.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "diagnostics/suggest.hpp"
#include "semantics/constraints.hpp"
#include "semantics/declarations.hpp"
#include "semantics/expressions.hpp"
#include "semantics/format_number.hpp"
#include "semantics/messages.hpp"

namespace adavi {

namespace {

using Values = std::optional<std::vector<double>>;

Values default_value(Analysis& analysis, const ast::ConstantDecl& declaration, const DeclaredType& declared) {
  const ExprId id = check_expression(analysis, *declaration.value);
  if (id == no_expr) return std::nullopt;
  const Type& found = analysis.type(id);
  if (!same_kind(declared.type, found) || found.shape != declared.type.shape) {
    analysis.report(messages::value_type(declaration.value->span, declaration.name.text, declared.type, found));
    return std::nullopt;
  }
  return *analysis.known(id);
}

Values override_value(Analysis& analysis, const ast::Name& name, const Type& type, const ConstantValue& value) {
  if (value.shape != type.shape || value.values.size() != static_cast<std::size_t>(type.size())) {
    analysis.report(messages::override_shape(name.span, value.origin, type, value.shape));
    return std::nullopt;
  }
  if (type.kind != Kind::integer) return value.values;
  if (!value.integer) {
    analysis.report(messages::override_not_integer(name.span, value.origin, name.text));
    return std::nullopt;
  }
  for (const double number : value.values) {
    if (std::abs(number) > static_cast<double>(largest_integer)) {
      analysis.report(messages::integer_overflow(name.span));
      return std::nullopt;
    }
  }
  return value.values;
}

Values value_of(Analysis& analysis, const ast::ConstantDecl& declaration, const DeclaredType& declared,
                const ConstantValue* replacement) {
  if (replacement != nullptr) return override_value(analysis, declaration.name, declared.type, *replacement);
  if (declaration.value) return default_value(analysis, declaration, declared);
  // Of a text with errors it is not certain that this is a constant at all.
  if (!analysis.syntax.partial) {
    analysis.report(messages::missing_constant(declaration.name.span, declaration.name.text));
  }
  return std::nullopt;
}

void check_constant(Analysis& analysis, const ast::ConstantDecl& declaration, const ConstantValue* replacement) {
  Symbol symbol;
  analysis.declaring = declaration.name.text;
  const std::optional<DeclaredType> declared = check_type(analysis, declaration.type);
  if (declared && !bounded_size(declared->type.shape, largest_constant)) {
    analysis.report(messages::too_large(declaration.type.span, "this constant", largest_constant));
  } else if (declared) {
    const Values values = value_of(analysis, declaration, *declared, replacement);
    const Span span = replacement == nullptr && declaration.value ? declaration.value->span : declaration.name.span;
    const std::string origin = replacement == nullptr ? "" : replacement->origin;
    if (values && check_value(analysis, span, origin, declaration.name.text, declared->type, declared->lower,
                              declared->upper, *values)) {
      symbol.what = Symbol::What::constant;
      symbol.index = analysis.add_constant({declaration.name.text, declared->type, *values});
    }
  }
  declare(analysis, declaration.name, symbol);
}

/// The bound of entry `i`: one for all, or one an entry. Nothing where it is open or not known.
std::optional<double> bound_at(const Analysis& analysis, ExprId bound, std::size_t i) {
  if (bound == no_expr || !analysis.known(bound)) return std::nullopt;
  const std::vector<double>& values = *analysis.known(bound);
  return values.size() == 1 ? values[0] : values[i];
}

bool inside_bounds(Analysis& analysis, Span span, const std::string& origin, const std::string& name, ExprId lower,
                   ExprId upper, const std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto low = bound_at(analysis, lower, i), high = bound_at(analysis, upper, i);
    if (low && values[i] < *low) {
      const std::string bound = "at least " + format_number(*low);
      analysis.report(messages::out_of_bounds(span, origin, name, values[i], bound));
      return false;
    }
    if (high && values[i] > *high) {
      const std::string bound = "at most " + format_number(*high);
      analysis.report(messages::out_of_bounds(span, origin, name, values[i], bound));
      return false;
    }
  }
  return true;
}

}  // namespace

bool check_value(Analysis& analysis, Span span, const std::string& origin, const std::string& name, const Type& type,
                 ExprId lower, ExprId upper, const std::vector<double>& values) {
  analysis.spend(operations(type, type.kind == Kind::cov_matrix || type.kind == Kind::corr_matrix), span);
  for (const double number : values) {
    if (std::isfinite(number)) continue;
    analysis.report(messages::not_finite(span, origin, name));
    return false;
  }
  if (!inside_bounds(analysis, span, origin, name, lower, upper, values)) return false;
  if (const auto reason = violation(type, values)) {
    analysis.report(messages::not_of_kind(span, origin, name, type.kind, *reason));
    return false;
  }
  return true;
}

void check_constants(Analysis& analysis, const ConstantOverrides& overrides) {
  const ast::Model& syntax = analysis.syntax;
  std::vector<std::string> names;
  for (const ast::ConstantDecl& constant : syntax.constants) {
    names.push_back(constant.name.text);
    const auto replacement = overrides.find(constant.name.text);
    check_constant(analysis, constant, replacement == overrides.end() ? nullptr : &replacement->second);
  }
  for (const auto& [name, value] : overrides) {
    const bool lost = syntax.lost_name || syntax.lost_words.count(name) > 0;
    if (!lost && std::find(names.begin(), names.end(), name) == names.end()) {
      const Span block = syntax.data_span.end > 0 ? syntax.data_span : syntax.model_span;
      analysis.report(messages::unused_override(block, value.origin, name, did_you_mean(name, names)));
    }
  }
}

}  // namespace adavi
