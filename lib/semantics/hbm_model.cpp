#include "semantics/hbm_model.hpp"

namespace adavi {

std::int64_t unconstrained_size(const Variable& variable) {
  std::int64_t size = 1;
  for (const std::int64_t n : variable.unconstrained_shape) size *= n;
  return size;
}

}  // namespace adavi
