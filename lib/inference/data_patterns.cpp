#include "inference/data_patterns.hpp"

#include <algorithm>
#include <cmath>

namespace adavi {
namespace {

bool is_range(const Plate& plate) { return plate.lower < plate.upper; }

/// Flags [1, B, plates...] as NaN in an observed variable [1, B, plates..., event...].
void take_out(const HbmModel& model, VariableValues& values, std::size_t variable, at::Tensor lost) {
  if (model.variables[variable].role != ast::Role::observed) return;
  while (lost.dim() < values[variable].dim()) lost = lost.unsqueeze(-1);
  values[variable] = values[variable].masked_fill(lost, NAN);
}

at::Tensor uniform(const std::vector<std::int64_t>& shape, at::Generator& generator) {
  return at::empty(shape, at::kFloat).uniform_(0, 1, generator);
}

/// Sizes [1, B, plates...] of an observed variable; all of them live in the innermost plate.
std::vector<std::int64_t> plates_of(const HbmModel& model, const VariableValues& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (model.variables[i].role != ast::Role::observed) continue;
    const auto sizes = values[i].sizes();
    return sizes.slice(0, 2 + model.plates.size()).vec();
  }
  return {};
}

/// Where something is lost: in half of the data sets, each group of `shape` loses a share of its own of the last axis.
at::Tensor lost_at_random(const std::vector<std::int64_t>& shape, const at::Tensor& gaps, at::Generator& generator) {
  constexpr double often = 0.5;
  auto groups = shape;
  groups.back() = 1;
  std::vector<std::int64_t> data_sets(shape.size(), 1);
  data_sets[1] = shape[1];
  const auto happens = uniform(data_sets, generator) < often;
  const auto share = uniform(data_sets, generator) * uniform(groups, generator);
  return happens & gaps.view(data_sets) & (uniform(shape, generator) < share);
}

}  // namespace

bool has_ranges(const HbmModel& model) { return std::any_of(model.plates.begin(), model.plates.end(), is_range); }

Cardinalities lower_cardinalities(const HbmModel& model) {
  Cardinalities result;
  for (const auto& plate : model.plates) result.push_back(plate.lower);
  return result;
}

Cardinalities middle_cardinalities(const HbmModel& model) {
  Cardinalities result;
  for (const auto& plate : model.plates) {
    result.push_back(std::llround(std::sqrt(static_cast<double>(plate.lower) * static_cast<double>(plate.upper))));
  }
  return result;
}

Cardinalities upper_cardinalities(const HbmModel& model) {
  Cardinalities result;
  for (const auto& plate : model.plates) result.push_back(plate.upper);
  return result;
}

std::vector<Cardinalities> spread_of_cardinalities(const HbmModel& model) {
  if (!has_ranges(model)) return {upper_cardinalities(model)};
  return {lower_cardinalities(model), middle_cardinalities(model), upper_cardinalities(model)};
}

std::int64_t innermost_instances(const Cardinalities& cardinalities) {
  std::int64_t count = 1;
  for (const auto cardinality : cardinalities) count *= cardinality;
  return count;
}

double relative_size(const HbmModel& model, const VariableValues& values) {
  if (!has_ranges(model)) return 1;
  const auto plates = plates_of(model, values);
  const auto own = innermost_instances({plates.begin() + 2, plates.end()});
  return std::sqrt(static_cast<double>(own) / static_cast<double>(innermost_instances(middle_cardinalities(model))));
}

Cardinalities draw_cardinalities(const HbmModel& model, at::Generator& generator) {
  Cardinalities result;
  for (const auto& plate : model.plates) {
    result.push_back(plate.upper);
    if (!is_range(plate)) continue;
    // Half an instance beyond either end, so that the ends are as likely as what is between them.
    const double low = std::log(static_cast<double>(plate.lower) - 0.5),
                 high = std::log(static_cast<double>(plate.upper) + 0.5);
    const double drawn = std::exp(low + (high - low) * uniform({1}, generator).item<double>());
    result.back() = std::clamp<std::int64_t>(std::llround(drawn), plate.lower, plate.upper);
  }
  return result;
}

VariableValues cut(const HbmModel& model, VariableValues values, const Cardinalities& cardinalities) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i].defined()) continue;
    for (int d = 0; d < model.variables[i].depth; ++d) {
      const auto size = cardinalities[static_cast<std::size_t>(d)];
      if (values[i].size(d + 2) > size) values[i] = values[i].narrow(d + 2, 0, size);
    }
  }
  return values;
}

void leave_gaps(const HbmModel& model, VariableValues& values, double probability, at::Generator& generator) {
  if (probability <= 0) return;
  const auto full = plates_of(model, values);
  const auto gaps = uniform({full[1]}, generator) < probability;
  at::Tensor lost = at::zeros(full, at::kBool);
  for (std::size_t axes = 3; axes <= full.size(); ++axes) {
    auto instances = lost_at_random({full.begin(), full.begin() + static_cast<std::ptrdiff_t>(axes)}, gaps, generator);
    while (instances.dim() < lost.dim()) instances = instances.unsqueeze(-1);
    lost = lost | instances;
  }
  const auto observed = [](const Variable& v) { return v.role == ast::Role::observed; };
  const bool several = std::count_if(model.variables.begin(), model.variables.end(), observed) > 1;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!observed(model.variables[i])) continue;
    const auto own = several ? lost | lost_at_random(full, gaps, generator) : lost;
    take_out(model, values, i, own.to(values[i].device()));
  }
}

void leave_ranges(const HbmModel& model, VariableValues& values, at::Generator& generator) {
  const auto full = plates_of(model, values);
  auto lost = at::zeros(full, at::kBool);
  for (std::int64_t b = 0; b < full[1]; ++b) {
    const auto cardinalities = draw_cardinalities(model, generator);
    for (std::size_t d = 0; d < cardinalities.size(); ++d) {
      const auto axis = static_cast<std::int64_t>(d) + 1;  // of one data set [1, plates...]
      const auto size = full[d + 2], left = std::min(cardinalities[d], size);
      lost.select(1, b).narrow(axis, left, size - left).fill_(true);
    }
  }
  for (std::size_t i = 0; i < values.size(); ++i) take_out(model, values, i, lost.to(values[i].device()));
}

}  // namespace adavi
