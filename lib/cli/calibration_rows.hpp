#pragma once
#include <cstdint>
#include <vector>

#include "evaluation/calibration.hpp"
#include "io/ndarray.hpp"
#include "report/calibration_report.hpp"
#include "semantics/hbm_model.hpp"

namespace adavi {

/// Sorts the scalars of a model's latents into the rows of a calibration: plate instances are pooled, elements of a
/// vector or matrix have a row each while they are few, else they are pooled too. Elements that others determine, as
/// above the diagonal of a correlation matrix, are left out.
class CalibrationRows {
 public:
  CalibrationRows(const HbmModel& model, std::int64_t draws, std::uint64_t seed);

  /// True values [data set, plates, event] of a batch of data sets, and posterior draws [draw, data set, plates,
  /// event]. A latent without draws was not inferred and gets no row.
  void add(const DoubleArrays& truth, const FloatArrays& posterior);
  /// The rows with their scores.
  std::vector<CalibrationReport::Row> finish() const;

 private:
  struct Row {
    std::string name, variable;
    std::int64_t event_size = 1;
    std::vector<std::int64_t> elements;  ///< positions within the event
    std::int64_t instances = 0;          ///< scalars of a data set; 0 before the first
    LatentCalibration calibration;
  };

  static void add(Row& row, const NdArray<double>& truth, const NdArray<float>& posterior);

  std::vector<Row> rows_;
};

}  // namespace adavi
