#include "catalog/links.hpp"

#include <array>

namespace adavi {

std::string_view to_string(LinkKind kind) {
  static constexpr std::array<std::string_view, 13> names = {"Identity",
                                                             "Exp",
                                                             "Softplus",
                                                             "Bounded",
                                                             "Circle",
                                                             "SoftmaxCentered",
                                                             "SqrtSoftmaxCentered",
                                                             "Ordered",
                                                             "PositiveOrdered",
                                                             "UnitVector",
                                                             "CovMatrix",
                                                             "CorrMatrix",
                                                             "CholeskyFactorCorr"};
  return names[static_cast<std::size_t>(kind)];
}

std::optional<LinkKind> transformation_named(std::string_view name) {
  if (name == "exp") return LinkKind::exp;
  if (name == "softplus") return LinkKind::softplus;
  if (name == "softmax_centered") return LinkKind::softmax_centered;
  if (name == "sqrt_softmax_centered") return LinkKind::sqrt_softmax_centered;
  return std::nullopt;
}

const std::vector<std::string_view>& transformation_names() {
  static const std::vector<std::string_view> names = {"exp", "softplus", "softmax_centered", "sqrt_softmax_centered"};
  return names;
}

}  // namespace adavi
