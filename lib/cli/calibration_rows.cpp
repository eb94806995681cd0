#include "cli/calibration_rows.hpp"

#include <utility>

#include "cli/seeds.hpp"

namespace adavi {
namespace {

constexpr std::size_t most_elements = 8;
/// Apart from the streams of simulated data sets, which count up from `held_out_stream`.
constexpr std::uint64_t rank_stream = 2 * held_out_stream;

/// Whether an element of a matrix with this row and column is free, not determined by others.
bool is_free(Kind kind, std::int64_t row, std::int64_t column) {
  if (kind == Kind::corr_matrix || kind == Kind::cholesky_factor_corr) return row > column;
  if (kind == Kind::cov_matrix) return row >= column;
  return true;
}

/// Positions of the elements that vary freely.
std::vector<std::int64_t> free_elements(const Type& type) {
  const bool matrix = element_rank(type.kind) == 2;
  const std::int64_t columns = matrix ? type.shape.back() : 1;
  const std::int64_t rows = matrix ? type.shape[type.shape.size() - 2] : 1;
  std::vector<std::int64_t> elements;
  for (std::int64_t i = 0; i < type.size(); ++i)
    if (!matrix || is_free(type.kind, i / columns % rows, i % columns)) elements.push_back(i);
  return elements;
}

/// "Omega[*,2,1]": a star for each plate, then the element's indices from 1, or stars where elements are pooled.
std::string row_name(const Variable& variable, std::int64_t element, bool pooled) {
  std::string indices;
  const Shape& shape = variable.type.shape;
  for (std::size_t axis = shape.size(); axis-- > 0; element /= shape[axis])
    indices = (pooled ? "*" : std::to_string(element % shape[axis] + 1)) + (indices.empty() ? "" : ",") + indices;
  for (int plate = 0; plate < variable.depth; ++plate) indices = indices.empty() ? "*" : "*," + indices;
  return indices.empty() ? variable.name : variable.name + "[" + indices + "]";
}

}  // namespace

CalibrationRows::CalibrationRows(const HbmModel& model, std::int64_t draws, std::uint64_t seed) {
  const auto add_row = [&](const Variable& variable, std::vector<std::int64_t> elements, bool pooled) {
    const auto count = static_cast<std::int64_t>(elements.size());
    std::string name = row_name(variable, elements.front(), pooled);
    rows_.push_back({std::move(name), variable.name, variable.type.size(), std::move(elements), 0,
                     LatentCalibration(draws, count, stream_seed(seed, rank_stream + rows_.size()))});
  };
  for (const Variable& variable : model.variables) {
    if (variable.role != ast::Role::latent) continue;
    const std::vector<std::int64_t> elements = free_elements(variable.type);
    if (elements.size() > most_elements) {
      add_row(variable, elements, true);
      continue;
    }
    for (const std::int64_t element : elements) add_row(variable, {element}, false);
  }
}

void CalibrationRows::add(const DoubleArrays& truth, const FloatArrays& posterior) {
  for (Row& row : rows_) {
    const auto draws = posterior.find(row.variable);
    if (draws != posterior.end()) add(row, truth.at(row.variable), draws->second);
  }
}

void CalibrationRows::add(Row& row, const NdArray<double>& truth, const NdArray<float>& posterior) {
  const auto data_sets = static_cast<std::size_t>(truth.shape.front());
  const auto draws = static_cast<std::size_t>(posterior.shape.front());
  const std::size_t scalars = truth.values.size() / data_sets;
  const auto event_size = static_cast<std::size_t>(row.event_size);
  row.instances = static_cast<std::int64_t>(scalars / event_size * row.elements.size());
  for (std::size_t data_set = 0; data_set < data_sets; ++data_set) {
    std::vector<double> true_values;
    std::vector<std::vector<double>> values;
    for (std::size_t instance = 0; instance < scalars; instance += event_size) {
      for (const std::int64_t element : row.elements) {
        const std::size_t place = data_set * scalars + instance + static_cast<std::size_t>(element);
        true_values.push_back(truth.values[place]);
        values.emplace_back();
        for (std::size_t draw = 0; draw < draws; ++draw)
          values.back().push_back(posterior.values[draw * data_sets * scalars + place]);
      }
    }
    row.calibration.add(true_values, values);
  }
}

std::vector<CalibrationReport::Row> CalibrationRows::finish() const {
  std::vector<CalibrationReport::Row> finished;
  for (const Row& row : rows_)
    if (row.instances > 0) finished.push_back({row.name, row.instances, row.calibration.scores()});
  return finished;
}

}  // namespace adavi
