#pragma once
#include <optional>
#include <string>
#include <vector>

#include "catalog/distributions.hpp"
#include "catalog/types.hpp"

namespace adavi {

/// About how many elementary operations a check below takes; matrices are `decomposed` to see that they are positive
/// definite.
std::int64_t operations(const Type& type, bool decomposed);

/// Why the numbers of a value of `type` break the promise of its kind ("row sums to 0.9"); nothing where they keep it.
std::optional<std::string> violation(const Type& type, const std::vector<double>& values);

/// The first number outside an elementwise domain (positive, unit interval, ...).
std::optional<double> outside(Domain domain, const std::vector<double>& values);

/// Why a vector or matrix argument is outside its domain (simplex, positive definite, ...).
std::optional<std::string> structural_violation(Domain domain, const Type& type, const std::vector<double>& values);

}  // namespace adavi
