#include "nn/parameters.hpp"

#include <cmath>
#include <stdexcept>

namespace adavi {

Parameters::Parameters(std::int64_t weights, at::TensorOptions options)
    : flat_(at::zeros({weights}, options)), flat_gradient_(at::zeros({weights}, options)) {}

at::Tensor Parameters::add(const std::string& name, at::IntArrayRef shape) {
  const std::int64_t size = c10::multiply_integers(shape);
  if (used_ + size > flat_.numel()) throw std::logic_error("more weights than the plan counts, at " + name);
  auto weight = flat_.narrow(0, used_, size).view(shape).detach().requires_grad_();
  // Autograd adds in place to a gradient that is already there, and so into the block.
  weight.mutable_grad() = flat_gradient_.narrow(0, used_, size).view(shape);
  used_ += size;
  weights_.emplace_back(name, weight);
  return weight;
}

at::Tensor Parameters::add_uniform(const std::string& name, at::IntArrayRef shape, std::int64_t fan_in,
                                   at::Generator& generator) {
  auto weight = add(name, shape);
  const double bound = 1.0 / std::sqrt(static_cast<double>(std::max<std::int64_t>(fan_in, 1)));
  const auto draws = at::empty(shape, weight.options().device(at::kCPU).requires_grad(false));
  at::NoGradGuard no_grad;
  weight.copy_(draws.uniform_(-bound, bound, generator));
  return weight;
}

at::Tensor Parameters::add_buffer(const std::string& name, at::IntArrayRef shape, double fill) {
  buffers_.emplace_back(name, at::full(shape, fill, flat_.options()));
  return buffers_.back().second;
}

}  // namespace adavi
