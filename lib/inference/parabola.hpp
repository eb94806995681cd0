#pragma once
#include <ATen/ATen.h>

#include <vector>

namespace adavi {

/// The logarithm of a Gaussian density of some numbers, by their distances d_i from a place:
///   height + sum_i slope_i d_i - 1/2 sum_ij curvature_ij d_i d_j.
/// Tensors are [K or 1, B, plates...]. What is zero everywhere is undefined: few numbers matter to one another.
class Parabola {
 public:
  /// Of `size` numbers, zero.
  explicit Parabola(std::int64_t size);

  std::int64_t size() const { return static_cast<std::int64_t>(slope_.size()); }
  const at::Tensor& height() const { return height_; }
  /// [..., D]
  at::Tensor slope() const;
  /// [..., D, D]
  at::Tensor curvature() const;

  void add_height(const at::Tensor& height);
  /// -1/2 of the square of an affine function of the numbers at `places`: its value at the place and its slopes, each
  /// undefined if zero. `weigh` takes each product, and may sum it over plates.
  template <class Weigh>
  void subtract_square(const std::vector<at::Tensor>& affine, const std::vector<std::int64_t>& places, Weigh weigh);
  /// Another, of the first of these numbers, summed over all its plates but the first `depth`.
  void add_sum(const Parabola& other, int depth);
  /// The last number integrated out.
  void integrate_last();

 private:
  at::Tensor height_;
  std::vector<at::Tensor> slope_;
  std::vector<std::vector<at::Tensor>> curvature_;  ///< [i][j] for j <= i
};

/// Terms [K, B, plates...] summed over all plates but the first `depth`.
at::Tensor over_plates(const at::Tensor& terms, int depth);

/// `sum` plus a term, where either may be undefined, for zero.
void add_to(at::Tensor& sum, const at::Tensor& term);

template <class Weigh>
void Parabola::subtract_square(const std::vector<at::Tensor>& affine, const std::vector<std::int64_t>& places,
                               Weigh weigh) {
  const auto& value = affine.front();
  if (value.defined()) add_to(height_, -0.5 * weigh(value.square()));
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto& one = affine[i + 1];
    if (!one.defined()) continue;
    const auto row = static_cast<std::size_t>(places[i]);
    if (value.defined()) add_to(slope_[row], -weigh(one * value));
    for (std::size_t j = 0; j <= i; ++j) {
      if (affine[j + 1].defined()) {
        add_to(curvature_[row][static_cast<std::size_t>(places[j])], weigh(one * affine[j + 1]));
      }
    }
  }
}

}  // namespace adavi
