#pragma once
#include <map>
#include <string>
#include <vector>

#include "catalog/types.hpp"

namespace adavi {

/// A constant's value from outside the text (`--set`, `--data`): its sizes and its numbers in row-major order.
struct ConstantValue {
  Shape shape;  ///< empty for a scalar
  std::vector<double> values;
  bool integer = false;  ///< every number was written or stored as an integer
  std::string origin;    ///< "--set sigma_x", "constants.json": where an error points
};

using ConstantOverrides = std::map<std::string, ConstantValue>;

}  // namespace adavi
