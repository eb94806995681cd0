#include "inference/presence.hpp"

#include <cmath>

namespace adavi {
namespace {

/// Flags with axes of size 1 behind, up to `dim` axes.
at::Tensor with_axes(at::Tensor present, std::int64_t dim) {
  while (present.dim() < dim) present = present.unsqueeze(-1);
  return present;
}

}  // namespace

at::Tensor kept(const at::Tensor& terms, const at::Tensor& present) {
  if (!present.defined()) return terms;
  return at::where(with_axes(present, terms.dim()), terms, at::zeros({}, terms.options()));
}

at::Tensor per_data_set(const at::Tensor& terms) { return terms.dim() > 2 ? terms.flatten(2).sum(2) : terms; }

at::Tensor present_rows(const at::Tensor& x, const at::Tensor& present) {
  const auto rows = x.reshape({-1, x.size(-1)});
  return present.defined() ? rows.index_select(0, present.reshape({-1}).nonzero().squeeze(1)) : rows;
}

std::vector<at::Tensor> instances_with_data(const at::Tensor& present, int depth) {
  std::vector<at::Tensor> result(static_cast<std::size_t>(depth) + 1);
  at::Tensor flags = present;
  for (int d = depth; d >= 0; --d) {
    if (flags.all().item<bool>()) break;  // and so are all above
    result[static_cast<std::size_t>(d)] = flags;
    if (d > 0) flags = flags.any(-1);
  }
  return result;
}

at::Tensor without_nan(const at::Tensor& x, std::int64_t event_rank) {
  if (!std::isnan(x.sum().item<double>())) return {};  // a sum without NaN has no NaN in it
  auto missing = at::isnan(x);
  if (event_rank > 0) missing = missing.flatten(missing.dim() - event_rank).any(-1);
  return missing.any().item<bool>() ? ~missing : at::Tensor();
}

at::Tensor filled(const at::Tensor& x, const at::Tensor& present, std::int64_t event_rank) {
  if (!present.defined()) return x;
  const auto event = x.sizes().slice(static_cast<std::size_t>(x.dim() - event_rank)).vec();
  const auto found = present.reshape({-1}).nonzero();
  auto value = at::ones(event, x.options());
  if (found.size(0) > 0) {
    std::vector<std::int64_t> rows = {-1};
    rows.insert(rows.end(), event.begin(), event.end());
    value = x.reshape(rows).select(0, found[0].item<std::int64_t>());
  }
  return at::where(with_axes(present, x.dim()), x, value);
}

}  // namespace adavi
