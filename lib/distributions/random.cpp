#include "distributions/random.hpp"

#include "distributions/numerics.hpp"

namespace adavi {

at::TensorOptions draw_options(const Arguments& arguments) {
  for (const at::Tensor& argument : arguments) {
    if (argument.is_floating_point()) return argument.options();
  }
  return arguments.empty() ? at::TensorOptions(at::kFloat) : arguments.front().options().dtype(at::kFloat);
}

at::Tensor draw_uniform(at::IntArrayRef shape, const at::TensorOptions& options, at::Generator& generator) {
  const at::Tensor u = at::empty(shape, options).uniform_(0, 1, generator);
  const double epsilon = machine_epsilon(u.scalar_type());
  return u.clamp_(epsilon / 4, 1 - epsilon / 2);
}

at::Tensor draw_normal(at::IntArrayRef shape, const at::TensorOptions& options, at::Generator& generator) {
  return at::empty(shape, options).normal_(0, 1, generator);
}

at::Tensor draw_exponential(at::IntArrayRef shape, const at::TensorOptions& options, at::Generator& generator) {
  return -at::log(draw_uniform(shape, options, generator));
}

at::Tensor draw_log_gamma(at::IntArrayRef shape, const at::Tensor& concentration, at::Generator& generator) {
  // Gamma(a) = Gamma(a + 1) U^(1 / a) in distribution: no underflow for small a.
  const at::Tensor boosted = at::_standard_gamma((concentration + 1).expand(shape).contiguous(), generator);
  return at::log(boosted) - draw_exponential(shape, concentration.options(), generator) / concentration;
}

at::Tensor draw_poisson(const at::Tensor& rate, at::Generator& generator) {
  return at::poisson(rate.clamp_max(1 << 30), generator);
}

at::Tensor spread(const at::Tensor& argument, at::IntArrayRef shape, const at::TensorOptions& options) {
  return argument.detach().to(options.dtype()).expand(shape).contiguous();
}

}  // namespace adavi
