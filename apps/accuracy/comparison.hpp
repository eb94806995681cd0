#pragma once
#include <map>
#include <string>
#include <vector>

#include "io/posterior_reader.hpp"
#include "reference/reference_model.hpp"

namespace adavi {

/// How far the draws of one scalar are from its exact posterior.
struct Deviation {
  double mean = 0;  ///< (mean of the draws - exact mean) / exact sd
  double sd = 1;    ///< sd of the draws / exact sd
};

/// Deviations of every scalar of a data set, by latent.
using Deviations = std::map<std::string, std::vector<Deviation>>;

/// Compares the draws of one data set. Failure(failed) if latents or sizes are not the same.
Deviations compare(const PosteriorReader& posterior, std::int64_t data_set, const reference::ReferencePosterior& exact);

/// Over scalars and data sets.
struct DeviationSummary {
  double mean_rms = 0, mean_max = 0;  ///< of |Deviation::mean|
  double sd_smallest = 1, sd_largest = 1;
  double sd_rms = 0;  ///< root mean square of Deviation::sd - 1
};
DeviationSummary summarise(const std::vector<Deviation>& deviations);

}  // namespace adavi
