#pragma once
#include <cstddef>

#include "io/ndarray.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi {

/// Puts the components of every exchangeable set in increasing order of one number of theirs: the first of the set's
/// outermost latent, averaged over its plates. Values have `leading` axes in front of the plates, and each entry of
/// these an order of its own. Labels mean nothing, so only what is ordered by the same rule can be compared.
void order_components(const HbmModel& model, std::size_t leading, DoubleArrays& values);
void order_components(const HbmModel& model, std::size_t leading, FloatArrays& values);

}  // namespace adavi
