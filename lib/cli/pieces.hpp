#pragma once
#include <cstdint>

#include "catalog/types.hpp"
#include "io/ndarray.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi {

/// Largest cardinalities of a model, outermost first.
Shape largest_cardinalities(const HbmModel& model);

/// Numbers in one data set with all its variables, given the plates' cardinalities, outermost first.
std::int64_t numbers_per_set(const HbmModel& model, const Shape& cardinalities);

/// How many data sets with `draws` draws each are worked on at once, so that memory stays bounded: at least 1, at most
/// `total`. It depends on the model alone, so the same seed gives the same numbers on every machine.
std::int64_t piece_size(const HbmModel& model, const Shape& cardinalities, std::int64_t draws, std::int64_t total);

/// The known variables of simulated arrays: an estimator must not see more.
DoubleArrays known_variables(const HbmModel& model, const DoubleArrays& arrays);

}  // namespace adavi
