#pragma once
#include <cstdint>

#include "catalog/distributions.hpp"

namespace adavi {

/// How an argument lies against the variate (language reference, "Broadcasting goes by type, never by size").
struct Alignment {
  enum class Misfit { none, type, size, components };
  Misfit misfit = Misfit::none;
  int trailing = 0;             ///< axes of size 1 behind the argument's own
  int inserted = 0;             ///< axes of size 1 behind its leading component axis
  bool has_components = false;  ///< its leading axis counts the components of a mixture
};

/// Aligns by type, then compares sizes. `components` is the size of the mixture around the distribution, 0 without one:
/// an argument with a leading array axis (or, where nothing else fits, a vector of scalars) then has one entry a
/// component.
Alignment align(const DistributionRow& row, const Parameter& parameter, const Type& variate, const Type& argument,
                std::int64_t components);

}  // namespace adavi
