#pragma once
#include <string>

#include "io/data_sets.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi {

/// A file of `adavi simulate`, with the model and the constants that made it.
struct SimulatedFile {
  HbmModel model;
  DataSets data;
};

/// Failure(mismatch) if the file is none of those.
SimulatedFile open_simulated(const std::string& path);

}  // namespace adavi
