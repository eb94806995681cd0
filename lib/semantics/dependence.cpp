#include "semantics/dependence.hpp"

#include <algorithm>
#include <set>

#include "semantics/positive_links.hpp"

namespace adavi {

namespace {

using ast::Role;

/// Collects the variables that expressions read.
class Reader {
 public:
  explicit Reader(const HbmModel& model) : model_(model), seen_(model.expressions.size(), false) {}

  void read(ExprId root) {
    std::vector<ExprId> pending = {root};
    while (!pending.empty()) {
      const ExprId id = pending.back();
      pending.pop_back();
      if (id == no_expr || seen_[static_cast<std::size_t>(id)]) continue;
      seen_[static_cast<std::size_t>(id)] = true;
      const Expr& expression = model_.expression(id);
      if (expression.op == ExprOp::variable) variables.insert(expression.index);
      pending.insert(pending.end(), expression.arguments.begin(), expression.arguments.end());
      for (const IndexItem& item : expression.items) pending.push_back(item.expression);
    }
  }

  void read(const Distribution& distribution) {
    for (const DistributionArgument& argument : distribution.arguments) read(argument.expression);
    for (const Distribution& component : distribution.components) read(component);
    read(distribution.lower);
    read(distribution.upper);
  }

  std::set<int> variables;

 private:
  const HbmModel& model_;
  std::vector<bool> seen_;
};

using Graph = std::vector<std::set<int>>;

/// Edges between latents: parent and child, and the parents of one child.
Graph moralised(const HbmModel& model) {
  Graph graph(model.variables.size());
  const auto is_latent = [&](int i) { return model.variables[static_cast<std::size_t>(i)].role == Role::latent; };
  for (std::size_t child = 0; child < model.variables.size(); ++child) {
    if (model.variables[child].role == Role::derived) continue;
    std::vector<int> family = model.variables[child].parents;
    family.push_back(static_cast<int>(child));
    family.erase(std::remove_if(family.begin(), family.end(), [&](int i) { return !is_latent(i); }), family.end());
    for (const int a : family) {
      for (const int b : family) {
        if (a != b) graph[static_cast<std::size_t>(a)].insert(b);
      }
    }
  }
  return graph;
}

}  // namespace

std::vector<int> parents_of(const HbmModel& model, const Variable& variable) {
  Reader reader(model);
  if (variable.distribution) reader.read(*variable.distribution);
  reader.read(variable.value);
  reader.read(variable.link.lower);
  reader.read(variable.link.upper);
  std::set<int> parents;
  for (const int used : reader.variables) {
    const Variable& source = model.variables[static_cast<std::size_t>(used)];
    if (source.role == Role::derived) {
      parents.insert(source.parents.begin(), source.parents.end());
    } else {
      parents.insert(used);
    }
  }
  return {parents.begin(), parents.end()};
}

std::vector<int> order_of_sampling(const HbmModel& model) {
  std::vector<int> order;
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    if (model.variables[i].role == Role::latent) order.push_back(static_cast<int>(i));
  }
  // Scales first, then intervals and correlations: given them, locations are close to Gaussian.
  const std::vector<char> scales = pure_scales(model);
  const auto waits = [&](int index) {
    const Variable& variable = model.variables[static_cast<std::size_t>(index)];
    const auto same_plates = [&](int parent) {
      const Variable& other = model.variables[static_cast<std::size_t>(parent)];
      return other.role == Role::latent && other.depth == variable.depth;
    };
    if (std::any_of(variable.parents.begin(), variable.parents.end(), same_plates)) return 2;
    if (scales[static_cast<std::size_t>(index)] != 0) return 0;
    static const LinkKind no_locations[] = {LinkKind::bounded, LinkKind::cov_matrix, LinkKind::corr_matrix,
                                            LinkKind::cholesky_factor_corr};
    const auto end = std::end(no_locations);
    return std::find(std::begin(no_locations), end, variable.link.kind) == end ? 2 : 1;
  };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
    const auto depth = [&](int index) { return model.variables[static_cast<std::size_t>(index)].depth; };
    return depth(a) != depth(b) ? depth(a) < depth(b) : waits(a) < waits(b);
  });
  return order;
}

std::vector<std::vector<int>> faithful_inversion(const HbmModel& model, const std::vector<int>& order) {
  const Graph graph = moralised(model);
  std::vector<std::size_t> rank(model.variables.size(), 0);
  for (std::size_t i = 0; i < order.size(); ++i) rank[static_cast<std::size_t>(order[i])] = i;
  std::vector<std::vector<int>> upper;
  for (std::size_t i = 0; i < order.size(); ++i) {
    std::set<int> reached = {order[i]};
    std::vector<int> pending = {order[i]};
    std::vector<int> conditions;
    while (!pending.empty()) {
      const int node = pending.back();
      pending.pop_back();
      for (const int neighbour : graph[static_cast<std::size_t>(node)]) {
        if (!reached.insert(neighbour).second) continue;
        const bool later = rank[static_cast<std::size_t>(neighbour)] > i;
        (later ? pending : conditions).push_back(neighbour);
      }
    }
    std::sort(conditions.begin(), conditions.end(),
              [&](int a, int b) { return rank[static_cast<std::size_t>(a)] < rank[static_cast<std::size_t>(b)]; });
    upper.push_back(std::move(conditions));
  }
  return upper;
}

}  // namespace adavi
