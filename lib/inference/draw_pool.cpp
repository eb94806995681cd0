#include "inference/draw_pool.hpp"

#include <cmath>

#include "evaluation/psis.hpp"
#include "evaluation/resampling.hpp"
#include "inference/tensors.hpp"

namespace adavi {

std::vector<double> column(const at::Tensor& matrix, std::int64_t b) {
  const auto values = matrix.select(1, b).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

at::Tensor first_positions(std::int64_t draws, std::int64_t data_sets) {
  return at::arange(draws, at::kLong).unsqueeze(1).expand({draws, data_sets}).contiguous();
}

Choice choose(const PoolWeights& weights, std::int64_t draws, const at::Tensor& offsets) {
  const auto data_sets = weights.mixed.size(1);
  Choice choice;
  choice.positions = first_positions(draws, data_sets);
  choice.log_weight = at::full({draws, data_sets}, -std::log(static_cast<double>(draws)), at::kDouble);
  for (std::int64_t b = 0; b < data_sets; ++b) {
    const auto pool = pareto_smooth(column(weights.mixed, b));
    choice.k_hat.push_back(pool.k_hat);
    const bool resampled = offsets.defined() && pool.k_hat <= largest_k_hat;
    choice.resampled.push_back(resampled ? 1 : 0);
    if (resampled) {
      const auto positions = resample_systematically(pool.log_weights, draws, offsets[b].item<double>());
      choice.positions.select(1, b).copy_(at::tensor(positions, at::kLong));
    } else {
      const auto own = pareto_smooth(column(weights.plain.narrow(0, 0, draws), b));
      choice.log_weight.select(1, b).copy_(at::tensor(own.log_weights, at::kDouble));
    }
  }
  return choice;
}

void PoolDensities::add(const LogWeights& piece) {
  log_prior_.push_back(piece.log_prior.to(at::kCPU, at::kDouble));
  log_likelihood_.push_back(piece.log_likelihood.to(at::kCPU, at::kDouble));
  log_q_.push_back(piece.draw.log_q.to(at::kCPU, at::kDouble));
  const auto& widened = piece.draw.log_widened;
  log_widened_.push_back(widened.defined() ? widened.to(at::kCPU) : at::zeros_like(log_q_.back()));
}

PoolWeights PoolDensities::weights() const {
  const auto plain = at::cat(log_prior_, 0) + at::cat(log_likelihood_, 0) - at::cat(log_q_, 0);
  return {plain - at::cat(log_widened_, 0), plain};
}

PosteriorDraws PoolDensities::kept(const Choice& choice, FloatArrays variables) const {
  const auto chosen = [&](const std::vector<at::Tensor>& pieces) {
    return to_double_array(at::cat(pieces, 0).gather(0, choice.positions));
  };
  const Shape data_sets = {choice.positions.size(1)};
  PosteriorDraws draws;
  draws.variables = std::move(variables);
  draws.log_prior = chosen(log_prior_);
  draws.log_likelihood = chosen(log_likelihood_);
  draws.log_q = chosen(log_q_);
  draws.log_weight = to_double_array(choice.log_weight);
  draws.k_hat = {data_sets, choice.k_hat};
  draws.resampled = {data_sets, choice.resampled};
  return draws;
}

DrawGatherer::DrawGatherer(const DualFamily& family, at::Tensor positions)
    : family_(family), positions_(std::move(positions)) {}

void DrawGatherer::add(std::int64_t first, FamilyDraw piece) {
  const auto& model = family_.model();
  const auto count = piece.log_q.size(0), data_sets = piece.log_q.size(1);
  const auto positions = positions_.flatten();
  const auto rows = ((positions >= first) & (positions < first + count)).nonzero().squeeze(1);
  const auto sources = (positions.index_select(0, rows) - first) * data_sets + rows.remainder(data_sets);
  auto& values = piece.values;
  model.derive(values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& variable = model.model().variables[i];
    if (!is_drawn(variable) || !values[i].defined()) continue;
    auto shape = values[i].sizes().vec();  // axes of size 1 that a derived quantity left open
    shape[0] = count;
    shape[1] = data_sets;
    for (int d = 0; d < variable.depth; ++d) shape[static_cast<std::size_t>(d) + 2] = family_.cardinality(d, values);
    const auto own = values[i].expand(shape).flatten(0, 1).index_select(0, sources.to(values[i].device()));
    auto& all = gathered_[variable.name];
    shape[0] = positions_.size(0);
    if (!all.defined()) all = at::empty(shape, at::kFloat);
    all.flatten(0, 1).index_copy_(0, rows, own.to(at::kCPU, at::kFloat));
  }
}

FloatArrays DrawGatherer::arrays() const {
  FloatArrays result;
  for (const auto& [name, tensor] : gathered_) result[name] = to_array(tensor);
  return result;
}

}  // namespace adavi
