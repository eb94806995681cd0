#include "inference/nested_laplace.hpp"

#include <cmath>

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
/// usually do. Far out they may as well stay behind: where that is higher, it is nearer to what they do there.
at::Tensor along_lines(const Peaked& peak, const Grid& grid, const LogMarginal& log_marginal) {
  constexpr double far = 1.6;  // standard deviations
  const auto t = at::linspace(-grid.reach, grid.reach, grid.points, peak.location.options()).view({-1, 1, 1, 1});
  const auto sd = peak.covariance.diagonal(0, -2, -1).sqrt();  // [1, B, P]
  const auto directions =
      (peak.covariance / sd.unsqueeze(-1)).to(peak.location.scalar_type()).squeeze(0).transpose(0, 1);  // [P, B, P]
  const auto own = at::eye(directions.size(0), directions.options()).unsqueeze(1) * directions;
  const auto at = [&](const at::Tensor& z) {
    return densities(log_marginal, peak.location, z.flatten(0, 1)).view({z.size(0), z.size(1), z.size(2)});
  };
  auto result = at(peak.location + t * directions);
  const auto outer = (t.abs() > far).flatten().nonzero().squeeze(-1);
  if (directions.size(0) == 1 || outer.numel() == 0) return result;
  const auto t_outer = t.index_select(0, outer);
  const auto behind = at(peak.location + t_outer * own + t_outer.clamp(-far, far) * (directions - own));
  return result.index_copy(0, outer, at::maximum(result.index_select(0, outer), behind));
}

/// What lines miss far out, [points, P, B]: there the others are elsewhere, and wider or narrower. They are integrated
/// out by importance sampling around the line.
at::Tensor beside_lines(const Peaked& peak, const Grid& grid, const LogMarginal& log_marginal) {
  constexpr double far = 3, near = 1, wider = 1.3;     // standard deviations
  constexpr double noise = 0.3, least = -1, most = 3;  // nats
  constexpr std::int64_t draws = 16;
  const auto type = peak.location.scalar_type();
  const auto count = peak.location.size(-1), data_sets = peak.location.size(1);
  const auto e = wider * normal_points(draws, count - 1).to(peak.covariance.device());  // [draws, P - 1]
  std::vector<at::Tensor> points;
  for (std::int64_t p = 0; p < count; ++p) {
    const auto column = peak.covariance.select(-1, p);
    const auto direction = column / column.select(-1, p).sqrt().unsqueeze(-1);  // [1, B, P]
    std::vector<std::int64_t> rest;
    for (std::int64_t i = 0; i < count; ++i) {
      if (i != p) rest.push_back(i);
    }
    const auto others = at::tensor(rest, at::kLong).to(peak.location.device());
    const auto given = peak.covariance - direction.unsqueeze(-1) * direction.unsqueeze(-2);
    const auto factor = std::get<0>(at::linalg_cholesky_ex(given.index_select(-1, others).index_select(-2, others)));
    const auto apart = at::matmul(factor, e.view({draws, 1, count - 1, 1})).squeeze(-1);
    const auto beside = at::zeros({draws, data_sets, count}, apart.options()).index_copy(-1, others, apart);
    for (const double t : {-far, far}) {
      const auto on_line = peak.location + (t * direction).to(type);
      points.push_back(on_line);
      points.push_back(on_line + beside.to(type));
    }
  }
  const auto heights =
      densities(log_marginal, peak.location, at::cat(points, 0)).view({count, 2, 1 + draws, data_sets});
  const auto above = (heights.narrow(2, 1, draws) - heights.narrow(2, 0, 1)).to(at::kDouble);
  const auto density = -0.5 * (e / wider).square().sum(-1) - static_cast<double>(count - 1) * std::log(wider);
  const auto log_mean = at::logsumexp(above - density.unsqueeze(-1), 2) - std::log(static_cast<double>(draws));
  const auto missed = at::softshrink(log_mean, noise).clamp(least, most).to(type);  // [P, 2, B]
  const auto t = at::linspace(-grid.reach, grid.reach, grid.points, peak.location.options()).view({-1, 1, 1});
  const auto share = ((t.abs() - near) / (far - near)).clamp(0, 1).square();
  return share * at::where(t < 0, missed.select(1, 0), missed.select(1, 1));
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
TopPeak with_lines(Peaked peak, const LogMarginal& log_marginal) {
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
  auto density = along_lines(peak, second_grid, log_marginal);
  if (peak.location.size(-1) > 1 && peak.location.size(-1) <= few_numbers)
    density = density + beside_lines(peak, second_grid, log_marginal);
  const auto shape = moments(second_grid, density);
  const auto log_sd = at::log(sd * scale);
  const auto inverse = at::exp(-log_sd);
  TopPeak result;
  result.warp = {peak.location, log_sd.to(type),
                 quantile_spline(density.transpose(1, 2).unsqueeze(1), second_grid.reach)};
  result.relation = sound_correlations(inverse.unsqueeze(-1) * peak.covariance * inverse.unsqueeze(-2));
  result.bends = at::cat({shape.skewness, shape.kurtosis}, -1);
  return result;
}

/// Where the copula is not the density, how it differs.
TriangularMap map_behind(const TopPeak& copula, const TriangularRegression& regression,
                         const LogMarginal& log_marginal) {
  const auto& location = copula.warp.location;
  const auto factor = std::get<0>(at::linalg_cholesky_ex(copula.relation)).to(location.scalar_type());
  const auto log_density = [&](const at::Tensor& v) {
    const auto bent = bend(copula.warp, at::matmul(factor, v.unsqueeze(-1)).squeeze(-1));
    return densities(log_marginal, location, bent.value) + bent.log_slope.sum(-1);
  };
  return regression(log_density, location.size(1), location.options());
}

/// Where Newton steps got lost: the guess.
void replace_lost(Peaked& peak, const at::Tensor& guess, const at::Tensor& reach) {
  const auto found = at::isfinite(peak.location).all(-1, true) & at::isfinite(peak.covariance).flatten(2).all(-1, true);
  peak.location = at::where(found, peak.location, guess);
  peak.covariance = at::where(found.unsqueeze(-1), peak.covariance, at::diag(reach.to(at::kDouble).square()));
}

}  // namespace

TopPeak TopPeak::without_map() const {
  auto result = *this;
  result.map = {};
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
  auto v = at::zeros_like(result.warp.location).narrow(-1, 0, 0);  // what stands for the numbers known
  const auto index = at::tensor(known, at::kLong).to(variance.device());
  if (known.empty()) {
    result.gaussian = gaussian_of(at::zeros_like(result.warp.location), variance.to(type));
  } else {
    const auto rows = peak.relation.index_select(-2, index);
    const auto shared = rows.narrow(-1, first, count);  // [1, B, known, count]
    const auto before =
        part(peak.warp, [&](const at::Tensor& x, std::int64_t axis) { return x.index_select(axis, index); });
    const auto factor = std::get<0>(at::linalg_cholesky_ex(rows.index_select(-1, index)));
    const auto loadings = at::linalg_solve_triangular(factor, shared, /*upper=*/false);  // [1, B, known, count]
    const auto unit = at::eye(factor.size(-1), factor.options()).expand_as(factor);
    const auto inverse = at::linalg_solve_triangular(factor, unit, /*upper=*/false).to(type);
    v = at::matmul(inverse, unbend(before, z).value.unsqueeze(-1)).squeeze(-1);  // [K, B, known]
    result.gaussian = gaussian_of((loadings.to(type) * v.unsqueeze(-1)).sum(-2),
                                  (variance - at::matmul(loadings.mT(), loadings)).to(type));
  }
  if (!peak.map.defined()) return result;
  auto shape = v.sizes().vec();
  shape.back() = first;
  result.map = peak.map.given(first, count, at::zeros(shape, v.options()).index_copy(-1, index, v));
  return result;
}

NestedLaplace::NestedLaplace(Parameters& parameters, std::int64_t numbers, std::int64_t features, std::int64_t steps)
    : steps_(steps),
      guess_(parameters, "top", numbers, features),
      enabled_(parameters.add_buffer("top.enabled", {1}, 0)),
      mapped_(parameters.add_buffer("top.mapped", {1}, 1)),
      standardizer_(parameters, "top.bends", 2 * numbers),
      regression_(numbers) {}

/// Bends are not standardised yet.
TopPeak NestedLaplace::find(const at::Tensor& encoding, const LogMarginal& log_marginal) const {
  at::NoGradGuard no_grad;
  const auto guess = guess_({encoding.detach()});
  const auto found = climb_safely(log_marginal.around, guess, guess_.reach, guess_.reach, steps_, log_marginal.at_once);
  Peaked peak{found.location, at::linalg_inv(found.precision.to(at::kDouble))};
  replace_lost(peak, guess, guess_.reach);
  auto result = with_lines(peak, log_marginal);
  if (mapped_.item<float>() != 0) result.map = map_behind(result, regression_, log_marginal);
  return result;
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
  mapped_.fill_(1);
  auto peak = find(encoding, log_marginal);
  standardizer_.fit(peak.bends);
  peak.bends = standardizer_(peak.bends);
  return peak;
}

}  // namespace adavi
