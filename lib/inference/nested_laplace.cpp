#include "inference/nested_laplace.hpp"

#include "inference/newton.hpp"
#include "inference/regression.hpp"

namespace adavi {
namespace {

constexpr double aside = 1.7;          // standard deviations at which bends are measured
constexpr double farthest_bend = 1e3;  // nats

/// Nats by which the density falls more than a Gaussian does, `aside` of each number's peak, the others where they then
/// usually are: [1, B, 2 P].
at::Tensor bends_at(const TopPeak& peak, const LogMarginal& log_marginal) {
  const auto sd = peak.covariance.diagonal(0, -2, -1).sqrt();
  // Row p: where number p is one standard deviation up.
  const auto directions = (peak.covariance / sd.unsqueeze(-1)).to(peak.location.scalar_type());  // [1, B, P, P]
  const auto rows = directions.squeeze(0).transpose(0, 1);                                       // [P, B, P]
  const auto points = at::cat({peak.location, peak.location + aside * rows, peak.location - aside * rows}, 0);
  std::vector<at::Tensor> densities;
  for (const auto& some : points.split(log_marginal.at_once, 0)) {
    densities.push_back(log_marginal.density(some).expand({some.size(0), some.size(1)}));
  }
  const auto density = at::cat(densities, 0);
  const auto fall = density.narrow(0, 0, 1) - density.narrow(0, 1, points.size(0) - 1) - 0.5 * aside * aside;
  return at::nan_to_num(fall, farthest_bend, farthest_bend, -farthest_bend)
      .clamp(-farthest_bend, farthest_bend)
      .t()
      .unsqueeze(0);
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
  peak.bends = bends_at(peak, log_marginal);
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
