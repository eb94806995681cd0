#include "inference/parabola.hpp"

#include <cmath>

namespace adavi {

at::Tensor over_plates(const at::Tensor& terms, int depth) {
  const std::int64_t kept = 2 + depth;
  return terms.dim() > kept ? terms.flatten(kept).sum(kept) : terms;
}

void add_to(at::Tensor& sum, const at::Tensor& term) {
  if (term.defined()) sum = sum.defined() ? sum + term : term;
}

Parabola::Parabola(std::int64_t size) : slope_(static_cast<std::size_t>(size)) {
  for (std::size_t i = 0; i < slope_.size(); ++i) curvature_.emplace_back(i + 1);
}

namespace {

/// Side by side [..., count]; undefined ones are zeros like `any`.
at::Tensor together(std::vector<at::Tensor> parts, const at::Tensor& any) {
  for (auto& part : parts) {
    if (!part.defined()) part = at::zeros_like(any);
  }
  return at::stack(at::broadcast_tensors(parts), -1);
}

}  // namespace

at::Tensor Parabola::slope() const { return together(slope_, height_); }

at::Tensor Parabola::curvature() const {
  std::vector<at::Tensor> rows;
  for (std::size_t i = 0; i < slope_.size(); ++i) {
    std::vector<at::Tensor> row;
    for (std::size_t j = 0; j < slope_.size(); ++j) row.push_back(curvature_[std::max(i, j)][std::min(i, j)]);
    rows.push_back(together(row, height_));
  }
  return at::stack(at::broadcast_tensors(rows), -2);
}

void Parabola::add_height(const at::Tensor& height) { add_to(height_, height); }

void Parabola::add_sum(const Parabola& other, int depth) {
  const auto add = [&](at::Tensor& sum, const at::Tensor& terms) {
    if (terms.defined()) add_to(sum, over_plates(terms, depth));
  };
  add(height_, other.height_);
  for (std::size_t i = 0; i < other.slope_.size(); ++i) {
    add(slope_[i], other.slope_[i]);
    for (std::size_t j = 0; j <= i; ++j) add(curvature_[i][j], other.curvature_[i][j]);
  }
}

void Parabola::integrate_last() {
  const auto row = curvature_.back();
  const auto pull = slope_.back();
  const auto& pivot = row.back();
  curvature_.pop_back();
  slope_.pop_back();
  add_to(height_, -0.5 * at::log(pivot / (2 * M_PI)));
  if (pull.defined()) add_to(height_, 0.5 * pull.square() / pivot);
  for (std::size_t i = 0; i < slope_.size(); ++i) {
    if (!row[i].defined()) continue;
    const auto share = -row[i] / pivot;
    if (pull.defined()) add_to(slope_[i], share * pull);
    for (std::size_t j = 0; j <= i; ++j) {
      if (row[j].defined()) add_to(curvature_[i][j], share * row[j]);
    }
  }
}

}  // namespace adavi
