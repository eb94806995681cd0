#include "semantics/hbm_model.hpp"

namespace adavi {

std::int64_t unconstrained_size(const Variable& variable) {
  std::int64_t size = 1;
  for (const std::int64_t n : variable.unconstrained_shape) size *= n;
  return size;
}

std::int64_t last_category(const HbmModel& model, const Distribution& distribution) {
  const Shape& shape = model.expression(distribution.arguments.back().expression).type.shape;
  return shape.back() + (distribution.name == "ordered_logistic" ? 1 : 0);
}

}  // namespace adavi
