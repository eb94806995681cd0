#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "io/ndarray.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi {

/// What a simulation came from; stored as attributes of the root.
struct SimulationOrigin {
  std::string model;      ///< text of the model
  std::string constants;  ///< JSON: overrides in force
  std::uint64_t seed = 0;
};

/// What `simulate` writes: observed variables and covariates at the root, as `infer` reads them; the true latents and
/// derived quantities in the group `truth`. Each has the shape [data set, plates, event], float64, or int64 for
/// integers.
class SimulationFile {
 public:
  /// A file of `size` data sets. Errors of the disk are Failure(failed).
  SimulationFile(const std::string& path, const HbmModel& model, std::int64_t size, const SimulationOrigin& origin);
  SimulationFile(const SimulationFile&) = delete;
  SimulationFile& operator=(const SimulationFile&) = delete;
  ~SimulationFile();

  /// Adds the next data sets: every variable of the model, all with the same first axis.
  void append(const DoubleArrays& arrays);
  /// The file appears under its name. All data sets must be there.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adavi
