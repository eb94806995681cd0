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

/// Undefined if zero for certain: no derivative may be lost. On a GPU it takes longer to ask.
at::Tensor unless_zero(const at::Tensor& x) {
  if (x.requires_grad() || x.is_cuda() || x.any().item<bool>()) return x;
  return {};
}

/// Deviation from the location by element, and its slopes: [element][0 or 1 + number], [K or 1, B, plates...].
using AffineRows = std::vector<std::vector<at::Tensor>>;

/// W [..., n, n] times the deviations of n elements.
AffineRows whitened(const at::Tensor& w, const AffineRows& deviation) {
  AffineRows result(deviation.size(), std::vector<at::Tensor>(deviation.front().size()));
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

/// What a term is made of, around a place.
struct Deviation {
  AffineRows affine;
  at::Tensor scale;  ///< the distribution's second argument
  at::Tensor ones;   ///< [1, B, plates...] where it is there, else zeros
};

/// A term's sum over the plates below `depth`.
class Sum {
 public:
  explicit Sum(int depth) : depth_(depth) {}
  at::Tensor operator()(const at::Tensor& terms) const { return over_plates(terms, depth_); }
  /// Weights that are the same all over what is summed stay outside of it: then the sum may know only data.
  at::Tensor operator()(const at::Tensor& terms, const at::Tensor& weight) const {
    const auto inner = weight.sizes().slice(static_cast<std::size_t>(2 + depth_));
    const bool outside = std::all_of(inner.begin(), inner.end(), [](std::int64_t size) { return size == 1; });
    return outside ? (*this)(terms) * (*this)(weight) : (*this)(terms * weight);
  }

 private:
  int depth_;
};

bool is_lognormal(const Variable& variable) { return variable.distribution->name == "lognormal"; }
bool is_multivariate(const Variable& variable) { return variable.distribution->name.rfind("multi_normal", 0) == 0; }

Deviation deviation_of(const GaussianTerm& term, const at::Tensor& place, const GenerativeModel& model,
                       const VariableValues& values, const at::Tensor& present) {
  const auto index = static_cast<std::size_t>(term.variable);
  const Variable& own = model.model().variables[index];
  const auto rank = static_cast<std::int64_t>(own.type.shape.size());
  Deviation result;
  const auto at = [&](const at::Tensor& numbers) {
    auto all = values;
    model.constrain_block(term.latents, numbers, all);
    EvaluationContext context(model.model(), all, model.options());
    const auto arguments = aligned_arguments(*own.distribution, own.depth, rank, context);
    result.scale = arguments[1];
    const auto x = is_lognormal(own) ? at::log(all[index]) : all[index];
    return kept(with_events(x - arguments[0], 2 + own.depth, own.type.shape, 0), present);
  };
  const auto numbers = place.index_select(-1, at::tensor(term.places, at::kLong).to(place.device()));
  const auto there = at(numbers);
  result.affine.resize(static_cast<std::size_t>(there.size(-1)));
  const auto add_column = [&](const at::Tensor& column) {
    for (std::size_t e = 0; e < result.affine.size(); ++e) {
      result.affine[e].push_back(unless_zero(column.select(-1, static_cast<std::int64_t>(e))));
    }
  };
  add_column(there);
  for (const auto& aside : at::eye(numbers.size(-1), numbers.options()).unbind(0)) {
    add_column(at(numbers + aside) - there);
  }
  result.ones = kept(at::ones_like(there.narrow(0, 0, 1).select(-1, 0)), present);
  return result;
}

void add_normal(Parabola& parabola, const GaussianTerm& term, const Deviation& deviation, const at::Tensor& scales,
                const Sum& sum) {
  for (std::size_t e = 0; e < deviation.affine.size(); ++e) {
    const auto scale = scales.select(-1, static_cast<std::int64_t>(e)), precision = scale.square().reciprocal();
    parabola.subtract_square(deviation.affine[e], term.places,
                             [&](const at::Tensor& terms) { return sum(terms, precision); });
    parabola.add_height(sum(deviation.ones, -at::log(scale) - half_log_two_pi));
  }
}

/// `whitening` [..., vectors, n, n] of the elements [vectors * n].
void add_multivariate(Parabola& parabola, const GaussianTerm& term, const Deviation& deviation,
                      const Whitening& whitening, const Sum& sum) {
  const auto size = whitening.matrix.size(-1);
  for (std::int64_t v = 0; v < whitening.log_det.size(-1); ++v) {
    const auto first = deviation.affine.begin() + v * size;
    for (const auto& row : whitened(whitening.matrix.select(-3, v), AffineRows(first, first + size))) {
      parabola.subtract_square(row, term.places, sum);
    }
    const double constant = half_log_two_pi * static_cast<double>(size);
    parabola.add_height(sum(deviation.ones, whitening.log_det.select(-1, v) - constant));
  }
}

}  // namespace

void GaussianTerm::add(Parabola& parabola, const at::Tensor& place, int depth, const GenerativeModel& model,
                       const VariableValues& values, const at::Tensor& present) const {
  const Variable& own = model.model().variables[static_cast<std::size_t>(variable)];
  const auto deviation = deviation_of(*this, place, model, values, present);
  const auto leading = std::int64_t{2} + own.depth;
  const Sum sum(depth);
  if (is_multivariate(own)) {
    const Shape vectors(own.type.shape.begin(), own.type.shape.end() - 1);
    const auto scale = with_events(deviation.scale, leading, vectors, 2);
    add_multivariate(parabola, *this, deviation, whitening(own.distribution->name, scale), sum);
  } else {
    add_normal(parabola, *this, deviation, with_events(deviation.scale, leading, own.type.shape, 0), sum);
  }
  if (is_lognormal(own)) {
    const auto log_x = at::log(values[static_cast<std::size_t>(variable)]);
    parabola.add_height(-sum(deviation.ones * with_events(log_x, leading, own.type.shape, 0).sum(-1)));
  }
}

}  // namespace adavi
