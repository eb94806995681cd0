#include "distributions/families.hpp"

namespace adavi {

const std::vector<DistributionImplementation>& implementations() {
  static const std::vector<DistributionImplementation> all = [] {
    std::vector<DistributionImplementation> rows;
    for (const auto family :
         {normal_rows, location_scale_rows, student_rows, gamma_rows, survival_rows, interval_rows, circular_rows,
          simplex_rows, multi_normal_rows, correlation_rows, trial_rows, count_rows, category_rows}) {
      for (const DistributionImplementation& row : family()) rows.push_back(row);
    }
    return rows;
  }();
  return all;
}

const DistributionImplementation* find_implementation(std::string_view name) {
  for (const DistributionImplementation& row : implementations()) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

}  // namespace adavi
