#include "inference/newton.hpp"

#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <tuple>

namespace adavi {
namespace {

constexpr double share_of_sd = 0.7;            // over which curvatures are averaged
constexpr double farthest_step = 200.0;        // in units of the reach
constexpr double careful_step = 3.0;           // likewise
constexpr double settled = 1e-2;               // nats: closer to the peak, rounding alone makes places steeper
constexpr double rounding = 1e-6;              // of eigenvalues next to 1 in float32
constexpr double smallest_of_parabola = 1e-4;  // likewise, where the curvature is known
constexpr double smallest_precision = 0.05;    // in units of 1 / reach^2: keeps flat or convex places finite

using torch::autograd::grad;

/// Places that are looked at together: with few numbers each, operations cost more than what they do.
std::int64_t places_at_once(const at::Tensor& z) {
  constexpr std::int64_t most_numbers = 1 << 18;
  return z.size(0) == 1 ? std::max<std::int64_t>(1, most_numbers / z.numel()) : 1;
}

/// At each of so many points, `at_once` of them together.
std::vector<at::Tensor> gradients_at(const Objective& objective, const std::vector<at::Tensor>& points,
                                     bool differentiable, std::int64_t at_once) {
  const auto rows = points.front().size(0);
  std::vector<at::Tensor> gradients;
  for (const auto& some : at::cat(points, 0).split(at_once * rows, 0)) {
    for (const auto& gradient : gradient_at(objective, some, differentiable).split(rows, 0)) {
      gradients.push_back(gradient);
    }
  }
  return gradients;
}

/// Minus the mean second derivatives [..., D, D] over `width` [..., D] to both sides: unlike those at a point they also
/// see the kinks of a Laplace density, and the skewness of a Poisson's.
at::Tensor curvature_at(const Objective& objective, const at::Tensor& z, const at::Tensor& width, bool differentiable,
                        std::int64_t at_once) {
  const auto size = z.size(-1);
  const auto asides = at::diag_embed(width).unbind(-1);  // [..., D] each
  std::vector<at::Tensor> points;                        // beyond, then before, every number's
  for (const auto& aside : asides) points.push_back(z + aside);
  for (const auto& aside : asides) points.push_back(z - aside);
  const auto gradients = gradients_at(objective, points, differentiable, at_once);
  std::vector<at::Tensor> rows;
  for (std::int64_t d = 0; d < size; ++d) {
    const auto fall = gradients[static_cast<std::size_t>(size + d)] - gradients[static_cast<std::size_t>(d)];
    rows.push_back(fall / (2 * width.select(-1, d).unsqueeze(-1)));
  }
  const auto curvature = at::stack(rows, -2);
  return 0.5 * (curvature + curvature.transpose(-1, -2));
}

/// The curvature where it is positive definite by more than rounding, so that it can be solved and inverted; elsewhere
/// its diagonal, kept away from zero and finite.
at::Tensor positive(const at::Tensor& curvature, const at::Tensor& floor) {
  if (curvature.size(-1) == 1) return at::maximum(curvature, floor.unsqueeze(-1));
  const auto diagonal = curvature.diagonal(0, -2, -1);
  const auto fallback = at::diag_embed(at::maximum(at::nan_to_num(diagonal.abs(), 0.0, 1e30), floor));
  at::Tensor factor, info;
  {
    at::NoGradGuard no_grad;
    const auto scale = at::rsqrt(diagonal.abs().clamp_min(1e-30));
    const auto one = curvature * scale.unsqueeze(-1) * scale.unsqueeze(-2);  // its diagonal is 1 where it is positive
    std::tie(factor, info) = at::linalg_cholesky_ex(one - at::diag_embed(rounding + 1e-3 * floor * scale.square()));
  }
  return at::where((info == 0).unsqueeze(-1).unsqueeze(-1), curvature, fallback);
}

at::Tensor without_nan(const at::Tensor& x) { return at::nan_to_num(x, 0.0, 0.0, 0.0); }

/// The curvature with eigenvalues, in units of the reach, that are positive and not so small that the peak would be
/// much wider than it is known to be. On the way, directions that bend the other way are left as fast as they bend; at
/// the end they are no peak at all.
at::Tensor clamped(const at::Tensor& curvature, const at::Tensor& reach, bool on_the_way) {
  constexpr double least = 0.2;
  const at::NoGradGuard no_grad;
  const auto unit = reach.to(at::kDouble);
  const auto scaled = without_nan(curvature.to(at::kDouble) * unit.unsqueeze(-1) * unit);
  const auto [values, vectors] = at::linalg_eigh(scaled);
  const auto kept =
      at::matmul(vectors * (on_the_way ? values.abs() : values).clamp_min(least).unsqueeze(-2), vectors.mT());
  return (kept / (unit.unsqueeze(-1) * unit)).to(curvature.scalar_type());
}

/// Per row, the best of some multiples of a step from z [1, B, D], none of it included.
at::Tensor best_on_the_way(const Objective& by_row, const at::Tensor& z, const at::Tensor& step, std::int64_t at_once) {
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> points, terms;
  for (const double share : {0.0, 0.03, 0.1, 0.3, 1.0}) points.push_back(z + share * step);
  const auto all = at::cat(points, 0);
  for (const auto& some : all.split(at_once, 0)) terms.push_back(by_row(some).expand({some.size(0), some.size(1)}));
  const auto best = at::nan_to_num(at::cat(terms, 0), -1e30, -1e30, -1e30).argmax(0, true);
  return all.gather(0, best.unsqueeze(-1).expand_as(z));
}

}  // namespace

at::Tensor gradient_at(const Objective& objective, const at::Tensor& point, bool differentiable) {
  const auto z = point.requires_grad() ? point : point.detach().requires_grad_();
  const auto total = objective(z);
  if (!total.requires_grad()) return at::zeros_like(z);  // it does not depend on z
  return grad({total}, {z}, {}, differentiable, differentiable).front();
}

namespace {

/// The gradient [..., D] of a parabola, and minus its second derivatives [..., D, D].
struct Slopes {
  at::Tensor gradient, curvature;
};

/// Those at z, by differences over `width` [D] to one side.
Slopes slopes_of_parabola(const Objective& objective, const at::Tensor& z, const at::Tensor& width,
                          bool differentiable) {
  std::vector<at::Tensor> points = {z};
  for (const auto& aside : at::diag(width).unbind(-1)) points.push_back(z + aside);
  const auto gradients = gradients_at(objective, points, differentiable, places_at_once(z));
  std::vector<at::Tensor> rows;
  for (std::int64_t d = 0; d < z.size(-1); ++d) {
    rows.push_back((gradients.front() - gradients[static_cast<std::size_t>(d + 1)]) / width[d]);
  }
  const auto curvature = at::stack(rows, -2);
  // Rows differ by rounding errors alone. Along a flat axis one reads off those of the steep ones: the steeper of two
  // says more.
  const auto steepness = (curvature.diagonal(0, -2, -1) * width.square()).detach().abs() + 1e-30;
  const auto share = steepness.unsqueeze(-1) / (steepness.unsqueeze(-1) + steepness.unsqueeze(-2));
  const auto weighed = share * curvature;
  return {gradients.front(), weighed + weighed.transpose(-1, -2)};
}

}  // namespace

/// T T^T g, for T of `inverse_factor`.
at::Tensor solve(const at::Tensor& precision, const at::Tensor& gradient) {
  if (precision.size(-1) == 1) return gradient / precision.squeeze(-1);
  const auto factor = inverse_factor(precision);
  std::vector<at::Tensor> inner, result;
  for (std::size_t j = 0; j < factor.size(); ++j) {
    at::Tensor sum;
    for (std::size_t i = j; i < factor.size(); ++i) {
      const auto term = factor[i][j] * gradient.select(-1, static_cast<std::int64_t>(i));
      sum = sum.defined() ? sum + term : term;
    }
    inner.push_back(sum);
  }
  for (std::size_t i = 0; i < factor.size(); ++i) {
    at::Tensor sum;
    for (std::size_t j = 0; j <= i; ++j) {
      const auto term = factor[i][j] * inner[j];
      sum = sum.defined() ? sum + term : term;
    }
    result.push_back(sum);
  }
  return at::stack(result, -1);
}

Peak climb(const Objective& objective, const at::Tensor& start, const at::Tensor& reach, std::int64_t steps,
           const at::Tensor& sd) {
  const bool differentiable = at::GradMode::is_enabled();
  const at::AutoGradMode gradients_on(true);
  const auto floor = smallest_precision / reach.square();
  const auto limited = [&](const at::Tensor& step, double reaches) {
    const auto limit = reaches * reach;
    return limit * at::tanh(step / limit);
  };
  auto z = start.detach();
  // Somewhat less than the peak is wide: first guessed, then known.
  auto width = sd.defined() ? (share_of_sd * sd).detach() : (2 * reach * at::ones_like(z)).detach();
  at::Tensor before, slope;  // the estimate before this one, and how steep it was there
  at::Tensor cautious;       // the short step from it
  at::Tensor precision;
  for (std::int64_t step = 0; step < steps; ++step) {
    const auto gradient = gradient_at(objective, z, false);
    precision = positive(curvature_at(objective, z, width, false, places_at_once(z)), floor);
    const auto newton = solve(precision, gradient);
    width = share_of_sd * at::rsqrt(precision.diagonal(0, -2, -1));
    const auto steepness = (gradient * newton).sum(-1, true);
    auto next = z + limited(newton, farthest_step);
    // A long step that led to a steeper place went too far: the next estimate starts over with a short one.
    if (before.defined()) next = at::where((steepness > slope) & (steepness > settled), before + cautious, next);
    before = z;
    slope = steepness;
    cautious = limited(newton, careful_step);
    z = next;
  }
  // Next to the peak one more step with the last curvature carries the derivative of the peak.
  z = z + limited(solve(precision, gradient_at(objective, z, differentiable)), careful_step);
  precision = positive(curvature_at(objective, z, width, differentiable, places_at_once(z)), floor);
  if (differentiable) return {z, precision};
  return {z.detach(), precision.detach()};
}

Peak climb_parabola(const Objective& objective, const at::Tensor& start, const at::Tensor& reach) {
  const bool differentiable = at::GradMode::is_enabled();
  const at::AutoGradMode gradients_on(true);
  auto z = start.detach();
  at::Tensor precision;
  // The first step lands at the peak but for rounding errors of its length, next to a narrow peak more than its width.
  // Where they spoil the curvature, too, it is taken again from there.
  for (bool again : {false, true}) {
    const auto [gradient, curvature] = slopes_of_parabola(objective, z, reach, differentiable);
    precision = positive(curvature, smallest_of_parabola / reach.square());
    const at::NoGradGuard no_grad;
    z = z + solve(precision, gradient);
    if (again || at::equal(precision, curvature)) break;
  }
  const auto peak = z + solve(precision, gradient_at(objective, z, differentiable));
  if (differentiable) return {peak, precision};
  return {peak.detach(), precision.detach()};
}

Peak climb_safely(const ObjectiveAround& around, const at::Tensor& start, const at::Tensor& reach,
                  const at::Tensor& usual_width, std::int64_t steps, std::int64_t at_once) {
  constexpr double longest_step = 8.0;  // in units of the reach
  constexpr double arrived = 1e-4;      // nats
  const at::AutoGradMode gradients_on(true);
  auto z = start.detach();
  auto width = (usual_width * at::ones_like(z)).detach();
  at::Tensor precision;
  for (std::int64_t step = 0; step <= steps; ++step) {
    const auto by_row = around(z);
    const Objective objective = [&](const at::Tensor& at) { return by_row(at).sum(); };
    const auto curvature = without_nan(curvature_at(objective, z, width, false, at_once));
    precision = clamped(curvature, reach, step < steps);
    width = at::minimum(share_of_sd * at::rsqrt(precision.diagonal(0, -2, -1)), 2 * usual_width);
    if (step == steps) break;
    const auto gradient = without_nan(gradient_at(objective, z, false));
    const auto newton = without_nan(solve(precision, gradient));
    if ((gradient * newton).sum(-1).max().item<double>() < arrived) {
      precision = clamped(curvature, reach, false);
      break;
    }
    const auto limit = longest_step * reach;
    z = best_on_the_way(by_row, z, limit * at::tanh(newton / limit), at_once);
  }
  return {z.detach(), precision.detach()};
}

std::vector<std::vector<at::Tensor>> inverse_factor(const at::Tensor& precision) {
  constexpr std::int64_t few = 4;  // above, LAPACK is quicker than so many operations
  const auto size = precision.size(-1);
  const auto n = static_cast<std::size_t>(size);
  const auto at_ = [](const at::Tensor& matrix, std::size_t i, std::size_t j) {
    return matrix.select(-2, static_cast<std::int64_t>(i)).select(-1, static_cast<std::int64_t>(j));
  };
  std::vector<std::vector<at::Tensor>> inverse(n, std::vector<at::Tensor>(n));
  if (size > few) {
    // P = U U^T with U upper triangular is the factorisation of P with its axes reversed; T = U^-T.
    const auto reversed = std::get<0>(at::linalg_cholesky_ex(precision.flip({-2, -1}))).flip({-2, -1});
    const auto unit = at::eye(size, precision.options()).expand_as(precision);
    const auto factor = at::linalg_solve_triangular(reversed.mT(), unit, /*upper=*/false);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j) inverse[i][j] = at_(factor, i, j);
    }
    return inverse;
  }
  std::vector<std::vector<at::Tensor>> upper(n, std::vector<at::Tensor>(n));  // U
  for (std::size_t j = n; j-- > 0;) {
    for (std::size_t i = j + 1; i-- > 0;) {
      auto left = at_(precision, i, j);
      for (std::size_t k = j + 1; k < n; ++k) left = left - upper[i][k] * upper[j][k];
      upper[i][j] = i == j ? left.sqrt() : left / upper[j][j];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    inverse[i][i] = upper[i][i].reciprocal();
    for (std::size_t j = 0; j < i; ++j) {
      at::Tensor sum;
      for (std::size_t k = j; k < i; ++k) {
        const auto term = upper[k][i] * inverse[k][j];
        sum = sum.defined() ? sum + term : term;
      }
      inverse[i][j] = -sum * inverse[i][i];
    }
  }
  return inverse;
}

Affine gaussian_of(const Peak& peak, std::int64_t count) {
  Affine result;
  result.shift = peak.location.narrow(-1, 0, count);
  if (peak.precision.size(-1) == 1) {
    result.log_diagonal = -0.5 * at::log(peak.precision.squeeze(-1));
    return result;
  }
  const auto factor = inverse_factor(peak.precision);
  std::vector<at::Tensor> diagonal, below;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    diagonal.push_back(factor[i][i]);
    for (std::size_t j = 0; j < i; ++j) below.push_back(factor[i][j]);
  }
  result.log_diagonal = at::log(at::stack(diagonal, -1));
  if (!below.empty()) result.below = at::stack(below, -1);
  return result;
}

Affine gaussian_of(const at::Tensor& mean, const at::Tensor& covariance) {
  Affine result;
  result.shift = mean;
  const auto count = mean.size(-1);
  const auto diagonal = covariance.diagonal(0, -2, -1).clamp_min(1e-30);
  if (count == 1) {
    result.log_diagonal = 0.5 * at::log(diagonal);
    return result;
  }
  // Correlations have a better conditioned factor than covariances.
  const auto sd = diagonal.sqrt();
  const auto correlation = covariance / (sd.unsqueeze(-1) * sd.unsqueeze(-2));
  const auto shrunk = 0.9999 * correlation + 1e-4 * at::eye(count, covariance.options());
  const auto factor = std::get<0>(at::linalg_cholesky_ex(shrunk)) * sd.unsqueeze(-1);
  result.log_diagonal = at::log(factor.diagonal(0, -2, -1));
  std::vector<at::Tensor> rows;
  for (std::int64_t row = 1; row < count; ++row) rows.push_back(factor.select(-2, row).narrow(-1, 0, row));
  result.below = at::cat(rows, -1);
  return result;
}

at::Tensor marginal_variances(const Peak& peak) {
  std::vector<at::Tensor> variances;
  for (const auto& row : inverse_factor(peak.precision)) {
    at::Tensor sum;
    for (const auto& element : row) {
      if (!element.defined()) continue;
      sum = sum.defined() ? sum + element.square() : element.square();
    }
    variances.push_back(sum);
  }
  return at::stack(variances, -1).clamp_min(1e-30);
}

}  // namespace adavi
