#pragma once
#include <ATen/ATen.h>

#include <functional>
#include <memory>
#include <vector>

#include "nn/spline.hpp"

namespace adavi {

/// Of more numbers at the top, points of the density cost more than all that they say brings.
constexpr std::int64_t few_numbers = 5;

/// Products of Hermite polynomials of numbers, up to some degree in all. Those of the first numbers alone come first.
class HermiteBasis {
 public:
  /// `degree` <= 3.
  HermiteBasis(std::int64_t numbers, std::int64_t degree);
  /// How many products the first `numbers` have, the constant among them.
  std::int64_t size(std::int64_t numbers) const { return sizes_[static_cast<std::size_t>(numbers)]; }
  /// Of each product.
  const std::vector<std::int64_t>& degrees() const { return degrees_; }
  /// v [..., numbers] -> [..., products]; flat beyond 2.5 standard deviations.
  at::Tensor operator()(const at::Tensor& v) const;

 private:
  std::vector<std::int64_t> sizes_, degrees_;
  std::vector<at::Tensor> factors_;  ///< [products]: which polynomial of which number
};

/// Conditionals next to N(0, 1), each number's given those before it: how much of the first, second, third and fourth
/// Hermite polynomial of the number their log density has, [1, B, numbers, 4, products of the numbers before].
using TriangularLayer = at::Tensor;

/// The part of a triangular map that some numbers have, given those before them: it takes N(0, I) to about their
/// conditional. Undefined, it is the identity.
struct ConditionalMap {
  std::shared_ptr<const HermiteBasis> basis;
  std::vector<TriangularLayer> layers;  ///< of these numbers, the last one applied first
  std::vector<at::Tensor> before;       ///< behind each layer, the numbers before [K, B, numbers]
  bool defined() const { return basis != nullptr; }
};

/// u [..., numbers] -> v and log slopes; its inverse.
Bijected onto(const ConditionalMap& map, const at::Tensor& u);
Bijected off(const ConditionalMap& map, const at::Tensor& v);

/// A map of P standard normal numbers onto a density next to theirs, whose number i depends on those before it: the
/// Knothe-Rosenblatt rearrangement to first order (Marzouk et al. 2016).
struct TriangularMap {
  std::shared_ptr<const HermiteBasis> basis;
  std::vector<TriangularLayer> layers;
  bool defined() const { return basis != nullptr; }
  /// Of `count` numbers from `first`, given those before [K, B, first].
  ConditionalMap given(std::int64_t first, std::int64_t count, const at::Tensor& before) const;
};

/// Evenly spread points in the unit cube by the generalised golden ratio (Roberts 2018), and each one's reflection, as
/// standard normal numbers: [count, numbers].
at::Tensor normal_points(std::int64_t count, std::int64_t numbers);

/// Fits maps to densities by weighted regression of their logarithm on Hermite polynomials at fixed points.
class TriangularRegression {
 public:
  /// Maps are undefined for one number, or for more than 16.
  explicit TriangularRegression(std::int64_t numbers = 0);
  /// `log_density` of v [N, B, P]: [N, B], up to a constant. Not differentiable.
  TriangularMap operator()(const std::function<at::Tensor(const at::Tensor& v)>& log_density, std::int64_t data_sets,
                           const at::TensorOptions& options) const;

 private:
  /// A coefficient of a layer.
  struct Column {
    std::int64_t number, power, product;
  };
  TriangularLayer layer(const at::Tensor& log_ratio, const at::Tensor& weights) const;

  std::int64_t numbers_ = 0;
  std::shared_ptr<const HermiteBasis> basis_;
  at::Tensor points_;  ///< [N, P]
  at::Tensor design_;  ///< [N, columns], the constant last
  std::vector<Column> columns_;
};

}  // namespace adavi
