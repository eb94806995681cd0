#pragma once
#include <optional>
#include <string>
#include <vector>

#include "catalog/distributions.hpp"
#include "catalog/types.hpp"

namespace adavi {

/// Why the numbers of a value of `type` break the promise of its kind ("row sums to 0.9"); nothing where they keep it.
std::optional<std::string> violation(const Type& type, const std::vector<double>& values);

/// The first number outside an elementwise domain (positive, unit interval, ...).
std::optional<double> outside(Domain domain, const std::vector<double>& values);

/// Why a vector or matrix argument is outside its domain (simplex, positive definite, ...).
std::optional<std::string> structural_violation(Domain domain, const Type& type, const std::vector<double>& values);

}  // namespace adavi
