#include "inference/profile.hpp"

#include "inference/regression.hpp"

namespace adavi {
namespace {

constexpr std::int64_t points = 7;
constexpr double first_width = 3.0, second_width = 2.75;  // half widths of the grids, in standard deviations

/// Moments of a density on an even grid: z, log density [points, B] -> mean, sd, skewness [B].
struct GridMoments {
  at::Tensor mean, sd, skewness;
};

GridMoments moments_on(const at::Tensor& z, const at::Tensor& log_density) {
  const auto known = at::nan_to_num(log_density, -1e30, -1e30, -1e30);
  const auto weight = at::softmax(known, 0);
  const auto mean = (weight * z).sum(0);
  const auto centred = z - mean;
  const auto spacing = (z.select(0, 1) - z.select(0, 0)).abs();
  // A density narrower than the grid is as wide as a quarter of its spacing at least.
  const auto sd = at::maximum((weight * centred.square()).sum(0).sqrt(), 0.25 * spacing);
  return {mean, sd, (weight * centred.pow(3)).sum(0) / sd.pow(3)};
}

}  // namespace

Profile::Profile(Parameters& parameters, std::int64_t numbers, std::int64_t features)
    : weight_(parameters.add_buffer("profile.weight", {numbers, features}, 0)),
      intercept_(parameters.add_buffer("profile.intercept", {numbers}, 0)),
      reach_(parameters.add_buffer("profile.reach", {numbers}, 1)),
      enabled_(parameters.add_buffer("profile.enabled", {1}, 0)),
      standardizer_(parameters, "profile.features", 3 * numbers) {}

at::Tensor Profile::on_grids(const at::Tensor& encoding, const LogMarginal& log_marginal) const {
  auto center = affine_map(encoding, weight_, intercept_).squeeze(0);  // [B, P]
  auto width = (reach_ * at::ones_like(center)).clone();
  auto skewness = at::zeros_like(center);
  const auto steps = at::linspace(-1, 1, points, encoding.options()).unsqueeze(1);
  for (const double half_width : {first_width, second_width}) {
    for (std::int64_t p = 0; p < center.size(1); ++p) {
      const auto z = center.select(1, p) + half_width * width.select(1, p) * steps;  // [points, B]
      auto all = center.unsqueeze(0).repeat({points, 1, 1});
      all.select(2, p).copy_(z);
      const auto found = moments_on(z, log_marginal(all));
      center.select(1, p).copy_(found.mean);
      width.select(1, p).copy_(found.sd);
      skewness.select(1, p).copy_(found.skewness);
    }
  }
  return at::cat({center, at::log(width), skewness}, 1).unsqueeze(0);
}

at::Tensor Profile::operator()(const at::Tensor& encoding, const LogMarginal& log_marginal) const {
  if (enabled_.item<float>() == 0) return at::zeros({1, encoding.size(1), 3 * reach_.size(0)}, encoding.options());
  at::NoGradGuard no_grad;
  return standardizer_(on_grids(encoding.detach(), log_marginal));
}

at::Tensor Profile::fit(const at::Tensor& encoding, const at::Tensor& truth, const std::vector<char>& fixed,
                        const LogMarginal& log_marginal) {
  at::NoGradGuard no_grad;
  enabled_.fill_(0);
  const auto guess = regression_of({encoding}, truth, fixed);
  const auto robust = fit_robustly(guess.features, guess.targets);
  const auto kept = static_cast<std::int64_t>(guess.columns.size());
  const auto type = weight_.scalar_type();
  weight_.index_copy_(1, at::tensor(guess.columns, at::kLong), robust.coefficients.narrow(0, 0, kept).t().to(type));
  intercept_.copy_(robust.coefficients.select(0, kept).to(type));
  reach_.copy_((robust_scale(robust.residuals) + 1e-6).to(type));
  const auto raw = on_grids(encoding, log_marginal);
  standardizer_.fit(raw);
  const auto profiled = standardizer_(raw);
  if (held_out_score(regression_of({encoding, profiled}, truth, fixed)) > held_out_score(guess)) {
    enabled_.fill_(1);
    return profiled;
  }
  return at::zeros_like(profiled);
}

}  // namespace adavi
