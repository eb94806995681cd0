#pragma once
#include <string>

#include "cli/trained_model.hpp"
#include "io/fitted_data.hpp"

namespace adavi {

/// The one data set that a non-amortized training fits.
struct FitTarget {
  DoubleArrays data;  ///< known variables [1, plates..., event]
  FittedData identity;
};

/// Reads it. `name` may be empty where the file holds a single one. Failure(usage) where it does not say which, or
/// names none.
FitTarget read_fit_target(const std::string& file, const std::string& name, const HbmModel& model);

/// Holds data against what a non-amortized model was fitted to: warns of other data sets or, where it has no encoder
/// that could see them, throws Failure(mismatch). Nothing for amortized models.
void check_fitted(const TrainedModel& trained, const DataSets& data, bool quiet);

/// Failure(mismatch) for a non-amortized model: `what` needs posteriors of simulated data sets.
void require_amortized(const TrainedModel& trained, const std::string& what);

}  // namespace adavi
