#pragma once
#include <memory>
#include <string>
#include <vector>

#include "io/ndarray.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi {

/// The data sets of an HDF5 file: one dataset per observed variable and covariate, of shape
/// [data set, plates outermost first, event], or without the leading axis for one data set. An optional string dataset
/// `dataset` names them. Files larger than memory are read in pieces.
class DataSets {
 public:
  /// Opens the file and holds it against the model before any work: names, shapes, types and every number. NaN in an
  /// observed variable marks a missing observation, as a whole; in a covariate it is refused where an observation uses
  /// it. Throws
  /// Failure(mismatch) with all that does not fit, one line each:
  /// `data.h5: /x: expected [*, group=3, obs=50, 2] of float, found [10, 3, 48, 2] of int64`.
  DataSets(const std::string& path, const HbmModel& model);
  DataSets(DataSets&&) noexcept;
  DataSets& operator=(DataSets&&) noexcept;
  ~DataSets();

  const std::string& path() const;
  /// Number of data sets, at least 1.
  std::int64_t size() const;
  /// One name a data set: those of the file, or "0", "1", ...
  const std::vector<std::string>& names() const;
  /// Cardinality of each plate in this file, outermost first; a plate `lo:hi` takes it from the data.
  const Shape& cardinalities() const;
  /// Whether any observation is missing.
  bool has_missing() const;
  /// Memory of one data set as `read` returns it.
  std::int64_t bytes_per_set() const;
  /// How many data sets fit in a budget of bytes: at least 1, at most `size()`.
  std::int64_t piece(std::int64_t bytes) const;
  /// Data sets first, ..., first + count - 1: arrays of shape [count, plates, event] by variable.
  DoubleArrays read(std::int64_t first, std::int64_t count) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adavi
