#include "codegen/expression_text.hpp"

#include <charconv>
#include <map>

namespace adavi {
namespace {

constexpr int deepest = 8;          ///< levels shown before "..."
constexpr std::size_t longest = 4;  ///< entries of an array shown before "..."

/// Writes one expression; `depth` counts the levels above.
class Writer {
 public:
  explicit Writer(const HbmModel& model) : model_(model) {}

  std::string text(ExprId id, int depth = 0) const {
    if (depth > deepest) return "...";
    const Expr& expr = model_.expression(id);
    const auto position = static_cast<std::size_t>(expr.index);
    switch (expr.op) {
      case ExprOp::literal:
        return literal(expr);
      case ExprOp::constant:
        return model_.constants[position].name;
      case ExprOp::variable:
        return model_.variables[position].name;
      case ExprOp::call:
        return call(expr, depth);
      case ExprOp::index:
        return index(expr, depth);
    }
    return "";
  }

 private:
  static std::string literal(const Expr& expr) {
    if (expr.type.is_scalar()) return number_text(expr.values.at(0));
    std::string text = "[";
    for (std::size_t i = 0; i < expr.values.size() && i < longest; ++i)
      text += (i == 0 ? "" : ", ") + number_text(expr.values[i]);
    return text + (expr.values.size() > longest ? ", ...]" : "]");
  }

  /// A call that is written as an operator between its operands; strength 0 for functions.
  struct Operator {
    std::string sign;
    int strength = 0;
  };

  static Operator operator_of(const Expr& expr) {
    static const std::map<std::string, Operator> operators = {
        {"add", {" + ", 1}},    {"subtract", {" - ", 1}},      {"multiply", {" * ", 2}},    {"matmul", {" * ", 2}},
        {"divide", {" / ", 2}}, {"elt_multiply", {" .* ", 2}}, {"elt_divide", {" ./ ", 2}}, {"power", {"^", 3}}};
    const auto found = operators.find(expr.function);
    const bool written_so = expr.op == ExprOp::call && expr.arguments.size() == 2 && found != operators.end();
    return written_so ? found->second : Operator{};
  }

  /// In brackets if its operator binds less than `strength`.
  std::string operand(ExprId id, int depth, int strength) const {
    const std::string inside = text(id, depth);
    const int own = operator_of(model_.expression(id)).strength;
    return own == 0 || own >= strength ? inside : "(" + inside + ")";
  }

  std::string call(const Expr& expr, int depth) const {
    if (const Operator found = operator_of(expr); found.strength > 0)
      return operand(expr.arguments[0], depth + 1, found.strength) + found.sign +
             operand(expr.arguments[1], depth + 1, found.strength + 1);
    if (expr.function == "negate") return "-" + operand(expr.arguments.at(0), depth + 1, 3);
    std::string inside;
    for (const ExprId argument : expr.arguments) inside += (inside.empty() ? "" : ", ") + text(argument, depth + 1);
    return expr.function == "stack" ? "[" + inside + "]" : expr.function + "(" + inside + ")";
  }

  /// Positions count from 1, as in the language.
  std::string index_item(const IndexItem& item, int depth) const {
    switch (item.mode) {
      case IndexItem::Mode::position:
        return std::to_string(item.lower + 1);
      case IndexItem::Mode::range:
        return std::to_string(item.lower + 1) + ":" + std::to_string(item.upper);
      case IndexItem::Mode::expression:
        return text(item.expression, depth + 1);
    }
    return "";
  }

  std::string index(const Expr& expr, int depth) const {
    std::string items;
    for (const IndexItem& item : expr.items) items += (items.empty() ? "" : ", ") + index_item(item, depth);
    return operand(expr.arguments.at(0), depth + 1, 4) + "[" + items + "]";
  }

  const HbmModel& model_;
};

}  // namespace

std::string number_text(double number) {
  char digits[32];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
  return error == std::errc() ? std::string(digits, end) : "?";
}

std::string expression_text(const HbmModel& model, ExprId id) { return Writer(model).text(id); }

std::string distribution_text(const HbmModel& model, const Distribution& distribution) {
  std::string inside;
  const auto append = [&](const std::string& part) { inside += (inside.empty() ? "" : ", ") + part; };
  if (distribution.name == "transformed") append(std::string(to_string(distribution.link)));
  for (const DistributionArgument& argument : distribution.arguments)
    append(expression_text(model, argument.expression));
  for (const Distribution& component : distribution.components) append(distribution_text(model, component));
  return distribution.name + "(" + inside + ")";
}

}  // namespace adavi
