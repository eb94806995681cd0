#include <algorithm>

#include "codegen/dual_plan.hpp"
#include "codegen/subset.hpp"

namespace adavi {

std::int64_t instances_at(const HbmModel& model, int depth) {
  std::int64_t instances = 1;
  for (int plate = 0; plate < depth; ++plate) instances *= model.plates[static_cast<std::size_t>(plate)].upper;
  return instances;
}

EstimatorPlan derive_total(const HbmModel& model, const DualPlan& plan, const ArchitectureOptions& options) {
  EstimatorPlan total;
  std::vector<char> counted(static_cast<std::size_t>(model.depth()) + 1, 0);
  for (const EstimatorPlan& part : plan.estimators) {
    const std::int64_t instances = instances_at(model, part.depth);
    total.size += instances * part.size;
    char& seen = counted[static_cast<std::size_t>(part.depth)];
    if (!seen) total.context += instances * encoding_size(model, plan, part.depth);
    seen = 1;
  }
  total.free = options.free;
  total.trunk = options.trunk;
  total.affine = options.affine;
  total.flow = options.flow;
  if (total.flow != FlowKind::none) total.flow_hidden = options.flow_hidden;
  if (has_splines(total.flow)) total.spline_bins = options.spline_bins;
  total.weights = estimator_weights(total);
  return total;
}

/// A latent of Family::total: its place in the one flow.
EstimatorPlan part_of_total(const HbmModel& model, int index) {
  const Variable& variable = model.variables[static_cast<std::size_t>(index)];
  EstimatorPlan part;
  part.variable = index;
  part.size = unconstrained_size(variable);
  part.depth = variable.depth;
  part.link = variable.link;
  return part;
}

std::string unsuited(const HbmModel& model, const ArchitectureOptions& options) {
  if (options.family != Family::total && !options.free) return "";
  int deepest = 0;
  for (const KeptLatent& latent : kept_latents(model, options.latents)) {
    deepest = std::max(deepest, model.variables[static_cast<std::size_t>(latent.variable)].depth);
  }
  for (int i = 0; i < deepest; ++i) {
    const Plate& plate = model.plates[static_cast<std::size_t>(i)];
    if (plate.lower == plate.upper) continue;
    return std::string(options.free ? "encoder.free" : "family: total") + ": the number of weights depends on plate " +
           plate.name + ", which has from " + std::to_string(plate.lower) + " to " + std::to_string(plate.upper) +
           " elements: it needs a fixed size";
  }
  return "";
}

}  // namespace adavi
