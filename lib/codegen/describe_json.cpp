#include <nlohmann/json.hpp>

#include "codegen/describe.hpp"
#include "codegen/descriptors.hpp"
#include "codegen/expression_text.hpp"

namespace adavi {
namespace {

using Json = nlohmann::ordered_json;

const std::string& name_of(const HbmModel& model, int index) {
  return model.variables[static_cast<std::size_t>(index)].name;
}

Json names(const HbmModel& model, const std::vector<int>& indices) {
  Json list = Json::array();
  for (const int index : indices) list.push_back(name_of(model, index));
  return list;
}

Json descriptors(const HbmModel& model) {
  Json found = {{"V", names(model, random_variables(model))}};
  for (int plate = model.depth() - 1; plate >= 0; --plate) {
    const Plate& entry = model.plates[static_cast<std::size_t>(plate)];
    const std::string label = plate_label(model, plate);
    found["P"][label] = entry.name;
    found["Card"][label] = entry.lower == entry.upper ? Json(entry.upper) : Json{entry.lower, entry.upper};
  }
  for (const int index : random_variables(model)) {
    const Variable& variable = model.variables[static_cast<std::size_t>(index)];
    found["Hier"][variable.name] = variable.hierarchy;
    found["Shape"][variable.name] = variable.type.shape;
    found["Link"][variable.name] = link_text(model, variable);
  }
  return found;
}

Json variable_json(const HbmModel& model, const Variable& variable) {
  Json entry = {{"name", variable.name}, {"role", role_text(variable.role)}, {"type", to_string(variable.type)}};
  entry["plates"] = Json::array();
  for (int plate = 0; plate < variable.depth; ++plate)
    entry["plates"].push_back(model.plates[static_cast<std::size_t>(plate)].name);
  if (variable.role == ast::Role::latent || variable.role == ast::Role::observed) {
    entry["hierarchy"] = variable.hierarchy;
    entry["link"] = link_text(model, variable);
    entry["unconstrained_shape"] = variable.unconstrained_shape;
  }
  entry["shape"] = variable.type.shape;
  if (variable.role != ast::Role::derived) entry["support"] = support_text(model, variable);
  entry["parents"] = names(model, variable.parents);
  if (variable.role == ast::Role::latent) entry["posterior_given"] = names(model, variable.upper);
  if (variable.distribution) entry["distribution"] = distribution_text(model, *variable.distribution);
  if (variable.value != no_expr) entry["value"] = expression_text(model, variable.value);
  return entry;
}

Json inputs_json(const HbmModel& model, const std::vector<EncoderInput>& inputs) {
  Json list = Json::array();
  for (const EncoderInput& input : inputs) {
    const std::string transform = transform_text(input.transform);
    list.push_back({{"variable", name_of(model, input.variable)},
                    {"transform", transform.empty() ? "identity" : transform},
                    {"size", input.size}});
  }
  return list;
}

Json level_json(const HbmModel& model, const EncoderLevel& level) {
  return {{"plate", model.plates[static_cast<std::size_t>(level.plate)].name},
          {"inputs", inputs_json(model, level.inputs)},
          {"input", level.input},
          {"contracts", level.contracts},
          {"attention", attention_text(level.attention)},
          {"embedding", level.embedding},
          {"heads", level.heads},
          {"inducing", level.inducing},
          {"blocks", level.blocks},
          {"moments", level.moments},
          {"messages", level.message},
          {"output", level.output},
          {"weights", level.weights}};
}

Json density_json(const EstimatorPlan& plan) {
  return {{"size", plan.size},
          {"context", plan.context},
          {"trunk", plan.trunk},
          {"affine", affine_text(plan.affine)},
          {"instances", plan.instances},
          {"flow", flow_text(plan.flow)},
          {"flow_hidden", plan.flow_hidden},
          {"spline_bins", plan.spline_bins},
          {"weights", plan.weights}};
}

Json estimator_json(const HbmModel& model, const EstimatorPlan& plan) {
  Json encodings = Json::array();
  encodings.push_back(model.depth() - plan.depth);
  for (const int depth : plan.around) encodings.push_back(model.depth() - depth);
  Json found = {{"latent", name_of(model, plan.variable)},
                {"encodings", encodings},
                {"conditioned_on", names(model, plan.upper)},
                {"scores", scores_text(plan.scores)},
                {"climbed_along", names(model, plan.along)},
                {"eliminated", names(model, plan.eliminated)},
                {"scoring_steps", plan.scoring_steps},
                {"exact", plan.exact},
                {"link", link_text(model, model.variables[static_cast<std::size_t>(plan.variable)])}};
  found.update(density_json(plan));
  return found;
}

Json plan_json(const HbmModel& model, const DualPlan& plan) {
  Json found = {
      {"family", family_text(plan.family)}, {"free", plan.free}, {"weights", plan.weights}, {"encoder", Json::array()}};
  for (const EncoderLevel& level : plan.encoder) found["encoder"].push_back(level_json(model, level));
  found["top_inputs"] = inputs_json(model, plan.top_inputs);
  found["message"] = {{"latents", names(model, plan.message.latents)},
                      {"depth", plan.message.depth},
                      {"size", plan.message.size},
                      {"steps", plan.message.steps}};
  found["marginal"] = names(model, plan.marginal);
  found["left_out"] = names(model, plan.left_out);
  found["estimators"] = Json::array();
  for (const EstimatorPlan& estimator : plan.estimators)
    found["estimators"].push_back(estimator_json(model, estimator));
  if (plan.total) found["total"] = density_json(*plan.total);
  return found;
}

}  // namespace

std::string describe_json(const HbmModel& model, const DualPlan& plan) {
  Json document = {{"descriptors", descriptors(model)}, {"variables", Json::array()}};
  for (const Variable& variable : model.variables) document["variables"].push_back(variable_json(model, variable));
  document["exchangeable"] = Json::array();
  for (const ExchangeableSet& set : model.exchangeable)
    document["exchangeable"].push_back({{"size", set.size}, {"members", names(model, set.members)}});
  document["plan"] = plan_json(model, plan);
  return document.dump(2);
}

}  // namespace adavi
