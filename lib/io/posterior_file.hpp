#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "inference/engine.hpp"
#include "io/ndarray.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi {

/// What a posterior file will hold, known before the first draw.
struct PosteriorLayout {
  std::int64_t draws = 0;
  std::vector<std::string> data_sets;             ///< their names
  Shape cardinalities;                            ///< of the plates, outermost first
  std::map<std::string, std::string> attributes;  ///< of the root: model text, constants, seed, ...
  bool missing = false;                           ///< data have NaN: integers among them are stored as float64
  std::vector<int> left_out = {};                 ///< latents that draws lack, with all that is derived from them
};

/// Writes a NetCDF-4 file in ArviZ's InferenceData layout, block of data sets by block of data sets:
///
///     posterior       latents and derived quantities   float32  chain, draw, dataset, plates..., event
///     sample_stats    lp, log_prior, log_likelihood, log_q, log_weight   float64  chain, draw, dataset
///                     k_hat, resampled, prior_predictive_p: the same for every draw   float64  chain, draw, dataset
///     observed_data   observed variables   float64 or int64   dataset, plates..., event
///     constant_data   covariates           float64 or int64   dataset, plates..., event
///
/// `resampled` is 1 for a data set whose draws were chosen from a larger pool by their importance weights, which are
/// then used up: log_weight is the same for all of its draws, and k_hat that of the pool. Else it is 0.
///
/// Where latents are left out (B.4), sample_stats has log_q and prior_predictive_p alone: the others need the log joint
/// of all latents.
///
/// `prior_predictive_p` is the share of data sets simulated from the model that are at least as unusual as this one.
///
/// chain has size 1. Axes of an event are called `<variable>_dim_0`, ... Coordinates count from 0, as xarray's
/// positions do, and `dataset` has the names of the data sets. A dimension that would share the name of a variable gets
/// `_bis` behind it, and so does a variable called chain, draw or dataset. The file carries no time of creation: the
/// same draws give the same bytes.
class PosteriorFile {
 public:
  /// Creates the temporary; errors of the disk are Failure(failed).
  PosteriorFile(const std::string& path, const HbmModel& model, const PosteriorLayout& layout);
  PosteriorFile(const PosteriorFile&) = delete;
  PosteriorFile& operator=(const PosteriorFile&) = delete;
  /// Leaves nothing behind unless `finish` came first.
  ~PosteriorFile();

  /// Adds the next data sets: their draws, and their data as `DataSets::read` returned it.
  void append(const PosteriorDraws& draws, const DoubleArrays& data);
  /// The file appears under its name. All data sets must be there.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adavi
