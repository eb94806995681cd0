#include "nn/layers.hpp"

#include <tuple>

namespace adavi {

Linear::Linear(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out,
               at::Generator& generator)
    : weight(parameters.add_uniform(name + ".weight", {out, in}, in, generator)),
      bias(parameters.add(name + ".bias", {out})) {}

Linear Linear::zero(Parameters& parameters, const std::string& name, std::int64_t in, std::int64_t out) {
  Linear layer;
  layer.weight = parameters.add(name + ".weight", {out, in});
  layer.bias = parameters.add(name + ".bias", {out});
  return layer;
}

at::Tensor Linear::operator()(const at::Tensor& x) const { return affine_map(x, weight, bias); }

at::Tensor affine_map(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  auto shape = x.sizes().vec();
  shape.back() = weight.size(0);
  // The number of rows is counted, not left to -1: there may be no features.
  std::int64_t count = 1;
  for (const auto size : x.sizes().slice(0, shape.size() - 1)) count *= size;
  const auto rows = x.reshape({count, x.size(-1)});
  return (bias.defined() ? at::addmm(bias, rows, weight.t()) : at::mm(rows, weight.t())).view(shape);
}

LayerNorm::LayerNorm(Parameters& parameters, const std::string& name, std::int64_t size)
    : gain(parameters.add(name + ".gain", {size})), shift(parameters.add(name + ".shift", {size})) {
  at::NoGradGuard no_grad;
  gain.fill_(1);
}

at::Tensor LayerNorm::operator()(const at::Tensor& x) const { return at::layer_norm(x, gain.sizes(), gain, shift); }

at::Tensor affine_map(const Context& context, const at::Tensor& weight, const at::Tensor& bias) {
  at::Tensor total;
  std::int64_t first = 0;
  for (const auto& part : context) {
    const auto columns = weight.narrow(1, first, part.size(-1));
    total = total.defined() ? total + affine_map(part, columns) : affine_map(part, columns, bias);
    first += part.size(-1);
  }
  return total;
}

Standardizer::Standardizer(Parameters& parameters, const std::string& name, std::int64_t size)
    : center(parameters.add_buffer(name + ".center", {size}, 0)),
      scale(parameters.add_buffer(name + ".scale", {size}, 1)) {}

void Standardizer::fit(const at::Tensor& sample) {
  at::NoGradGuard no_grad;
  // Quantiles of a part of a large sample are as good.
  constexpr std::int64_t enough = 100000;
  auto rows = sample.reshape({-1, sample.size(-1)});
  if (rows.size(0) > enough) {
    rows = rows.index_select(
        0, at::linspace(0, static_cast<double>(rows.size(0) - 1), enough, rows.options().dtype(at::kDouble))
               .to(at::kLong));
  }
  const auto finite = at::isfinite(rows).all(1);
  if (!finite.all().item<bool>()) rows = rows.index_select(0, finite.nonzero().squeeze(1));
  const auto sorted = std::get<0>(rows.to(at::kDouble).sort(0));
  const auto at_fraction = [&](double p) {
    return sorted.select(0, static_cast<std::int64_t>(p * static_cast<double>(sorted.size(0) - 1)));
  };
  const auto range = (at_fraction(0.75) - at_fraction(0.25)) / 1.349;
  const auto mean = sorted.mean(0);
  const auto deviation = (sorted - mean).square().mean(0).sqrt();
  const auto rounding = 1e-6 * mean.abs();  // a constant's deviation need not be exactly zero
  const auto spread = range > rounding;
  const auto by_moments = at::where(deviation > rounding, deviation, at::ones_like(deviation));
  center.copy_(at::where(spread, at_fraction(0.5), mean));
  scale.copy_(at::where(spread, range, by_moments));
}

at::Tensor Standardizer::compress(const at::Tensor& z) {
  constexpr double knee = 20;
  const auto excess = z.abs() - knee;
  if (!excess.gt(0).any().item<bool>()) return z;
  // log1p keeps value and slope at the knee.
  return at::where(excess > 0, z.sign() * (knee + at::log1p(excess.clamp_min(0))), z);
}

}  // namespace adavi
