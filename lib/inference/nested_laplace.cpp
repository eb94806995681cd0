#include "inference/nested_laplace.hpp"

#include "inference/newton.hpp"

namespace adavi {
namespace {

/// A grid through a peak: the first finds where the density is, the second what it looks like.
struct Grid {
  std::int64_t points;
  double reach;  // standard deviations
};
constexpr Grid first_grid = {7, 3.0}, second_grid = {17, 4.0};

/// A Gaussian approximation. [1, B, P], [1, B, P, P] in float64.
struct Peaked {
  at::Tensor location, covariance;
};

at::Tensor densities(const LogMarginal& log_marginal, const at::Tensor& centre, const at::Tensor& z) {
  const auto density = log_marginal.around(centre);
  std::vector<at::Tensor> parts;
  for (const auto& some : z.split(log_marginal.at_once, 0)) {
    parts.push_back(density(some).expand({some.size(0), some.size(1)}));
  }
  return at::nan_to_num(at::cat(parts, 0), -1e30, -1e30, -1e30);
}

/// Moments of densities on an even grid t [points, 1, 1]: log density [points, P, B] -> [1, B, P] each.
struct GridMoments {
  at::Tensor mean, sd, skewness, kurtosis;
};

GridMoments moments_on(const at::Tensor& t, const at::Tensor& log_density) {
  const auto weight = at::softmax(log_density, 0);
  const auto mean = (weight * t).sum(0);
  const auto apart = t - mean;
  const auto spacing = (t[1] - t[0]).abs();
  // A density narrower than the grid is as wide as a quarter of its spacing at least.
  const auto sd = at::maximum((weight * apart.square()).sum(0).sqrt(), 0.25 * spacing);
  const auto moment = [&](double power) { return (weight * (apart / sd).pow(power)).sum(0).t().unsqueeze(0); };
  return {mean.t().unsqueeze(0), sd.t().unsqueeze(0), moment(3), moment(4)};
}

/// Log densities [points, P, B] along lines through the peak: on line p number p moves, and the others as they then
/// usually do.
at::Tensor along_lines(const Peaked& peak, const Grid& grid, const LogMarginal& log_marginal) {
  const auto t = at::linspace(-grid.reach, grid.reach, grid.points, peak.location.options()).view({-1, 1, 1, 1});
  const auto sd = peak.covariance.diagonal(0, -2, -1).sqrt();  // [1, B, P]
  const auto directions = (peak.covariance / sd.unsqueeze(-1)).to(peak.location.scalar_type()).squeeze(0);
  const auto z = peak.location + t * directions.transpose(0, 1);  // [points, P, B, P]
  return densities(log_marginal, peak.location, z.flatten(0, 1)).view({grid.points, z.size(1), z.size(2)});
}

/// How the conditional of each number changes as an earlier one moves, where the density is not that of a Gaussian
/// copula: from its height at three places along the earlier one's line, and beside them (third derivatives, mostly).
void add_interactions(const Peaked& peak, const LogMarginal& log_marginal, TopPeak& result) {
  constexpr double aside = 1.2, beside = 1.0;                   // standard deviations
  constexpr double least_curvature = 0.1, most_curvature = 10;  // in units of the conditional's
  constexpr double most_widening = 0.7, most_bowing = 0.5;
  const auto count = peak.location.size(-1);
  const auto type = peak.location.scalar_type();
  const auto& covariance = peak.covariance;  // [1, B, P, P]
  std::vector<at::Tensor> points, shares;    // and how wide a conditional is, in the number's own standard deviations
  for (std::int64_t j = 0; j < count; ++j) {
    const auto column = covariance.select(-1, j) / covariance.select(-1, j).select(-1, j).sqrt().unsqueeze(-1);
    for (std::int64_t i = j + 1; i < count; ++i) {
      // Number i and the others given j.
      const auto own = covariance.select(-1, i) - column * column.select(-1, i).unsqueeze(-1);
      const auto sd = own.select(-1, i).clamp_min(1e-30).sqrt();
      const auto direction = own / sd.unsqueeze(-1);
      shares.push_back((sd / covariance.select(-1, i).select(-1, i).sqrt()).squeeze(0).to(type));
      for (const double t : {-aside, 0.0, aside}) {
        for (const double s : {-beside, 0.0, beside}) {
          points.push_back(peak.location + (t * column + s * direction).to(type));
        }
      }
    }
  }
  result.widening = at::zeros_like(result.relation).to(type);
  result.bowing = at::zeros_like(result.widening);
  if (points.empty()) return;
  const auto heights =
      densities(log_marginal, peak.location, at::cat(points, 0)).view({-1, 3, 3, peak.location.size(1)});
  const auto before = heights.select(2, 0), here = heights.select(2, 1), beyond = heights.select(2, 2);
  const auto curvature =
      ((2 * here - before - beyond) / (beside * beside)).clamp(least_curvature, most_curvature);  // [pairs, 3, B]
  const auto log_sd = -0.5 * at::log(curvature);
  const auto mean = ((beyond - before) / (2 * beside) / curvature).clamp(-1, 1);
  const auto widening =
      ((log_sd.select(1, 2) - log_sd.select(1, 0)) / (2 * aside)).clamp(-most_widening, most_widening);
  const auto bowing = ((mean.select(1, 2) + mean.select(1, 0) - 2 * mean.select(1, 1)) / (2 * aside * aside))
                          .clamp(-most_bowing, most_bowing);
  std::int64_t pair = 0;
  for (std::int64_t j = 0; j < count; ++j) {
    for (std::int64_t i = j + 1; i < count; ++i, ++pair) {
      result.widening.select(-2, i).select(-1, j).copy_(widening[pair]);
      result.bowing.select(-2, i).select(-1, j).copy_(shares[static_cast<std::size_t>(pair)] * bowing[pair]);
    }
  }
}

/// Correlations that can be solved with: none where they are not finite, and never quite one.
at::Tensor sound_correlations(const at::Tensor& correlations) {
  constexpr double shrinkage = 1e-4;
  const auto unit = at::eye(correlations.size(-1), correlations.options());
  const auto finite = at::nan_to_num(correlations, 0, 0, 0).clamp(-1, 1) * (1 - unit) + unit;
  return (1 - shrinkage) * finite + shrinkage * unit;
}

/// Where the density is not Gaussian, its peak and curvature are not its mean and variance: each number gets those of
/// its line, and its density there. Correlations stay. Bends are not standardised.
TopPeak with_lines(Peaked peak, const LogMarginal& log_marginal, bool interacting) {
  const auto type = peak.location.scalar_type();
  const auto moments = [&](const Grid& grid, const at::Tensor& density) {
    const auto t = at::linspace(-grid.reach, grid.reach, grid.points, peak.location.options()).view({-1, 1, 1});
    return moments_on(t, density);
  };
  const auto found = moments(first_grid, along_lines(peak, first_grid, log_marginal));
  const auto sd = peak.covariance.diagonal(0, -2, -1).sqrt();
  peak.location = peak.location + found.mean * sd.to(type);
  const auto scale = found.sd.to(at::kDouble);
  peak.covariance = scale.unsqueeze(-1) * peak.covariance * scale.unsqueeze(-2);
  const auto density = along_lines(peak, second_grid, log_marginal);
  const auto shape = moments(second_grid, density);
  const auto log_sd = at::log(sd * scale);
  const auto inverse = at::exp(-log_sd);
  TopPeak result;
  result.warp = {peak.location, log_sd.to(type),
                 quantile_spline(density.transpose(1, 2).unsqueeze(1), second_grid.reach)};
  result.relation = sound_correlations(inverse.unsqueeze(-1) * peak.covariance * inverse.unsqueeze(-2));
  result.bends = at::cat({shape.skewness, shape.kurtosis}, -1);
  if (interacting) {
    add_interactions(peak, log_marginal, result);
    return result;
  }
  result.widening = result.bowing = at::zeros_like(result.relation).to(type);
  return result;
}

/// Where Newton steps got lost: the guess.
void replace_lost(Peaked& peak, const at::Tensor& guess, const at::Tensor& reach) {
  const auto found = at::isfinite(peak.location).all(-1, true) & at::isfinite(peak.covariance).flatten(2).all(-1, true);
  peak.location = at::where(found, peak.location, guess);
  peak.covariance = at::where(found.unsqueeze(-1), peak.covariance, at::diag(reach.to(at::kDouble).square()));
}

}  // namespace

TopPeak TopPeak::without_interactions() const {
  auto result = *this;
  result.widening = result.bowing = at::zeros_like(widening);
  return result;
}

Start conditional(const TopPeak& peak, std::int64_t first, std::int64_t count, const std::vector<std::int64_t>& known,
                  const at::Tensor& z) {
  const auto part = [](const Warp& warp, const auto& of) {
    const auto& [x, y, slope] = warp.knots;
    return Warp{of(warp.location, -1), of(warp.log_scale, -1), {of(x, -2), of(y, -2), of(slope, -2)}};
  };
  Start result;
  result.warp = part(peak.warp, [&](const at::Tensor& x, std::int64_t axis) { return x.narrow(axis, first, count); });
  const auto type = peak.warp.location.scalar_type();
  const auto variance = peak.relation.narrow(-1, first, count).narrow(-2, first, count);
  if (known.empty()) {
    result.gaussian = gaussian_of(at::zeros_like(result.warp.location), variance.to(type));
    return result;
  }
  const auto index = at::tensor(known, at::kLong).to(z.device());
  const auto rows = peak.relation.index_select(-2, index);
  const auto shared = rows.narrow(-1, first, count);                                             // [1, B, known, count]
  const auto slopes = at::linalg_solve(rows.index_select(-1, index), shared).transpose(-1, -2);  // [1, B, count, known]
  const auto before =
      part(peak.warp, [&](const at::Tensor& x, std::int64_t axis) { return x.index_select(axis, index); });
  const auto w = unbend(before, z).value.unsqueeze(-2);  // [K, B, 1, known]
  const auto of = [&](const at::Tensor& interactions) {
    return interactions.narrow(-2, first, count).index_select(-1, index);
  };
  const auto shift = (slopes.to(type) * w + of(peak.bowing) * (w.square() - 1)).sum(-1);
  constexpr double farthest = 1.5;
  const auto widening = farthest * at::tanh((of(peak.widening) * w).sum(-1) / farthest);
  auto& gaussian = result.gaussian;
  gaussian = gaussian_of(shift, (variance - at::matmul(slopes, shared)).to(type));
  gaussian.log_diagonal = gaussian.log_diagonal + widening;
  if (!gaussian.below.defined()) return result;
  std::vector<at::Tensor> wider;
  for (std::int64_t row = 1; row < count; ++row) {
    wider.push_back(gaussian.below.narrow(-1, row * (row - 1) / 2, row) * at::exp(widening.narrow(-1, row, 1)));
  }
  gaussian.below = at::cat(wider, -1);
  return result;
}

NestedLaplace::NestedLaplace(Parameters& parameters, std::int64_t numbers, std::int64_t features, std::int64_t steps)
    : steps_(steps),
      guess_(parameters, "top", numbers, features),
      enabled_(parameters.add_buffer("top.enabled", {1}, 0)),
      interacting_(parameters.add_buffer("top.interacting", {1}, 1)),
      standardizer_(parameters, "top.bends", 2 * numbers) {}

/// Bends are not standardised yet.
TopPeak NestedLaplace::find(const at::Tensor& encoding, const LogMarginal& log_marginal) const {
  at::NoGradGuard no_grad;
  const auto guess = guess_({encoding.detach()});
  const auto found = climb_safely(log_marginal.around, guess, guess_.reach, guess_.reach, steps_, log_marginal.at_once);
  Peaked peak{found.location, at::linalg_inv(found.precision.to(at::kDouble))};
  replace_lost(peak, guess, guess_.reach);
  return with_lines(peak, log_marginal, interacting_.item<float>() != 0);
}

TopPeak NestedLaplace::operator()(const at::Tensor& encoding, const LogMarginal& log_marginal) const {
  if (enabled_.item<float>() == 0) return {};
  auto peak = find(encoding, log_marginal);
  peak.bends = standardizer_(peak.bends);
  return peak;
}

void NestedLaplace::fit_guess(const at::Tensor& encoding, const at::Tensor& truth, const std::vector<char>& fixed) {
  at::NoGradGuard no_grad;
  guess_.fit(regression_of({encoding}, truth, fixed));
  enabled_.fill_(0);
}

TopPeak NestedLaplace::fit(const at::Tensor& encoding, const LogMarginal& log_marginal) {
  at::NoGradGuard no_grad;
  enabled_.fill_(1);
  interacting_.fill_(1);
  auto peak = find(encoding, log_marginal);
  standardizer_.fit(peak.bends);
  peak.bends = standardizer_(peak.bends);
  return peak;
}

}  // namespace adavi
