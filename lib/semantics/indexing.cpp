#include <algorithm>
#include <utility>

#include "semantics/expressions.hpp"
#include "semantics/messages.hpp"

namespace adavi {

namespace {

/// An end of a range, or nothing after a report.
std::optional<std::int64_t> range_end(Analysis& analysis, const ast::Expr& end, std::int64_t size) {
  const ExprId id = check_expression(analysis, end);
  if (id == no_expr) return std::nullopt;
  const Type& type = analysis.type(id);
  if (!type.is_scalar() || type.kind != Kind::integer) {
    analysis.report(messages::index_not_integer(end.span, type));
    return std::nullopt;
  }
  const std::optional<double> value = analysis.known_scalar(id);
  if (!value) {
    analysis.report(messages::range_not_constant(end.span));
    return std::nullopt;
  }
  if (*value < 1 || *value > static_cast<double>(size)) {
    analysis.report(messages::index_out_of_bounds(end.span, static_cast<std::int64_t>(*value), size));
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

std::optional<IndexItem> check_range(Analysis& analysis, const ast::Index& index, std::int64_t size) {
  const auto lower = index.lower ? range_end(analysis, *index.lower, size) : std::optional<std::int64_t>(1);
  const auto upper = index.upper ? range_end(analysis, *index.upper, size) : std::optional<std::int64_t>(size);
  if (!lower || !upper) return std::nullopt;
  if (*lower > *upper) {
    analysis.report(messages::empty_range(index.span, *lower, *upper));
    return std::nullopt;
  }
  return IndexItem{IndexItem::Mode::range, *lower - 1, *upper, no_expr};
}

std::optional<IndexItem> check_position(Analysis& analysis, const ast::Index& index, std::int64_t size) {
  const ExprId id = check_expression(analysis, *index.lower);
  if (id == no_expr) return std::nullopt;
  const Type& type = analysis.type(id);
  if (!type.is_scalar() || type.kind != Kind::integer) {
    analysis.report(messages::index_not_integer(index.span, type));
    return std::nullopt;
  }
  const std::optional<double> value = analysis.known_scalar(id);
  if (!value) return IndexItem{IndexItem::Mode::expression, 0, 0, id};
  if (*value < 1 || *value > static_cast<double>(size)) {
    analysis.report(messages::index_out_of_bounds(index.span, static_cast<std::int64_t>(*value), size));
    return std::nullopt;
  }
  return IndexItem{IndexItem::Mode::position, static_cast<std::int64_t>(*value) - 1, static_cast<std::int64_t>(*value),
                   no_expr};
}

/// Sizes that an item leaves on its axis: none for a position.
Shape left_axes(const IndexItem& item) {
  return item.mode == IndexItem::Mode::range ? Shape{item.upper - item.lower} : Shape{};
}

/// Type of `base[items]`: array axes and element axes that positions remove, the others kept or cut.
Type indexed_type(const Type& base, const std::vector<IndexItem>& items) {
  Type type{base.kind, 0, {}};
  int element_axes = 0;
  for (std::size_t axis = 0; axis < base.shape.size(); ++axis) {
    const Shape left = axis < items.size() ? left_axes(items[axis]) : Shape{base.shape[axis]};
    type.shape.insert(type.shape.end(), left.begin(), left.end());
    const bool array_axis = axis < static_cast<std::size_t>(base.array_rank);
    (array_axis ? type.array_rank : element_axes) += static_cast<int>(left.size());
  }
  if (element_axes < element_rank(base.kind)) type.kind = element_axes == 0 ? Kind::real : Kind::vector;
  return type;
}

/// Row-major numbers of `base[items]` where all is constant.
Known indexed_value(const Type& base, const std::vector<double>& values, const std::vector<IndexItem>& items) {
  std::vector<std::size_t> offsets = {0};
  for (std::size_t axis = 0; axis < base.shape.size(); ++axis) {
    const bool whole = axis >= items.size();
    const std::int64_t begin = whole ? 0 : items[axis].lower, end = whole ? base.shape[axis] : items[axis].upper;
    std::vector<std::size_t> next;
    for (const std::size_t offset : offsets) {
      for (std::int64_t i = begin; i < end; ++i) {
        next.push_back(offset * static_cast<std::size_t>(base.shape[axis]) + static_cast<std::size_t>(i));
      }
    }
    offsets = std::move(next);
  }
  auto result = std::make_shared<std::vector<double>>();
  for (const std::size_t offset : offsets) result->push_back(values[offset]);
  return result;
}

}  // namespace

/// An index where there is nothing to index; in Stan one would index by the plate.
Diagnostic misplaced_index(const Analysis& analysis, const ast::Expr& expression, ExprId base) {
  const Type& type = analysis.type(base);
  if (!type.is_scalar()) return messages::too_many_indices(expression.span, type, expression.indices.size());
  const std::string& name = expression.arguments[0]->text;
  const Symbol* symbol = analysis.names.find(name);
  return messages::scalar_indexed(expression.span, type, name, symbol == nullptr ? "" : symbol->plate);
}

ExprId check_index(Analysis& analysis, const ast::Expr& expression) {
  const ExprId base = check_expression(analysis, *expression.arguments[0]);
  if (base == no_expr) return no_expr;
  const Type base_type = analysis.type(base);
  if (expression.indices.size() > base_type.shape.size()) {
    analysis.report(misplaced_index(analysis, expression, base));
    return no_expr;
  }
  Expr result;
  result.op = ExprOp::index;
  result.arguments = {base};
  result.depth = analysis.expression(base).depth;
  bool sound = true, known = analysis.known(base) != nullptr;
  for (std::size_t axis = 0; axis < expression.indices.size(); ++axis) {
    const ast::Index& index = expression.indices[axis];
    const std::int64_t size = base_type.shape[axis];
    const auto item = index.is_range ? check_range(analysis, index, size) : check_position(analysis, index, size);
    sound = sound && item;
    if (!item) continue;
    if (item->mode == IndexItem::Mode::expression) {
      known = false;
      result.depth = std::max(result.depth, analysis.expression(item->expression).depth);
    }
    result.items.push_back(*item);
  }
  if (!sound) return no_expr;
  result.type = indexed_type(base_type, result.items);
  if (known && !analysis.can_hold(result.type.size(), expression.span)) return no_expr;
  if (known) analysis.spend(result.type.size(), expression.span);
  const Known value = known ? indexed_value(base_type, *analysis.known(base), result.items) : nullptr;
  return analysis.add(std::move(result), expression.span, value);
}

}  // namespace adavi
