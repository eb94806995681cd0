#include "cli/pieces.hpp"

#include <algorithm>

namespace adavi {
namespace {

/// Numbers held at once for all draws of a piece: 128 MiB of float32.
constexpr std::int64_t largest_piece = std::int64_t{1} << 25;

}  // namespace

Shape largest_cardinalities(const HbmModel& model) {
  Shape cardinalities;
  for (const Plate& plate : model.plates) cardinalities.push_back(plate.upper);
  return cardinalities;
}

std::int64_t numbers_per_set(const HbmModel& model, const Shape& cardinalities) {
  std::int64_t total = 0;
  for (const Variable& variable : model.variables) {
    std::int64_t size = variable.type.size();
    for (int plate = 0; plate < variable.depth; ++plate) size *= cardinalities[static_cast<std::size_t>(plate)];
    total += size;
  }
  return total;
}

std::int64_t piece_size(const HbmModel& model, const Shape& cardinalities, std::int64_t draws, std::int64_t total) {
  const std::int64_t numbers = std::max<std::int64_t>(1, numbers_per_set(model, cardinalities));
  return std::clamp<std::int64_t>(largest_piece / numbers / draws, 1, total);
}

DoubleArrays known_variables(const HbmModel& model, const DoubleArrays& arrays) {
  DoubleArrays known;
  for (const Variable& variable : model.variables)
    if (variable.role == ast::Role::observed || variable.role == ast::Role::covariate)
      known[variable.name] = arrays.at(variable.name);
  return known;
}

}  // namespace adavi
