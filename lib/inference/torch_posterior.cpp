#include "inference/torch_posterior.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>

#include "evaluation/psis.hpp"
#include "inference/draw_pool.hpp"
#include "inference/losses.hpp"
#include "inference/tensors.hpp"

namespace adavi {
namespace {

constexpr std::int64_t most_scalars = 1 << 22;  // values of all variables in one pass
constexpr std::int64_t most_held = 1 << 24;     // above, a pool is drawn twice rather than held
constexpr std::int64_t pool_factor = 4;         // draws to choose one from
constexpr double wide_share = 0.25;             // of a pool

/// Scalars of all variables, or of those alone that draws consist of, in one draw of one data set.
std::int64_t scalars_of(const HbmModel& model, bool drawn_alone = false) {
  std::int64_t scalars = 1;
  for (const auto& variable : model.variables) {
    if (drawn_alone && !is_drawn(variable)) continue;
    std::int64_t size = variable.type.size();
    for (int d = 0; d < variable.depth; ++d) size *= model.plates[static_cast<std::size_t>(d)].upper;
    scalars += size;
  }
  return scalars;
}

/// Log mean weight and its standard error by the delta method.
Score score_of(const std::vector<double>& log_weights) {
  Score score;
  const auto n = static_cast<double>(log_weights.size());
  const double largest = *std::max_element(log_weights.begin(), log_weights.end());
  double sum = 0, squares = 0;
  for (const double w : log_weights) {
    score.elbo += w / n;
    sum += std::exp(w - largest);
    squares += std::exp(2 * (w - largest));
  }
  score.log_evidence = largest + std::log(sum / n);
  score.log_evidence_se = std::sqrt(std::max(0.0, squares / (sum * sum) - 1 / n));
  score.k_hat = pareto_smooth(log_weights).k_hat;
  return score;
}

}  // namespace

TorchPosterior::TorchPosterior(std::unique_ptr<DualFamily> family, std::uint64_t seed)
    : family_(std::move(family)), seed_(seed), generator_(at::detail::createCPUGenerator(seed)) {}

TorchPosterior::Known TorchPosterior::encode(const DoubleArrays& data) {
  const auto& model = family_->model();
  Known known;
  known.observation = model.observe(known_values(model.model(), data, model.options()));
  known.encodings = family_->encode(known.observation);
  known.data_sets = known.encodings.features.front().size(1);
  known.scalars = scalars_of(model.model()) * known.data_sets;
  if (refinement_.steps > 0) {
    refinement_.judge_draws = std::clamp<std::int64_t>(most_scalars / known.scalars, 16, 256);
    known.encodings = refine(*family_, known.observation, known.encodings, refinement_, generator_);
  }
  return known;
}

template <class Use>
void TorchPosterior::each_piece(const Known& known, std::int64_t draws, Use use) {
  const auto piece = std::max<std::int64_t>(1, most_scalars / known.scalars);
  for (std::int64_t first = 0; first < draws; first += piece) use(first, std::min(piece, draws - first));
}

template <class Use>
void TorchPosterior::in_pieces(const Known& known, std::int64_t draws, double wide_share, Use use) {
  const auto wide_from = draws - static_cast<std::int64_t>(std::lround(wide_share * static_cast<double>(draws)));
  each_piece(known, draws, [&](std::int64_t first, std::int64_t count) {
    const Widening widening = {wide_share, std::clamp<std::int64_t>(first + count - wide_from, 0, count)};
    use(first, log_weights(*family_, known.encodings, known.observation, count, generator_, Leaves::drawn, widening));
  });
}

PosteriorDraws TorchPosterior::draw(const DoubleArrays& data, std::int64_t draws, bool resample) {
  at::NoGradGuard no_grad;
  const auto known = encode(data);
  if (!family_->plan().left_out.empty()) return draw_subset(known, draws);
  return resample ? draw_resampled(known, draws) : draw_plain(known, draws);
}

PosteriorDraws TorchPosterior::draw_subset(const Known& known, std::int64_t draws) {
  std::vector<at::Tensor> log_q;
  DrawGatherer gatherer(*family_, first_positions(draws, known.data_sets));
  each_piece(known, draws, [&](std::int64_t first, std::int64_t count) {
    auto drawn = family_->draw(known.encodings, known.observation, count, generator_);
    log_q.push_back(drawn.log_q);
    gatherer.add(first, std::move(drawn));
  });
  PosteriorDraws result;
  result.variables = gatherer.arrays();
  result.log_q = to_double_array(at::cat(log_q, 0));
  return result;
}

PosteriorDraws TorchPosterior::draw_plain(const Known& known, std::int64_t draws) {
  PoolDensities densities;
  DrawGatherer gatherer(*family_, first_positions(draws, known.data_sets));
  in_pieces(known, draws, 0, [&](std::int64_t first, LogWeights weights) {
    densities.add(weights);
    gatherer.add(first, std::move(weights.draw));
  });
  return densities.kept(choose(densities.weights(), draws), gatherer.arrays());
}

PosteriorDraws TorchPosterior::draw_resampled(const Known& known, std::int64_t draws) {
  const auto pool = pool_factor * draws;
  const auto offsets = at::rand({known.data_sets}, generator_, at::TensorOptions(at::kDouble));
  const auto state = generator_.get_state();
  const bool held = pool * known.data_sets * scalars_of(family_->model().model(), true) <= most_held;
  PoolDensities densities;
  std::vector<std::pair<std::int64_t, FamilyDraw>> pieces;
  in_pieces(known, pool, wide_share, [&](std::int64_t first, LogWeights weights) {
    densities.add(weights);
    if (held) pieces.emplace_back(first, std::move(weights.draw));
  });
  const auto choice = choose(densities.weights(), draws, offsets);
  DrawGatherer gatherer(*family_, choice.positions);
  for (auto& [first, piece] : pieces) gatherer.add(first, std::move(piece));
  if (!held) {  // the same draws once more
    generator_.set_state(state);
    in_pieces(known, pool, wide_share,
              [&](std::int64_t first, LogWeights weights) { gatherer.add(first, std::move(weights.draw)); });
  }
  return densities.kept(choice, gatherer.arrays());
}

std::vector<double> TorchPosterior::prior_predictive_p(const DoubleArrays& data) {
  const auto& model = family_->model();
  const auto observation = model.observe(known_values(model.model(), data, model.options()));
  if (!typicality_ || !typicality_->fits(*family_, observation)) typicality_.emplace(*family_, observation, seed_);
  return (*typicality_)(*family_, observation);
}

std::vector<double> TorchPosterior::log_q_at_truth(const DoubleArrays& simulated) {
  at::NoGradGuard no_grad;
  const auto& model = family_->model();
  const auto values = known_values(model.model(), simulated, model.options());
  const auto observation = model.observe(values);
  return column(log_q_at(*family_, family_->encode(observation), observation, values).to(at::kCPU, at::kDouble).t(), 0);
}

std::vector<Score> TorchPosterior::score(const DoubleArrays& data, std::int64_t draws) {
  at::NoGradGuard no_grad;
  PoolDensities densities;
  in_pieces(encode(data), draws, 0, [&](std::int64_t, const LogWeights& weights) { densities.add(weights); });
  const auto weights = densities.weights().plain;
  std::vector<Score> scores;
  for (std::int64_t b = 0; b < weights.size(1); ++b) scores.push_back(score_of(column(weights, b)));
  return scores;
}

}  // namespace adavi
