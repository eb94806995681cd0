#include "inference/gaussian_term.hpp"

#include <algorithm>

#include "distributions/multi_normal.hpp"
#include "distributions/numerics.hpp"
#include "inference/presence.hpp"
#include "inference/random_variable.hpp"

namespace adavi {
namespace {

/// `x` [any of the leading axes..., event..., own...] as [leading..., events, own...], with the event axes of `shape`
/// in one.
at::Tensor with_events(const at::Tensor& x, std::int64_t leading, const Shape& shape, std::int64_t own) {
  auto sizes = x.sizes().vec();
  const auto events = static_cast<std::int64_t>(shape.size());
  sizes.insert(sizes.begin(), static_cast<std::size_t>(std::max<std::int64_t>(0, leading + events + own - x.dim())), 1);
  const auto full = x.reshape(sizes);
  std::copy(shape.begin(), shape.end(), sizes.begin() + leading);
  if (events == 0) return full.unsqueeze(leading);
  return full.expand(sizes).flatten(leading, leading + events - 1);
}

/// Zero for certain: no derivative may be lost.
at::Tensor unless_zero(const at::Tensor& x) { return !x.requires_grad() && !x.any().item<bool>() ? at::Tensor() : x; }

/// Deviation from the location by element, and its slopes: [element][0 or 1 + number], [K or 1, B, plates...].
using Affine = std::vector<std::vector<at::Tensor>>;

/// W [..., n, n] times the deviations of n elements.
Affine whitened(const at::Tensor& w, const Affine& deviation) {
  Affine result(deviation.size(), std::vector<at::Tensor>(deviation.front().size()));
  for (std::size_t i = 0; i < deviation.size(); ++i) {
    for (std::size_t j = 0; j < deviation.size(); ++j) {
      const auto at = [](std::size_t k) { return static_cast<std::int64_t>(k); };
      const auto factor = unless_zero(w.select(-1, at(j)).select(-1, at(i)));
      if (!factor.defined()) continue;
      for (std::size_t d = 0; d < deviation[j].size(); ++d) {
        if (deviation[j][d].defined()) add_to(result[i][d], factor * deviation[j][d]);
      }
    }
  }
  return result;
}

bool is_multivariate(const Distribution& distribution) { return distribution.name.rfind("multi_normal", 0) == 0; }

}  // namespace

void GaussianTerm::add(Parabola& parabola, const at::Tensor& place, int depth, const GenerativeModel& model,
                       const VariableValues& values, const at::Tensor& present) const {
  const auto index = static_cast<std::size_t>(variable);
  const Variable& own = model.model().variables[index];
  const Distribution& distribution = *own.distribution;
  const auto leading = std::int64_t{2} + own.depth;
  const auto rank = static_cast<std::int64_t>(own.type.shape.size());
  const bool logarithm = distribution.name == "lognormal";
  at::Tensor scale;
  const auto deviation = [&](const at::Tensor& numbers) {
    auto all = values;
    model.constrain_block(latents, numbers, all);
    EvaluationContext context(model.model(), all, model.options());
    const auto arguments = aligned_arguments(distribution, own.depth, rank, context);
    scale = arguments[1];
    const auto x = logarithm ? at::log(all[index]) : all[index];
    return kept(with_events(x - arguments[0], leading, own.type.shape, 0), present);
  };
  const auto numbers = place.index_select(-1, at::tensor(places, at::kLong).to(place.device()));
  const auto there = deviation(numbers);
  Affine affine(static_cast<std::size_t>(there.size(-1)));
  const auto add_column = [&](const at::Tensor& column) {
    for (std::size_t e = 0; e < affine.size(); ++e) {
      affine[e].push_back(unless_zero(column.select(-1, static_cast<std::int64_t>(e))));
    }
  };
  add_column(there);
  for (const auto& aside : at::eye(numbers.size(-1), numbers.options()).unbind(0)) {
    add_column(deviation(numbers + aside) - there);
  }

  // Weights that are the same all over what is summed stay outside of it: then the sums know only data.
  const auto summed = [&](const at::Tensor& terms, const at::Tensor& weight) {
    const auto inner = weight.sizes().slice(static_cast<std::size_t>(2 + depth));
    const bool outside = std::all_of(inner.begin(), inner.end(), [](std::int64_t size) { return size == 1; });
    return outside ? over_plates(terms, depth) * over_plates(weight, depth) : over_plates(terms * weight, depth);
  };
  const auto ones = kept(at::ones_like(there.narrow(0, 0, 1).select(-1, 0)), present);
  if (logarithm) parabola.add_height(-over_plates(ones * at::log(values[index]), depth));
  if (is_multivariate(distribution)) {
    const Shape batch(own.type.shape.begin(), own.type.shape.end() - 1);
    const auto whitening = adavi::whitening(distribution.name, with_events(scale, leading, batch, 2));
    const auto size = whitening.matrix.size(-1);
    for (std::int64_t b = 0; b < whitening.matrix.size(leading); ++b) {
      const auto first = affine.begin() + b * size;
      const auto matrix = whitening.matrix.select(leading, b);
      for (const auto& row : whitened(matrix, Affine(first, first + size))) {
        parabola.subtract_square(row, places, [&](const at::Tensor& terms) { return over_plates(terms, depth); });
      }
      const double constant = half_log_two_pi * static_cast<double>(size);
      parabola.add_height(summed(ones, whitening.log_det.select(leading, b) - constant));
    }
    return;
  }
  const auto scales = with_events(scale, leading, own.type.shape, 0);
  for (std::size_t e = 0; e < affine.size(); ++e) {
    const auto one = scales.select(-1, static_cast<std::int64_t>(e));
    const auto precision = one.square().reciprocal();
    parabola.subtract_square(affine[e], places, [&](const at::Tensor& terms) { return summed(terms, precision); });
    parabola.add_height(summed(ones, -at::log(one) - half_log_two_pi));
  }
}

}  // namespace adavi
