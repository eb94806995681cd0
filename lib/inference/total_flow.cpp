#include "inference/total_flow.hpp"

#include <set>

namespace adavi {

TotalFlow::TotalFlow(Parameters& parameters, const DualPlan& plan, at::Generator& generator)
    : plan_(plan), estimator_(parameters, "total", *plan.total, generator) {
  std::set<std::size_t> depths;
  for (const auto& latent : plan.estimators) depths.insert(static_cast<std::size_t>(latent.depth));
  depths_.assign(depths.begin(), depths.end());
}

at::Tensor TotalFlow::context(const Encodings& encodings) const {
  std::vector<at::Tensor> parts;
  for (const auto depth : depths_) parts.push_back(encodings.features[depth].flatten(2));
  return at::cat(parts, 2);
}

std::vector<at::Tensor> TotalFlow::split(const at::Tensor& all, const Encodings& encodings) const {
  std::vector<at::Tensor> result;
  std::int64_t first = 0;
  for (const auto& latent : plan_.estimators) {
    auto shape = encodings.features[static_cast<std::size_t>(latent.depth)].sizes().vec();
    shape.front() = all.size(0);
    shape[1] = all.size(1);
    shape.back() = latent.size;
    const auto numbers = c10::multiply_integers(shape.begin() + 2, shape.end());
    result.push_back(all.narrow(2, first, numbers).reshape(shape));
    first += numbers;
  }
  return result;
}

at::Tensor TotalFlow::join(const std::vector<at::Tensor>& z) const {
  std::vector<at::Tensor> parts;
  for (const auto& part : z) parts.push_back(part.flatten(2));
  return at::cat(parts, 2);
}

std::vector<char> TotalFlow::fixed(const HierarchicalEncoder& encoder, const Encodings& encodings) const {
  std::vector<char> result;
  for (const auto depth : depths_) {
    const auto& features = encodings.features[depth];
    const auto& own = encoder.fixed(static_cast<int>(depth));
    for (std::int64_t i = 0; i < features.numel() / features.size(1); ++i)
      result.push_back(own[static_cast<std::size_t>(i % features.size(-1))]);
  }
  return result;
}

}  // namespace adavi
