#pragma once
#include <ATen/ATen.h>

#include "distributions/distribution.hpp"

/// Standard variates from which the samplers are made.
namespace adavi {

/// Precision and device of the draws: those of the first real argument.
at::TensorOptions draw_options(const Arguments& arguments);

/// Uniform on the open interval (0, 1): never exactly 0 or 1.
at::Tensor draw_uniform(at::IntArrayRef shape, const at::TensorOptions& options, at::Generator& generator);
at::Tensor draw_normal(at::IntArrayRef shape, const at::TensorOptions& options, at::Generator& generator);
/// Standard exponential, > 0.
at::Tensor draw_exponential(at::IntArrayRef shape, const at::TensorOptions& options, at::Generator& generator);
/// Logarithm of a standard gamma variate of the given concentration (which broadcasts to `shape`), finite however small
/// the concentration; differentiable in it.
at::Tensor draw_log_gamma(at::IntArrayRef shape, const at::Tensor& concentration, at::Generator& generator);
/// Poisson counts; rates are cut at 2^30.
at::Tensor draw_poisson(const at::Tensor& rate, at::Generator& generator);
/// An argument of a discrete sampler: expanded to `shape`, of the draws' precision, without its history.
at::Tensor spread(const at::Tensor& argument, at::IntArrayRef shape, const at::TensorOptions& options);

}  // namespace adavi
