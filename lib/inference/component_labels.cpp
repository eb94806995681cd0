#include "inference/component_labels.hpp"

#include <limits>
#include <vector>

namespace adavi {
namespace {

/// One row after the other finds its place along the shortest path of exchanges (Jonker & Volgenant 1987). `cost` is
/// one matrix of n x n, `result` the column of each row.
void assign(const double* cost, std::size_t n, std::int64_t* result) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  std::vector<double> of_row(n + 1, 0), of_column(n + 1, 0);  // prices; column n stands for none
  std::vector<std::size_t> row_at(n + 1, n), before(n + 1, n);
  for (std::size_t row = 0; row < n; ++row) {
    std::vector<double> least(n + 1, infinity);
    std::vector<char> reached(n + 1, 0);
    std::size_t column = n;
    row_at[n] = row;
    do {
      reached[column] = 1;
      const std::size_t from = row_at[column];
      std::size_t next = n;
      double step = infinity;
      for (std::size_t j = 0; j < n; ++j) {
        if (reached[j] != 0) continue;
        const double reduced = cost[from * n + j] - of_row[from] - of_column[j];
        if (reduced < least[j]) {
          least[j] = reduced;
          before[j] = column;
        }
        if (least[j] < step) {
          step = least[j];
          next = j;
        }
      }
      for (std::size_t j = 0; j <= n; ++j) {
        if (reached[j] != 0) {
          of_row[row_at[j]] += step;
          of_column[j] -= step;
        } else {
          least[j] -= step;
        }
      }
      column = next;
    } while (row_at[column] != n);
    for (; column != n; column = before[column]) row_at[column] = row_at[before[column]];
  }
  for (std::size_t j = 0; j < n; ++j) result[row_at[j]] = static_cast<std::int64_t>(j);
}

}  // namespace

at::Tensor assignment(const at::Tensor& cost) {
  constexpr double highest = 1e30;
  const auto known = at::nan_to_num(cost, highest, highest, -highest).clamp(-highest, highest);
  const auto matrices = known.to(at::kCPU, at::kDouble).contiguous();
  auto shape = cost.sizes().vec();
  const auto size = shape.back();
  shape.pop_back();
  const auto result = at::empty(shape, at::kLong);
  const auto* costs = matrices.data_ptr<double>();
  auto* columns = result.data_ptr<std::int64_t>();
  for (std::int64_t i = 0; i < result.numel() / size; ++i) {
    assign(costs + i * size * size, static_cast<std::size_t>(size), columns + i * size);
  }
  return result.to(cost.device());
}

at::Tensor in_order(const at::Tensor& x, const at::Tensor& order, std::int64_t axis) {
  auto shape = order.sizes().vec();
  const auto components = shape.back();
  shape.pop_back();
  shape.resize(static_cast<std::size_t>(x.dim()), 1);
  shape[static_cast<std::size_t>(axis)] = components;
  return x.gather(axis, order.view(shape).expand(x.sizes()));
}

void relabel(const HbmModel& model, const ExchangeableSet& set, const at::Tensor& order, VariableValues& values) {
  for (const int member : set.members) {
    auto& value = values[static_cast<std::size_t>(member)];
    if (!value.defined()) continue;
    value = in_order(value, order, 2 + model.variables[static_cast<std::size_t>(member)].depth);
  }
}

}  // namespace adavi
