#include "semantics/exchangeable.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "catalog/distributions.hpp"
#include "catalog/functions.hpp"

namespace adavi {
namespace {

using ast::Role;
using Members = std::set<int>;

/// The mixture with one component distribution that a variable is drawn from, through transformations; null: none.
const Distribution* mixture_of(const Variable& variable) {
  if (!variable.distribution) return nullptr;
  const Distribution* distribution = &*variable.distribution;
  while (distribution->name == "transformed") distribution = &distribution->components.front();
  return distribution->name == "mixture" && distribution->components.size() == 1 ? distribution : nullptr;
}

/// Grows one set from the mixture it starts with. Every question adds what the answer "yes" asks of other parts: who
/// has to be a member, and which expressions must not change with the order.
class Growth {
 public:
  Growth(const HbmModel& model, std::int64_t size) : model_(model), size_(size) {}

  /// Whether the log joint is symmetric in the components of this variable's mixture.
  bool from(int variable) {
    if (!is_symmetric_mixture(variable)) return false;
    for (bool grown = true; grown;) {
      grown = false;
      while (!pending_.empty()) {
        const int next = *pending_.begin();
        pending_.erase(pending_.begin());
        if (!permutes_with_its_parents(variable_at(next))) return false;
      }
      for (std::size_t i = 0; i < model_.variables.size(); ++i) {
        const int index = static_cast<int>(i);
        if (members_.count(index) > 0 || mixtures_.count(index) > 0 || !reads_members(variable_at(index))) continue;
        if (!joins(index)) return false;
        grown = true;
      }
    }
    return std::none_of(fixed_.begin(), fixed_.end(), [&](ExprId id) { return reads_members(id); });
  }

  std::vector<int> members() const { return {members_.begin(), members_.end()}; }

 private:
  const Variable& variable_at(int index) const { return model_.variables[static_cast<std::size_t>(index)]; }

  void add(int member) {
    if (members_.insert(member).second) pending_.insert(member);
  }

  /// Whoever reads a member is one itself, or a mixture over the set.
  bool joins(int index) {
    const Variable& variable = variable_at(index);
    if (mixture_of(variable)) return is_symmetric_mixture(index);
    if (variable.role != Role::latent && variable.role != Role::derived) return false;
    add(index);
    return true;
  }

  bool is_symmetric_mixture(int index) {
    const Variable& variable = variable_at(index);
    const Distribution& mixture = *mixture_of(variable);
    mixtures_.insert(index);
    const ExprId weights = mixture.arguments.front().expression;
    const int rank = static_cast<int>(variable.type.shape.size());
    return model_.expression(weights).type.shape.size() == 1 && permutes(weights) &&
           permutes(mixture.components.front(), rank + 1) && stays(variable.link.lower) && stays(variable.link.upper);
  }

  /// Whether a member's own law is the same in every order of its parents.
  bool permutes_with_its_parents(const Variable& variable) {
    const Type& type = variable.type;
    if (type.shape.empty() || type.shape.front() != size_) return false;
    if (variable.role == Role::derived) return permutes(variable.value);
    // Elements of an array may be anything; those of a vector itself must not constrain one another by their places.
    const bool free =
        type.array_rank > 0 || type.kind == Kind::vector || type.kind == Kind::matrix || type.kind == Kind::simplex;
    return free && bound_permutes(variable.link.lower) && bound_permutes(variable.link.upper) &&
           permutes(*variable.distribution, static_cast<int>(type.shape.size()));
  }

  bool bound_permutes(ExprId id) {
    return id == no_expr || (model_.expression(id).type.is_scalar() ? stays(id) : permutes(id));
  }

  /// Whether a density of variates with `rank` axes, the components' first, permutes with its arguments.
  bool permutes(const Distribution& distribution, int rank) {
    if (distribution.name == "transformed") {
      const bool elementwise = distribution.link == LinkKind::exp || distribution.link == LinkKind::softplus;
      return (elementwise || rank > 1) && permutes(distribution.components.front(), rank);
    }
    const DistributionRow* row = find_distribution(distribution.name);
    if (!row) return false;  // mixtures within, and sorted draws
    const int event = event_rank(*row);
    if (event >= rank && distribution.name != "dirichlet") return false;
    for (std::size_t i = 0; i < distribution.arguments.size(); ++i) {
      const DistributionArgument& argument = distribution.arguments[i];
      const Shape& shape = model_.expression(argument.expression).type.shape;
      const int full = rank - event + element_rank(row->parameters[i].kind);
      const bool along = !shape.empty() && static_cast<int>(shape.size()) + argument.trailing == full;
      if (!(along ? permutes(argument.expression) : stays(argument.expression))) return false;
    }
    return bound_permutes(distribution.lower) && bound_permutes(distribution.upper);
  }

  /// The value must be the same in every order: settled once all members are known.
  bool stays(ExprId id) {
    if (id != no_expr) fixed_.push_back(id);
    return true;
  }

  /// Whether an expression's first axis is the components' and permutes with the members'.
  bool permutes(ExprId id) {
    const Expr& expression = model_.expression(id);
    const Shape& shape = expression.type.shape;
    if (shape.empty() || shape.front() != size_) return false;
    switch (expression.op) {
      case ExprOp::literal:
        return all_equal(expression.values);
      case ExprOp::constant:
        return all_equal(model_.constants[static_cast<std::size_t>(expression.index)].values);
      case ExprOp::variable: {
        const Role role = variable_at(expression.index).role;
        if (role != Role::latent && role != Role::derived) return false;
        add(expression.index);
        return true;
      }
      case ExprOp::call:
        return call_permutes(expression);
      case ExprOp::index:
        return index_permutes(expression);
    }
    return false;
  }

  /// Whether a known value is the same for every component.
  bool all_equal(const std::vector<double>& values) const {
    const auto part = static_cast<std::ptrdiff_t>(values.size()) / size_;
    return std::equal(values.begin() + part, values.end(), values.begin());
  }

  bool all_the_same(const std::vector<ExprId>& literals) const {
    const Expr& first = model_.expression(literals.front());
    return std::all_of(literals.begin(), literals.end(), [&](ExprId id) {
      const Expr& other = model_.expression(id);
      return other.op == ExprOp::literal && other.values == first.values;
    });
  }

  bool call_permutes(const Expr& call) {
    const auto& arguments = call.arguments;
    if (call.function == "rep_vector" || call.function == "rep_array") return stays(arguments.front());
    if (call.function == "stack") return all_the_same(arguments);
    const FunctionRow* row = find_function(call.function);
    if (!row) return false;
    switch (row->rule) {
      case FunctionRule::elementwise:
        return permutes(arguments.front());
      case FunctionRule::elementwise_binary:
        return std::all_of(arguments.begin(), arguments.end(), [&](ExprId argument) {
          return model_.expression(argument).type.is_scalar() ? stays(argument) : permutes(argument);
        });
      case FunctionRule::vector_to_vector: {
        const bool symmetric = call.function == "softmax" || call.function == "log_softmax";
        return (symmetric || call.type.shape.size() > 1) && permutes(arguments.front());
      }
      default:
        return false;
    }
  }

  bool index_permutes(const Expr& index) {
    const Expr& base = model_.expression(index.arguments.front());
    const IndexItem& first = index.items.front();
    if (first.mode != IndexItem::Mode::range || first.lower != 0 || first.upper != base.type.shape.front())
      return false;
    for (const IndexItem& item : index.items) stays(item.expression);
    return permutes(index.arguments.front());
  }

  bool reads_members(ExprId id) const {
    if (id == no_expr) return false;
    const Expr& expression = model_.expression(id);
    const auto reads = [&](ExprId part) { return reads_members(part); };
    if (expression.op == ExprOp::variable) {
      return members_.count(expression.index) > 0 || reads_members(variable_at(expression.index).value);
    }
    return std::any_of(expression.arguments.begin(), expression.arguments.end(), reads) ||
           std::any_of(expression.items.begin(), expression.items.end(),
                       [&](const IndexItem& item) { return reads(item.expression); });
  }

  bool reads_members(const Distribution& distribution) const {
    return std::any_of(distribution.arguments.begin(), distribution.arguments.end(),
                       [&](const DistributionArgument& argument) { return reads_members(argument.expression); }) ||
           std::any_of(distribution.components.begin(), distribution.components.end(),
                       [&](const Distribution& component) { return reads_members(component); }) ||
           reads_members(distribution.lower) || reads_members(distribution.upper);
  }

  bool reads_members(const Variable& variable) const {
    return (variable.distribution && reads_members(*variable.distribution)) || reads_members(variable.value) ||
           reads_members(variable.link.lower) || reads_members(variable.link.upper);
  }

  const HbmModel& model_;
  std::int64_t size_;
  Members members_, pending_, mixtures_;
  std::vector<ExprId> fixed_;
};

}  // namespace

std::vector<ExchangeableSet> exchangeable_sets(const HbmModel& model) {
  std::vector<ExchangeableSet> sets;
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    const Distribution* mixture = mixture_of(model.variables[i]);
    if (!mixture) continue;
    const Shape& weights = model.expression(mixture->arguments.front().expression).type.shape;
    Growth growth(model, weights.back());
    if (!growth.from(static_cast<int>(i)) || growth.members().empty()) continue;
    const ExchangeableSet set = {weights.back(), growth.members()};
    const auto same = [&](const ExchangeableSet& other) { return other.members == set.members; };
    if (std::none_of(sets.begin(), sets.end(), same)) sets.push_back(set);
  }
  return sets;
}

}  // namespace adavi
