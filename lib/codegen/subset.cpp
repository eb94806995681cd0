#include "codegen/subset.hpp"

#include <algorithm>
#include <set>

#include "diagnostics/suggest.hpp"
#include "semantics/dependence.hpp"

namespace adavi {
namespace {

const Variable& variable_at(const HbmModel& model, int index) {
  return model.variables[static_cast<std::size_t>(index)];
}

bool is_named(const HbmModel& model, const std::vector<std::string>& names, int index) {
  return std::find(names.begin(), names.end(), variable_at(model, index).name) != names.end();
}

std::vector<std::string> latent_names(const HbmModel& model) {
  std::vector<std::string> names;
  for (const Variable& variable : model.variables)
    if (variable.role == ast::Role::latent) names.push_back(variable.name);
  return names;
}

const char* other_role(ast::Role role) {
  switch (role) {
    case ast::Role::observed:
      return "an observed variable";
    case ast::Role::covariate:
      return "a covariate";
    case ast::Role::derived:
      return "a derived quantity";
    case ast::Role::latent:
      break;
  }
  return "a latent";
}

/// What is wrong with one name, or nothing.
std::string wrong_name(const HbmModel& model, const std::string& name) {
  const auto latents = latent_names(model);
  if (std::find(latents.begin(), latents.end(), name) != latents.end()) return "";
  const auto found = std::find_if(model.variables.begin(), model.variables.end(),
                                  [&](const Variable& variable) { return variable.name == name; });
  if (found != model.variables.end())
    return "'" + name + "' is " + other_role(found->role) + ", expected the name of a latent";
  const auto near = did_you_mean(name, latents);
  if (near) return "the model has no latent '" + name + "'; did you mean '" + *near + "'?";
  std::string all;
  for (const std::string& latent : latents) all += (all.empty() ? "'" : ", '") + latent + "'";
  return "the model has no latent '" + name + "'; it has " + all;
}

/// A latent that bounds the support of `index` and is not among the names, or -1.
int missing_bound(const HbmModel& model, const std::vector<std::string>& names, int index) {
  Variable bounds;  // with nothing but the bounds to depend on
  bounds.link = variable_at(model, index).link;
  for (const int parent : parents_of(model, bounds)) {
    if (variable_at(model, parent).role == ast::Role::latent && !is_named(model, names, parent)) return parent;
  }
  return -1;
}

/// Depths above its own of latents outside the family that can be reached from a latent of it past others that it is
/// not conditioned on.
class Surroundings {
 public:
  Surroundings(const HbmModel& model, const std::vector<std::string>& names) : model_(model), names_(names) {}

  std::vector<int> depths(const KeptLatent& latent) const {
    std::set<int> reached = {latent.variable}, found;
    std::vector<int> pending = {latent.variable};
    while (!pending.empty()) {
      const int member = pending.back();
      pending.pop_back();
      for (const int neighbour : neighbours(member)) {
        const bool conditioned = std::find(latent.upper.begin(), latent.upper.end(), neighbour) != latent.upper.end();
        if (conditioned || !reached.insert(neighbour).second) continue;
        pending.push_back(neighbour);
        const int depth = variable_at(model_, neighbour).depth;
        if (depth < variable_at(model_, latent.variable).depth && !is_named(model_, names_, neighbour))
          found.insert(depth);
      }
    }
    return {found.begin(), found.end()};
  }

 private:
  /// Latents that share a law with this one: its parents, its children and theirs.
  std::vector<int> neighbours(int index) const {
    std::vector<int> result;
    for (std::size_t child = 0; child < model_.variables.size(); ++child) {
      const Variable& variable = model_.variables[child];
      if (variable.role == ast::Role::derived) continue;
      std::vector<int> law = variable.parents;
      law.push_back(static_cast<int>(child));
      if (std::find(law.begin(), law.end(), index) == law.end()) continue;
      for (const int member : law)
        if (member != index && variable_at(model_, member).role == ast::Role::latent) result.push_back(member);
    }
    return result;
  }

  const HbmModel& model_;
  const std::vector<std::string>& names_;
};

}  // namespace

std::string unsuited_latents(const HbmModel& model, const std::vector<std::string>& names) {
  std::set<std::string> seen;
  for (const std::string& name : names) {
    if (name.empty()) return "expected names of latents separated by commas, found an empty one";
    const std::string wrong = wrong_name(model, name);
    if (!wrong.empty()) return wrong;
    if (!seen.insert(name).second) return "'" + name + "' is named twice";
  }
  if (names.empty()) return "";
  for (const KeptLatent& latent : kept_latents(model, names)) {
    const int bound = missing_bound(model, names, latent.variable);
    if (bound < 0) continue;
    return "'" + variable_at(model, latent.variable).name + "' is bounded by '" + variable_at(model, bound).name +
           "', which has to be named too";
  }
  return "";
}

std::vector<KeptLatent> kept_latents(const HbmModel& model, const std::vector<std::string>& names) {
  std::vector<KeptLatent> result;
  if (names.empty()) {
    for (const int index : model.sampling_order) result.push_back({index, variable_at(model, index).upper, {}, true});
    return result;
  }
  // Those left out come last: nothing is conditioned on them.
  std::vector<int> order;
  for (const int index : model.sampling_order)
    if (is_named(model, names, index)) order.push_back(index);
  const auto kept = order.size();
  for (const int index : left_out_latents(model, names)) order.push_back(index);
  const auto upper = faithful_inversion(model, order);
  const Surroundings surroundings(model, names);
  for (std::size_t i = 0; i < kept; ++i) {
    KeptLatent latent = {order[i], upper[i], {}, true};
    latent.around = surroundings.depths(latent);
    const auto& parents = variable_at(model, latent.variable).parents;
    latent.parents_known = std::all_of(parents.begin(), parents.end(), [&](int parent) {
      return variable_at(model, parent).role != ast::Role::latent || is_named(model, names, parent);
    });
    result.push_back(std::move(latent));
  }
  return result;
}

std::vector<int> left_out_latents(const HbmModel& model, const std::vector<std::string>& names) {
  std::vector<int> result;
  if (names.empty()) return result;
  for (const int index : model.sampling_order)
    if (!is_named(model, names, index)) result.push_back(index);
  return result;
}

std::vector<int> drawn_variables(const HbmModel& model, const std::vector<int>& left_out) {
  const auto is_left_out = [&](int index) {
    return std::find(left_out.begin(), left_out.end(), index) != left_out.end();
  };
  std::vector<int> result;
  for (std::size_t i = 0; i < model.variables.size(); ++i) {
    const Variable& variable = model.variables[i];
    const auto index = static_cast<int>(i);
    if (variable.role == ast::Role::latent && !is_left_out(index)) result.push_back(index);
    if (variable.role == ast::Role::derived &&
        std::none_of(variable.parents.begin(), variable.parents.end(), is_left_out))
      result.push_back(index);
  }
  return result;
}

}  // namespace adavi
