#include "inference/start.hpp"

#include <cmath>

namespace adavi {
namespace {

constexpr std::int64_t few_points = 9;  // of the grids that find where the density is
constexpr double few_points_reach = 4;  // standard deviations
constexpr double few_points_spacing = 2 * few_points_reach / (few_points - 1);
constexpr std::int64_t segments = 12;  // each has a point in its middle
constexpr double reach = 4.5;          // standard deviations

at::Tensor grid(double half_width, std::int64_t points, const at::Tensor& like) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(like.dim()) + 1, 1);
  shape.front() = points;
  return half_width * at::linspace(-1, 1, points, like.options()).view(shape);
}

at::Tensor sound(const at::Tensor& log_density) { return at::nan_to_num(log_density, -1e30, -1e30, -1e30); }

/// v with P(N(0, 1) < v) = lower, 1 - lower = upper.
at::Tensor normal_quantile(const at::Tensor& lower, const at::Tensor& upper) {
  constexpr double smallest = 1e-14;
  const auto below = lower < upper;
  const auto tail = at::where(below, lower, upper).clamp(smallest, 0.5);
  const auto v = -std::sqrt(2.0) * at::erfinv(1 - 2 * tail);
  return at::where(below, v, -v);
}

/// Knots where segments hold next to nothing would coincide.
at::Tensor apart(const at::Tensor& v) {
  constexpr double closest = 1e-2;
  const auto widths = at::diff(v, 1, 0).clamp_min(closest);
  const auto from_first = at::cat({at::zeros_like(v.narrow(0, 0, 1)), at::cumsum(widths, 0)}, 0);
  const auto middle = v.size(0) / 2;
  return from_first + (v[middle] - from_first[middle]);
}

/// In the grid's units, [..., 1].
struct Narrow {
  at::Tensor centre, width;
  at::Tensor pointed;  ///< whether the density falls more like a peak with heavy tails, which may be narrower still
};

/// Where next to all of a density is between few points of a grid [few_points, ...]: the peak of the parabola through
/// the highest and its neighbours.
Narrow parabola(const at::Tensor& log_density) {
  constexpr double farthest = 8, widest = 4, narrowest = 1e-5;  // spacings
  // Three times as fast as argmax.
  const auto best = std::get<1>(log_density.max(0, true)).clamp(2, few_points - 3);
  const auto at_offset = [&](std::int64_t offset) { return log_density.gather(0, best + offset); };
  const auto here = at_offset(0), before = at_offset(-1), beyond = at_offset(1);
  const auto fall = at::nan_to_num(2 * here - before - beyond, 0, 0, 0);
  const auto farther_fall = 2 * here - at_offset(-2) - at_offset(2);
  const auto curvature = fall.clamp(1 / (widest * widest), 1 / (narrowest * narrowest));
  const auto step = at::nan_to_num(0.5 * (beyond - before) / curvature, 0, 0, 0).clamp(-farthest, farthest);
  const auto place = (best - few_points / 2).to(log_density.scalar_type()) + step;
  return {few_points_spacing * place.squeeze(0).unsqueeze(-1),
          few_points_spacing * at::rsqrt(curvature).squeeze(0).unsqueeze(-1),
          (farther_fall < 3 * fall).squeeze(0).unsqueeze(-1)};  // a parabola's is four times as large
}

}  // namespace

Bijected bend(const Warp& warp, const at::Tensor& w) {
  const auto bent = spline(w, warp.knots);
  return {warp.location + at::exp(warp.log_scale) * bent.value, bent.log_slope + warp.log_scale};
}

Bijected unbend(const Warp& warp, const at::Tensor& z) {
  const auto bent = invert_spline((z - warp.location) * at::exp(-warp.log_scale), warp.knots);
  return {bent.value, bent.log_slope - warp.log_scale};
}

at::Tensor broken_off(const at::Tensor& logits) {
  const auto kept = at::log_sigmoid(-logits);  // of what is left, behind each
  return at::log_sigmoid(logits) - kept.flip(-1).cumsum(-1).flip(-1);
}

at::Tensor breaks(const at::Tensor& z) {
  const auto last = at::zeros_like(z.narrow(-1, 0, 1));
  const auto behind = at::cat({z.narrow(-1, 1, z.size(-1) - 1), last}, -1);
  return z - behind.flip(-1).logcumsumexp(-1).flip(-1);
}

FlowDraw onto(const Start& start, const FlowDraw& v) {
  auto result = v;
  if (start.map.defined()) {
    const auto mapped = onto(start.map, v.z);
    result = {mapped.value, v.log_q - mapped.log_slope.sum(-1)};
  }
  if (start.gaussian.shift.defined()) {
    result = {onto(start.gaussian, result.z), result.log_q - start.gaussian.log_diagonal.sum(-1)};
  }
  if (!start.warp.defined()) return result;
  const auto bent = bend(start.warp, result.z);
  return {start.broken ? broken_off(bent.value) : bent.value, result.log_q - bent.log_slope.sum(-1)};
}

FlowDraw off(const Start& start, const at::Tensor& z) {
  FlowDraw result = {z, {}};
  if (start.warp.defined()) {
    const auto bent = unbend(start.warp, start.broken ? breaks(z) : z);
    result = {bent.value, bent.log_slope.sum(-1)};
  }
  if (!start.gaussian.shift.defined()) return result;
  const auto log_det = -start.gaussian.log_diagonal.sum(-1);
  result = {off(start.gaussian, result.z), result.log_q.defined() ? result.log_q + log_det : log_det};
  if (!start.map.defined()) return result;
  const auto mapped = off(start.map, result.z);
  return {mapped.value, result.log_q + mapped.log_slope.sum(-1)};
}

at::Tensor location_and_scale(const Start& start) {
  auto gaussian = start.gaussian;
  const auto& warp = start.warp;
  if (start.map.defined()) {
    const auto middle = onto(start.map, at::zeros_like(gaussian.shift));
    gaussian.shift = onto(gaussian, middle.value);
    gaussian.log_diagonal = gaussian.log_diagonal + middle.log_slope;
  }
  if (!gaussian.shift.defined()) return at::cat({warp.location, warp.log_scale}, -1);
  if (!warp.defined()) return at::cat({gaussian.shift, gaussian.log_diagonal}, -1);
  const auto location = warp.location + at::exp(warp.log_scale) * gaussian.shift;
  return at::cat({location, (warp.log_scale + gaussian.log_diagonal).expand_as(location)}, -1);
}

/// Simpson's rule between knots gives the distribution function there; the spline goes through the standard normal's
/// quantiles of it, with the slopes of the densities. Beyond the last points the density is that of an exponential:
/// rather too heavy than too light, or importance weights had no variance.
Knots quantile_spline(const at::Tensor& log_density, double reach) {
  constexpr double lowest = -30;  // nats: below, quantiles are beyond float32
  const auto segments = (log_density.size(0) - 1) / 2;
  const double spacing = reach / static_cast<double>(segments);
  const auto unscaled = sound(log_density).to(at::kDouble);
  const auto density = (unscaled - std::get<0>(unscaled.detach().max(0, true))).clamp_min(lowest);
  const auto p = at::exp(density);
  const auto ends = p.slice(0, 0, 2 * segments + 1, 2), middles = p.slice(0, 1, 2 * segments, 2);
  const auto inside = spacing / 3 * (ends.narrow(0, 0, segments) + 4 * middles + ends.narrow(0, 1, segments));
  constexpr double shallowest = 0.1, steepest = 1e3;  // nats a spacing
  const auto rate = [&](std::int64_t last, std::int64_t next) {
    return (density[next] - density[last]).clamp(shallowest, steepest) / spacing;
  };
  const auto left_rate = rate(0, 1), right_rate = rate(2 * segments, 2 * segments - 1);
  const auto left = p[0] / left_rate, right = p[2 * segments] / right_rate;
  const auto total = left + right + inside.sum(0);
  std::vector<std::int64_t> shape(static_cast<std::size_t>(density.dim()), 1);
  shape.front() = 2;
  // How far more knots in the tails are, in nats, the last one first.
  const auto nats = at::tensor({16.0, 6.0}, density.options()).view(shape);
  const auto below = left * at::exp(-nats), above = (right * at::exp(-nats)).flip(0);
  const auto none = at::zeros_like(left).unsqueeze(0);
  const auto lower = left + at::cat({none, at::cumsum(inside, 0)}, 0);
  const auto upper = right + at::cat({at::cumsum(inside.flip(0), 0).flip(0), none}, 0);
  const auto mass_below = at::cat({below, lower, total - above}, 0) / total;
  const auto mass_above = at::cat({total - below, upper, above}, 0) / total;
  const auto heights = at::cat({below * left_rate, ends, above * right_rate}, 0) / total;
  const auto v = apart(normal_quantile(mass_below, mass_above));
  static const double log_root_two_pi = 0.5 * std::log(2 * M_PI);
  constexpr double most = 7;  // of the logarithm: beyond, the spline cancels in float32
  const auto slope = at::exp((-0.5 * v.square() - log_root_two_pi - at::log(heights)).clamp(-most, most));
  shape.front() = segments + 1;
  const auto inner = at::linspace(-reach, reach, segments + 1, density.options()).view(shape).expand_as(ends);
  const auto places = at::cat({-reach - nats / left_rate, inner, reach + nats.flip(0) / right_rate}, 0);
  const auto last_axis = [&](const at::Tensor& x) { return x.movedim(0, -1).to(log_density.scalar_type()); };
  return {last_axis(v), last_axis(places), last_axis(slope)};
}

FlowDraw point_of(const LogDensity& log_density, const Affine& found) {
  constexpr std::int64_t points = 13;  // the trapezoid rule is exact to rounding for what is about Gaussian
  const auto density = sound(log_density(found.shift + at::exp(found.log_diagonal) * grid(reach, points, found.shift)));
  const auto log_spacing = found.log_diagonal.squeeze(-1) + std::log(2 * reach / (points - 1));
  return {found.shift, density[points / 2] - at::logsumexp(density, 0) - log_spacing};
}

Affine moments(const LogDensity& log_density, const Affine& around, int rounds) {
  const at::NoGradGuard no_grad;
  auto mean = at::nan_to_num(around.shift, 0, 0, 0);
  auto log_sd = at::nan_to_num(around.log_diagonal, 0, 0, 0).expand_as(mean);
  const auto t = grid(few_points_reach, few_points, mean);
  const int most_rounds = rounds + 3;
  for (int round = 0; round < rounds; ++round) {
    const auto density = sound(log_density(mean + at::exp(log_sd) * t));
    const auto weight = at::softmax(density, 0).unsqueeze(-1);
    const auto centre = (weight * t).sum(0);
    const auto width = (weight * (t - centre).square()).sum(0).sqrt();
    constexpr double most_in_one_point = 0.6;
    const auto is_narrow = (width < few_points_spacing) | (weight.amax(0) > most_in_one_point);
    // Where all that is there is at the edge, it may be farther out.
    Narrow next = {centre, at::maximum(width, 0.5 * centre.abs()), {}};
    if (is_narrow.any().item<bool>()) {
      const auto narrow = parabola(density);
      next = {at::where(is_narrow, narrow.centre, next.centre), at::where(is_narrow, narrow.width, next.width), {}};
      if (round + 1 == rounds && rounds < most_rounds && (is_narrow & narrow.pointed).any().item<bool>()) ++rounds;
    }
    mean = mean + at::exp(log_sd) * next.centre;
    log_sd = log_sd + at::log(next.width);
  }
  return {mean, log_sd, {}};
}

Start tabulated(const LogDensity& log_density, const Affine& found) {
  Start result;
  result.warp = {found.shift, found.log_diagonal, {}};
  const auto density =
      log_density(found.shift + at::exp(found.log_diagonal) * grid(reach, 2 * segments + 1, found.shift));
  auto& knots = result.warp.knots;
  knots = quantile_spline(density, reach);
  for (auto* numbers : {&knots.x, &knots.y, &knots.slope}) *numbers = numbers->unsqueeze(-2);
  return result;
}

}  // namespace adavi
