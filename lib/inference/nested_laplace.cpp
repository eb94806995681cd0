#include "inference/nested_laplace.hpp"

#include "inference/newton.hpp"
#include "inference/regression.hpp"

namespace adavi {
namespace {

constexpr std::int64_t points = 7;  // of a grid

at::Tensor densities(const LogMarginal& log_marginal, const at::Tensor& z) {
  std::vector<at::Tensor> parts;
  for (const auto& some : z.split(log_marginal.at_once, 0)) {
    parts.push_back(log_marginal.density(some).expand({some.size(0), some.size(1)}));
  }
  return at::nan_to_num(at::cat(parts, 0), -1e30, -1e30, -1e30);
}

/// Moments of densities on an even grid t [points]: log density [points, P, B] -> [1, B, P] each.
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

/// Where the density is not Gaussian, its peak and curvature are not its mean and variance: each number gets those of a
/// grid through the peak, along which the others stand where they then usually are. Correlations stay. Fills in the
/// bends, not standardised.
void to_moments(TopPeak& peak, const LogMarginal& log_marginal) {
  const auto type = peak.location.scalar_type();
  for (const double half_width : {3.0, 2.75}) {  // standard deviations
    const auto t = half_width * at::linspace(-1, 1, points, peak.location.options()).view({points, 1, 1});
    const auto sd = peak.covariance.diagonal(0, -2, -1).sqrt();  // [1, B, P]
    // Row p: how all numbers move where number p moves by one standard deviation.
    const auto directions = (peak.covariance / sd.unsqueeze(-1)).to(type).squeeze(0).transpose(0, 1);  // [P, B, P]
    const auto z = peak.location + t.unsqueeze(-1) * directions;  // [points, P, B, P]
    const auto density = densities(log_marginal, z.flatten(0, 1)).view({points, z.size(1), z.size(2)});
    const auto found = moments_on(t, density);
    peak.location = peak.location + found.mean * sd.to(type);
    const auto scale = found.sd.to(at::kDouble);
    peak.covariance = scale.unsqueeze(-1) * peak.covariance * scale.unsqueeze(-2);
    peak.bends = at::cat({found.skewness, found.kurtosis}, -1);
  }
}

/// Where Newton steps got lost: the guess.
void replace_lost(TopPeak& peak, const at::Tensor& guess, const at::Tensor& reach) {
  const auto found = at::isfinite(peak.location).all(-1, true) & at::isfinite(peak.covariance).flatten(2).all(-1, true);
  peak.location = at::where(found, peak.location, guess);
  peak.covariance = at::where(found.unsqueeze(-1), peak.covariance, at::diag(reach.to(at::kDouble).square()));
}

}  // namespace

Affine conditional(const TopPeak& peak, std::int64_t first, std::int64_t count, const std::vector<std::int64_t>& known,
                   const at::Tensor& z) {
  const auto type = peak.location.scalar_type();
  const auto own = peak.location.narrow(-1, first, count);
  const auto variance = peak.covariance.narrow(-1, first, count).narrow(-2, first, count);
  if (known.empty()) return gaussian_of(own, variance.to(type));
  const auto index = at::tensor(known, at::kLong).to(z.device());
  const auto rows = peak.covariance.index_select(-2, index);
  const auto shared = rows.narrow(-1, first, count);                                             // [1, B, known, count]
  const auto slopes = at::linalg_solve(rows.index_select(-1, index), shared).transpose(-1, -2);  // [1, B, count, known]
  const auto apart = (z - peak.location.index_select(-1, index)).unsqueeze(-2);
  const auto shift = own + (slopes.to(type) * apart).sum(-1);
  auto result = gaussian_of(shift, (variance - at::matmul(slopes, shared)).to(type));
  result.log_diagonal = result.log_diagonal.expand_as(shift);
  return result;
}

NestedLaplace::NestedLaplace(Parameters& parameters, std::int64_t numbers, std::int64_t features, std::int64_t steps)
    : steps_(steps),
      weight_(parameters.add_buffer("top.weight", {numbers, features}, 0)),
      intercept_(parameters.add_buffer("top.intercept", {numbers}, 0)),
      reach_(parameters.add_buffer("top.reach", {numbers}, 1)),
      enabled_(parameters.add_buffer("top.enabled", {1}, 0)),
      standardizer_(parameters, "top.bends", 2 * numbers) {}

/// Bends are not standardised yet.
TopPeak NestedLaplace::find(const at::Tensor& encoding, const LogMarginal& log_marginal) const {
  at::NoGradGuard no_grad;
  const auto guess = affine_map(encoding.detach(), weight_, intercept_);
  const auto found = climb_safely(log_marginal.density, guess, reach_, steps_, log_marginal.at_once);
  TopPeak peak{found.location, at::linalg_inv(found.precision.to(at::kDouble)), {}};
  replace_lost(peak, guess, reach_);
  to_moments(peak, log_marginal);
  return peak;
}

TopPeak NestedLaplace::operator()(const at::Tensor& encoding, const LogMarginal& log_marginal) const {
  if (enabled_.item<float>() == 0) return {};
  auto peak = find(encoding, log_marginal);
  peak.bends = standardizer_(peak.bends);
  return peak;
}

TopPeak NestedLaplace::fit(const at::Tensor& encoding, const at::Tensor& truth, const std::vector<char>& fixed,
                           const LogMarginal& log_marginal) {
  at::NoGradGuard no_grad;
  const auto guess = regression_of({encoding}, truth, fixed);
  const auto robust = fit_robustly(guess.features, guess.targets);
  const auto kept = static_cast<std::int64_t>(guess.columns.size());
  const auto type = weight_.scalar_type();
  weight_.zero_();
  weight_.index_copy_(1, at::tensor(guess.columns, at::kLong), robust.coefficients.narrow(0, 0, kept).t().to(type));
  intercept_.copy_(robust.coefficients.select(0, kept).to(type));
  reach_.copy_((robust_scale(robust.residuals) + 1e-6).to(type));
  enabled_.fill_(1);
  auto peak = find(encoding, log_marginal);
  standardizer_.fit(peak.bends);
  peak.bends = standardizer_(peak.bends);
  return peak;
}

}  // namespace adavi
