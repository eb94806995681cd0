#include "nn/spline.hpp"

#include <cmath>

namespace adavi {
namespace {

constexpr double bound = 5.0;
constexpr double smallest_share = 1e-3;  // of the range, for a bin's width and height
constexpr double smallest_slope = 1e-3;
constexpr double largest_slope = 1e3;  // beyond, the inverse's quadratic cancels in float32

/// The bin of each input: its left and lower corner, width, height, and the slopes at both ends.
struct Bin {
  at::Tensor left, width, low, height, slope, next_slope;
};

/// Lower ends of the bins [..., bins] and their sizes, from unnormalised shares.
std::pair<at::Tensor, at::Tensor> edges(const at::Tensor& shares) {
  const auto bins = static_cast<double>(shares.size(-1));
  const auto sizes = 2 * bound * (smallest_share + (1 - smallest_share * bins) * at::softmax(shares, -1));
  return {at::cumsum(sizes, -1) - sizes - bound, sizes};
}

/// Finds each input's bin along x (`by_height` false) or along y.
Bin find_bin(const at::Tensor& input, const at::Tensor& parameters, bool by_height) {
  const auto bins = (parameters.size(-1) + 1) / 3;
  const auto [left, width] = edges(parameters.narrow(-1, 0, bins));
  const auto [low, height] = edges(parameters.narrow(-1, bins, bins));
  // softplus(z + shift) is 1 at z = 0, as the slope of the identity outside.
  static const double shift = std::log(std::exp(1.0 - smallest_slope) - 1.0);
  const auto raw = parameters.narrow(-1, 2 * bins, bins - 1) + shift;
  const auto inner = (smallest_slope + at::softplus(raw)).clamp_max(largest_slope);
  const auto one = at::ones_like(inner.narrow(-1, 0, 1));
  const auto slopes = at::cat({one, inner, one}, -1);  // [..., bins + 1]
  const auto index = (input.unsqueeze(-1) >= (by_height ? low : left).narrow(-1, 1, bins - 1)).sum(-1, true);
  const auto pick = [&](const at::Tensor& of) { return of.gather(-1, index).squeeze(-1); };
  return {pick(left), pick(width), pick(low), pick(height), pick(slopes), slopes.gather(-1, index + 1).squeeze(-1)};
}

/// Log slope dy/dx at the relative position t in the bin.
at::Tensor log_slope_at(const Bin& bin, const at::Tensor& t) {
  const auto ratio = bin.height / bin.width;
  const auto rest = 1 - t;
  const auto denominator = ratio + (bin.next_slope + bin.slope - 2 * ratio) * t * rest;
  const auto numerator = bin.next_slope * t * t + 2 * ratio * t * rest + bin.slope * rest * rest;
  return 2 * at::log(ratio) + at::log(numerator) - 2 * at::log(denominator);
}

/// The bin of each input between knots.
Bin find_bin(const at::Tensor& input, const Knots& knots, bool by_height) {
  const auto n = knots.x.size(-1);
  const auto index = (input.unsqueeze(-1) >= (by_height ? knots.y : knots.x).narrow(-1, 1, n - 2)).sum(-1, true);
  auto shape = input.sizes().vec();
  shape.push_back(n);
  const auto pick = [&](const at::Tensor& of, std::int64_t next) {
    return of.expand(shape).gather(-1, index + next).squeeze(-1);
  };
  const auto left = pick(knots.x, 0), low = pick(knots.y, 0);
  return {left, pick(knots.x, 1) - left, low, pick(knots.y, 1) - low, pick(knots.slope, 0), pick(knots.slope, 1)};
}

Bijected along(const Bin& bin, const at::Tensor& x) {
  const auto t = ((x - bin.left) / bin.width).clamp(0, 1);
  const auto ratio = bin.height / bin.width;
  const auto rest = 1 - t;
  const auto denominator = ratio + (bin.next_slope + bin.slope - 2 * ratio) * t * rest;
  const auto value = bin.low + bin.height * (ratio * t * t + bin.slope * t * rest) / denominator;
  return {value, log_slope_at(bin, t)};
}

Bijected against(const Bin& bin, const at::Tensor& y) {
  const auto ratio = bin.height / bin.width;
  const auto above = y - bin.low;
  const auto bend = bin.next_slope + bin.slope - 2 * ratio;
  const auto a = bin.height * (ratio - bin.slope) + above * bend;
  const auto b = bin.height * bin.slope - above * bend;
  const auto c = -ratio * above;
  // The root of a t^2 + b t + c in [0, 1], in the form that does not cancel.
  const auto root = at::sqrt((b * b - 4 * a * c).clamp_min(1e-12));
  const auto t = (2 * c / (-b - root)).clamp(0, 1);
  return {bin.left + t * bin.width, -log_slope_at(bin, t)};
}

}  // namespace

Bijected spline(const at::Tensor& x, const at::Tensor& parameters) {
  const auto inside = x.abs() < bound;
  const auto input = x.clamp(-bound, bound);
  const auto bent = along(find_bin(input, parameters, false), input);
  return {at::where(inside, bent.value, x), at::where(inside, bent.log_slope, at::zeros_like(x))};
}

Bijected invert_spline(const at::Tensor& y, const at::Tensor& parameters) {
  const auto inside = y.abs() < bound;
  const auto input = y.clamp(-bound, bound);
  const auto bent = against(find_bin(input, parameters, true), input);
  return {at::where(inside, bent.value, y), at::where(inside, bent.log_slope, at::zeros_like(y))};
}

Bijected spline(const at::Tensor& x, const Knots& knots) {
  const auto first = knots.x.select(-1, 0), last = knots.x.select(-1, -1);
  const auto input = at::minimum(at::maximum(x, first), last);
  const auto bin = find_bin(input, knots, false);
  const auto bent = along(bin, input);
  // Beyond the last knots the input stands still at one of them, where the slope is that outside.
  return {bent.value + (x - input) * at::exp(bent.log_slope), bent.log_slope};
}

Bijected invert_spline(const at::Tensor& y, const Knots& knots) {
  const auto first = knots.y.select(-1, 0), last = knots.y.select(-1, -1);
  const auto input = at::minimum(at::maximum(y, first), last);
  const auto bent = against(find_bin(input, knots, true), input);
  return {bent.value + (y - input) * at::exp(bent.log_slope), bent.log_slope};
}

}  // namespace adavi
