#include "inference/triangular_map.hpp"

#include <algorithm>
#include <cmath>

namespace adavi {
namespace {

constexpr std::size_t most_factors = 3;
constexpr std::int64_t powers = 5;  // of each number, 0 included
// Polynomials run away in the tails: there they are flat, and what comes of them is bounded.
constexpr double flat_from = 2.5;    // standard deviations, of the numbers before
constexpr double straight_from = 3;  // likewise, of the number itself
constexpr double spread = 1.2;       // likewise, of the points: the tails are to fit, too
constexpr double most_mean = 1.5;    // likewise
constexpr double most_log_sd = 1, least_precision = 0.1;
constexpr double most_skew = 1, most_tail = 0.4;

/// How numbers lie given those before: y = sinh((1 + tail) asinh(u) + skew) of u ~ N(0, 1) (Jones and Pewsey 2009) has
/// mean 0 and variance 1 once `middle` is taken off and it is divided by `width`, about; then mean + sd y.
struct Conditionals {
  at::Tensor mean, log_sd, skew, tail, middle, width;
};

at::Tensor bounded(const at::Tensor& x, double most) { return most * at::tanh(x / most); }

/// Of `count` of a layer's numbers, [K, B, count], such that to first order their log density has its coefficients.
Conditionals conditionals(const TriangularLayer& layer, std::int64_t first, std::int64_t count,
                          const at::Tensor& products) {
  // For u ~ N(0, 1) and r = sqrt(1 + u^2): means of r, r (u^2 - 1) / 2, r u asinh(u) and r (u^3 - 3 u) asinh(u) / 6.
  constexpr double r_0 = 1.3545308, r_2 = 0.2824454, s_1 = 1.4614553, s_3 = 0.0897575;
  const auto some = layer.narrow(-3, first, count).narrow(-1, 0, products.size(-1));
  const auto sums = (some * products.unsqueeze(-2).unsqueeze(-2)).sum(-1);
  const auto of = [&](std::int64_t power) { return sums.select(-1, power - 1); };
  const auto flatter = (1 - 2 * of(2)).clamp(least_precision, 1 / least_precision);
  const auto log_sd = bounded(-0.5 * at::log(flatter), most_log_sd);
  const auto skew = bounded(of(3) / r_2, most_skew), tail = bounded(of(4) / s_3, most_tail);
  const auto sinh = at::sinh(skew);
  return {bounded(of(1) * at::exp(2 * log_sd), most_mean),
          log_sd,
          skew,
          tail,
          r_0 * sinh,
          at::sqrt(1 + (3 - r_0 * r_0) * sinh.square()) * (1 + s_1 * tail)};
}

at::Tensor log_root_of_square(const at::Tensor& x) { return 0.5 * at::log1p(x.square()); }

/// Between the straight ends, y as above: v and log slopes.
Bijected bent(const Conditionals& c, const at::Tensor& u) {
  const auto y = at::sinh((1 + c.tail) * at::asinh(u) + c.skew);
  return {c.mean + at::exp(c.log_sd) * (y - c.middle) / c.width,
          c.log_sd + at::log((1 + c.tail) / c.width) + log_root_of_square(y) - log_root_of_square(u)};
}

at::Tensor bent_back(const Conditionals& c, const at::Tensor& v) {
  const auto y = (v - c.mean) * at::exp(-c.log_sd) * c.width + c.middle;
  return at::sinh((at::asinh(y) - c.skew) / (1 + c.tail));
}

/// Beyond, tails fall as they did, or slower: rather too heavy than too light, or importance weights had no variance.
at::Tensor log_slope_beyond(const Conditionals& c) { return c.log_sd.clamp_min(0); }

Bijected onto(const Conditionals& c, const at::Tensor& u) {
  const auto inside = u.clamp(-straight_from, straight_from);
  const auto v = bent(c, inside);
  const auto beyond = log_slope_beyond(c);
  return {v.value + at::exp(beyond) * (u - inside), at::where(u == inside, v.log_slope, beyond)};
}

Bijected off(const Conditionals& c, const at::Tensor& v) {
  const auto beyond = log_slope_beyond(c);
  const auto ends = at::full_like(c.mean, straight_from);
  const auto low = bent(c, -ends).value, high = bent(c, ends).value;
  const auto inside = at::minimum(at::maximum(v, low), high);
  const auto u = bent_back(c, inside);
  return {u + at::exp(-beyond) * (v - inside), -at::where(v == inside, bent(c, u).log_slope, beyond)};
}

/// Hermite polynomials up to the fourth, the constant first: [..., 5].
at::Tensor hermite(const at::Tensor& x) {
  const auto square = x.square();
  return at::stack({at::ones_like(x), x, square - 1, x * (square - 3), square * (square - 6) + 3}, -1);
}

}  // namespace

at::Tensor normal_points(std::int64_t count, std::int64_t numbers) {
  double ratio = 2;
  for (int i = 0; i < 60; ++i) ratio = std::pow(1 + ratio, 1.0 / static_cast<double>(numbers + 1));
  std::vector<at::Tensor> columns;
  const auto index = at::arange(1, count / 2 + 1, at::TensorOptions(at::kDouble));
  for (std::int64_t i = 1; i <= numbers; ++i) {
    columns.push_back(at::frac(0.5 + index * std::pow(ratio, -static_cast<double>(i))));
  }
  const auto half = std::sqrt(2.0) * at::erfinv(2 * at::stack(columns, -1) - 1);
  return at::cat({half, -half}, 0);
}

HermiteBasis::HermiteBasis(std::int64_t numbers, std::int64_t degree) : sizes_{1}, degrees_{0} {
  std::vector<std::vector<std::int64_t>> products = {{}};
  for (std::int64_t number = 0; number < numbers; ++number) {
    const auto before = products.size();
    for (std::size_t product = 0; product < before; ++product) {
      for (std::int64_t power = 1; power + degrees_[product] <= degree; ++power) {
        auto factors = products[product];
        factors.push_back(number * powers + power);
        products.push_back(factors);
        degrees_.push_back(degrees_[product] + power);
      }
    }
    sizes_.push_back(static_cast<std::int64_t>(products.size()));
  }
  for (std::size_t place = 0; place < most_factors; ++place) {
    std::vector<std::int64_t> index;
    for (const auto& factors : products) index.push_back(place < factors.size() ? factors[place] : 0);
    factors_.push_back(at::tensor(index, at::kLong));
  }
}

at::Tensor HermiteBasis::operator()(const at::Tensor& v) const {
  const auto numbers = v.size(-1);
  auto shape = v.sizes().vec();
  shape.back() = 1;
  if (numbers == 0) return at::ones(shape, v.options());
  const auto all = hermite(v.clamp(-flat_from, flat_from)).flatten(-2);
  at::Tensor result;
  for (const auto& factors : factors_) {
    const auto factor = all.index_select(-1, factors.narrow(0, 0, size(numbers)).to(v.device()));
    result = result.defined() ? result * factor : factor;
  }
  return result;
}

Bijected onto(const ConditionalMap& map, const at::Tensor& u) {
  const auto count = u.size(-1);
  std::vector<at::Tensor> found = map.before, log_slopes;
  for (std::int64_t i = 0; i < count; ++i) {
    Bijected number = {u.narrow(-1, i, 1), {}};
    at::Tensor log_slope;
    for (std::size_t l = map.layers.size(); l-- > 0;) {
      number = onto(conditionals(map.layers[l], i, 1, (*map.basis)(found[l])), number.value);
      log_slope = log_slope.defined() ? log_slope + number.log_slope : number.log_slope;
      const auto& value = number.value;
      found[l] = at::cat({found[l].expand({value.size(0), value.size(1), found[l].size(-1)}), value}, -1);
    }
    log_slopes.push_back(log_slope);
  }
  return {found.front().narrow(-1, found.front().size(-1) - count, count), at::cat(log_slopes, -1)};
}

Bijected off(const ConditionalMap& map, const at::Tensor& v) {
  const auto count = v.size(-1);
  Bijected result = {v, {}};
  for (std::size_t l = 0; l < map.layers.size(); ++l) {
    const auto& value = result.value;
    const auto before = map.before[l].expand({value.size(0), value.size(1), map.before[l].size(-1)});
    const auto products = (*map.basis)(at::cat({before, value.narrow(-1, 0, count - 1)}, -1));
    const auto next = off(conditionals(map.layers[l], 0, count, products), value);
    result = {next.value, result.log_slope.defined() ? result.log_slope + next.log_slope : next.log_slope};
  }
  return result;
}

ConditionalMap TriangularMap::given(std::int64_t first, std::int64_t count, const at::Tensor& before) const {
  ConditionalMap result = {basis, {}, {}};
  auto known = before;
  for (const auto& layer : layers) {
    result.layers.push_back(layer.narrow(-3, first, count));
    result.before.push_back(known);
    if (first == 0) continue;
    known = off(ConditionalMap{basis, {layer.narrow(-3, 0, first)}, {known.narrow(-1, 0, 0)}}, known).value;
  }
  return result;
}

TriangularRegression::TriangularRegression(std::int64_t numbers) : numbers_(numbers) {
  constexpr std::int64_t most_numbers = 16;  // above, there are too many pairs
  if (numbers < 2 || numbers > most_numbers) return;
  const std::int64_t degree = numbers <= 4 ? 4 : numbers <= few_numbers ? 3 : 2;
  basis_ = std::make_shared<HermiteBasis>(numbers - 1, degree - 1);
  for (std::int64_t i = 0; i < numbers; ++i) {
    for (std::int64_t power = 1; power <= degree; ++power) {
      for (std::int64_t product = 0; product < basis_->size(i); ++product) {
        if (power + basis_->degrees()[static_cast<std::size_t>(product)] <= degree) {
          columns_.push_back({i, power, product});
        }
      }
    }
  }
  const auto count = std::max<std::int64_t>(96, 4 * static_cast<std::int64_t>(columns_.size()));
  points_ = spread * normal_points(count, numbers);
  const auto products = (*basis_)(points_.narrow(-1, 0, numbers - 1));
  const auto own = hermite(points_);
  std::vector<at::Tensor> columns;
  for (const auto& [number, power, product] : columns_) {
    columns.push_back(own.select(-2, number).select(-1, power) * products.select(-1, product));
  }
  columns.push_back(at::ones_like(columns.front()));
  design_ = at::stack(columns, -1);
}

/// Ridge regression, each data set's own. `log_ratio` [N, B].
TriangularLayer TriangularRegression::layer(const at::Tensor& log_ratio, const at::Tensor& weights) const {
  constexpr double ridge = 0.03;                                           // of a column's mean square
  const auto weighted = design_.unsqueeze(0) * weights.t().unsqueeze(-1);  // [B, N, columns]
  const auto penalty = ridge * design_.square().mean(0) * weights.sum(0).unsqueeze(-1);
  penalty.select(-1, -1).zero_();
  const auto normal = at::matmul(weighted.mT(), design_) + at::diag_embed(penalty);
  const auto right = at::matmul(weighted.mT(), log_ratio.t().unsqueeze(-1));
  const auto solved = at::linalg_solve(normal, right).squeeze(-1);  // [B, columns]
  const auto options = solved.options();
  const auto result = at::zeros({1, log_ratio.size(1), numbers_, 4, basis_->size(numbers_ - 1)}, options);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& [number, power, product] = columns_[i];
    const auto place = result.select(-3, number).select(-2, power - 1).select(-1, product);
    place.copy_(solved.select(-1, static_cast<std::int64_t>(i)));
  }
  return result;
}

TriangularMap TriangularRegression::operator()(const std::function<at::Tensor(const at::Tensor& v)>& log_density,
                                               std::int64_t data_sets, const at::TensorOptions& options) const {
  if (!basis_) return {};
  const int rounds = numbers_ <= few_numbers ? 2 : 1;
  constexpr double lowest = -6, highest = 3;  // nats from the usual ratio
  TriangularMap map = {basis_, {}};
  const auto u = points_.unsqueeze(1).expand({-1, data_sets, -1});
  const auto none = at::empty({1, data_sets, 0}, points_.options());
  at::Tensor before;
  for (int round = 0; round < rounds; ++round) {
    auto v = Bijected{u, at::zeros_like(u)};
    if (round > 0) v = onto(map.given(0, numbers_, none), u);
    const auto density = log_density(v.value.to(options)).to(points_.options());
    const auto ratio = density + v.log_slope.sum(-1) + 0.5 * u.square().sum(-1);
    const auto apart = at::nan_to_num(ratio - std::get<0>(ratio.median(0, true)), 0, 0, 0).clamp(lowest, highest);
    const auto weights = at::exp(0.5 * apart);
    const auto mean = (weights * apart).sum(0) / weights.sum(0);
    const auto variance = (weights * (apart - mean).square()).sum(0) / weights.sum(0);
    auto found = layer(apart, weights);
    if (round > 0) {
      // Where a layer made it worse it goes, and what was seen behind it, too.
      const auto better = (variance < before).view({1, -1, 1, 1, 1}).to(found.scalar_type());
      map.layers.back() = map.layers.back() * better;
      found = found * better;
    }
    before = variance;
    map.layers.push_back(found);
  }
  for (auto& some : map.layers) some = some.to(options);
  return map;
}

}  // namespace adavi
