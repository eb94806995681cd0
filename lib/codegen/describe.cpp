#include "codegen/describe.hpp"

#include <functional>

#include "codegen/descriptors.hpp"
#include "codegen/expression_text.hpp"
#include "codegen/text_table.hpp"

namespace adavi {
namespace {

const Variable& variable_at(const HbmModel& model, int index) {
  return model.variables[static_cast<std::size_t>(index)];
}

std::string join(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

std::string names(const HbmModel& model, const std::vector<int>& indices) {
  std::vector<std::string> found;
  for (const int index : indices) found.push_back(variable_at(model, index).name);
  return found.empty() ? "-" : join(found);
}

std::string sizes(const std::vector<std::int64_t>& layers) {
  std::vector<std::string> found;
  for (const auto size : layers) found.push_back(std::to_string(size));
  return found.empty() ? "-" : join(found);
}

/// "{mu -> 2, x -> 0}" over the random variables.
std::string mapping(const HbmModel& model, const std::function<std::string(const Variable&)>& value) {
  std::vector<std::string> entries;
  for (const int index : random_variables(model)) {
    const Variable& variable = variable_at(model, index);
    entries.push_back(variable.name + " -> " + value(variable));
  }
  return "{" + join(entries) + "}";
}

/// V, P, Card, Hier, Shape and Link, as in C.4 and D.9.
std::string descriptors(const HbmModel& model) {
  std::vector<std::string> plates, cardinalities;
  for (int plate = model.depth() - 1; plate >= 0; --plate) {
    const Plate& entry = model.plates[static_cast<std::size_t>(plate)];
    plates.push_back(plate_label(model, plate) + ": " + entry.name);
    cardinalities.push_back(plate_label(model, plate) + " -> " + cardinality_text(entry));
  }
  return "V     = {" + names(model, random_variables(model)) + "}\n" +  //
         "P     = {" + join(plates) + "}\n" +                           //
         "Card  = {" + join(cardinalities) + "}\n" +                    //
         "Hier  = " + mapping(model, [](auto& v) { return std::to_string(v.hierarchy); }) + "\n" +
         "Shape = " + mapping(model, [](auto& v) { return shape_text(v.type.shape); }) + "\n" +
         "Link  = " + mapping(model, [&](auto& v) { return link_text(model, v); }) + "\n";
}

std::string enclosing_plates(const HbmModel& model, const Variable& variable) {
  std::vector<std::string> found;
  for (int plate = 0; plate < variable.depth; ++plate)
    found.push_back(model.plates[static_cast<std::size_t>(plate)].name);
  return found.empty() ? "-" : join(found);
}

std::string law(const HbmModel& model, const Variable& variable) {
  if (variable.distribution) return "~ " + distribution_text(model, *variable.distribution);
  return variable.value == no_expr ? "" : "= " + expression_text(model, variable.value);
}

std::string variables(const HbmModel& model) {
  TextTable table(
      {"variable", "role", "plates", "hierarchy", "shape", "support", "link", "parents", "posterior given", "law"},
      {3});
  for (const Variable& variable : model.variables) {
    const bool random = variable.role == ast::Role::latent || variable.role == ast::Role::observed;
    table.add({variable.name, role_text(variable.role), enclosing_plates(model, variable),
               random ? std::to_string(variable.hierarchy) : "-", shape_text(variable.type.shape),
               random || variable.role == ast::Role::covariate ? support_text(model, variable) : "-",
               random ? link_text(model, variable) : "-", names(model, variable.parents),
               variable.role == ast::Role::latent ? names(model, variable.upper) : "-", law(model, variable)});
  }
  return table.to_string();
}

/// "exchangeable components: mu, mu_g, pi_g (3 in any order)"
std::string exchangeable(const HbmModel& model) {
  std::string text;
  for (const ExchangeableSet& set : model.exchangeable) {
    text +=
        "exchangeable components: " + names(model, set.members) + " (" + std::to_string(set.size) + " in any order)\n";
  }
  return text;
}

std::string inputs(const HbmModel& model, const std::vector<EncoderInput>& known) {
  std::vector<std::string> found;
  for (const EncoderInput& input : known) {
    const std::string transform = transform_text(input.transform);
    found.push_back(variable_at(model, input.variable).name + (transform.empty() ? "" : " (" + transform + ")"));
  }
  return found.empty() ? "-" : join(found);
}

std::string attention(const EncoderLevel& level) {
  if (!level.contracts) return "passes through";
  if (level.attention == Attention::none) return "none";
  std::string text = std::to_string(level.blocks) + " " + attention_text(level.attention) + ", " +
                     std::to_string(level.heads) + " heads";
  return level.inducing > 0 ? text + ", " + std::to_string(level.inducing) + " inducing" : text;
}

std::string encoder(const HbmModel& model, const DualPlan& plan) {
  if (plan.free)
    return "none: every instance has affine parameters of its own, for the one data set of 'train --fit'\n";
  TextTable table({"level", "contracts", "known inputs", "features", "attention", "embedding", "moments", "messages",
                   "output", "weights"},
                  {3, 5, 7, 8, 9});
  for (const EncoderLevel& level : plan.encoder) {
    const std::string name = model.plates[static_cast<std::size_t>(level.plate)].name;
    const int number = model.depth() - 1 - level.plate;
    table.add({"E_" + std::to_string(number) + " -> E_" + std::to_string(number + 1),
               plate_label(model, level.plate) + ": " + name, inputs(model, level.inputs), std::to_string(level.input),
               attention(level), std::to_string(level.embedding), level.moments ? "yes" : "no",
               std::to_string(level.message), std::to_string(level.output), std::to_string(level.weights)});
  }
  std::string text = table.to_string();
  if (!plan.top_inputs.empty()) text += "joined at the top: " + inputs(model, plan.top_inputs) + "\n";
  if (plan.message.size > 0) {
    const int hierarchy = model.depth() - plan.message.depth;
    text += "messages on " + names(model, plan.message.latents) + " begin at E_" + std::to_string(hierarchy) + ": " +
            std::to_string(plan.message.steps) + " Newton steps\n";
  }
  return text;
}

std::string flow(const EstimatorPlan& plan) {
  if (plan.dirichlet) return "exact: Dirichlet";
  if (plan.exact) return plan.quadratic ? "exact: Gaussian" : "exact: quadrature";
  if (plan.flow == FlowKind::none) return "none";
  const std::string bins = plan.spline_bins > 0 ? ", " + std::to_string(plan.spline_bins) + " bins" : "";
  return flow_text(plan.flow) + " (" + sizes(plan.flow_hidden) + ")" + bins;
}

/// "likelihood, 2 steps, with b"
std::string scores(const HbmModel& model, const EstimatorPlan& plan) {
  if (plan.scores == Scores::none) return "-";
  const std::string steps = std::to_string(plan.scoring_steps) + (plan.scoring_steps == 1 ? " step" : " steps");
  const std::string along = plan.along.empty() ? "" : ", with " + names(model, plan.along);
  if (!plan.eliminated.empty()) return scores_text(plan.scores) + " of " + names(model, plan.eliminated) + along;
  return scores_text(plan.scores) + (plan.scoring_steps > 0 ? ", " + steps : "") + along;
}

std::string estimators(const HbmModel& model, const DualPlan& plan) {
  TextTable table(
      {"latent", "size", "conditioned on", "scores", "context", "hidden layers", "affine", "flow", "link", "weights"},
      {1, 3, 4, 9});
  if (plan.total) {
    const EstimatorPlan& total = *plan.total;
    table.add({"all, side by side", std::to_string(total.size), plan.free ? "" : "all encodings", "-",
               std::to_string(total.context), sizes(total.trunk), affine_text(total.affine), flow(total), "of each",
               std::to_string(total.weights)});
    return table.to_string();
  }
  for (const EstimatorPlan& estimator : plan.estimators) {
    const Variable& variable = variable_at(model, estimator.variable);
    const std::string encoding = plan.free ? "" : "E_" + std::to_string(variable.hierarchy);
    const std::string separator = plan.free ? "" : ", ";
    std::string given = encoding;
    for (auto depth = estimator.around.rbegin(); depth != estimator.around.rend(); ++depth)
      given += separator + "E_" + std::to_string(model.depth() - *depth);
    if (!estimator.upper.empty()) given += separator + names(model, estimator.upper);
    table.add({variable.name, std::to_string(estimator.size), given, scores(model, estimator),
               std::to_string(estimator.context), sizes(estimator.trunk),
               estimator.exact ? "-" : affine_text(estimator.affine), flow(estimator), link_text(model, variable),
               std::to_string(estimator.weights)});
  }
  return table.to_string();
}

}  // namespace

std::string describe(const HbmModel& model, const DualPlan& plan) {
  return descriptors(model) + "\n" + variables(model) + exchangeable(model) + "\nDual network (" +
         family_text(plan.family) + "): " + std::to_string(plan.weights) +
         " weights\n\nHierarchical encoder (eq. 1)\n" + encoder(model, plan) +
         "\nConditional density estimators (eq. 2)\n" + estimators(model, plan) +
         (plan.left_out.empty() ? "" : "left out, marginalised by simulation: " + names(model, plan.left_out) + "\n");
}

}  // namespace adavi
