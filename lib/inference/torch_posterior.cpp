#include "inference/torch_posterior.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>

#include "evaluation/psis.hpp"
#include "inference/losses.hpp"
#include "inference/tensors.hpp"

namespace adavi {
namespace {

constexpr std::int64_t most_scalars = 1 << 22;  // values of all variables in one pass

/// Scalars of all variables in one draw of one data set.
std::int64_t scalars_of(const HbmModel& model) {
  std::int64_t scalars = 1;
  for (const auto& variable : model.variables) {
    std::int64_t size = variable.type.size();
    for (int d = 0; d < variable.depth; ++d) size *= model.plates[static_cast<std::size_t>(d)].upper;
    scalars += size;
  }
  return scalars;
}

/// A column of [K, B].
std::vector<double> column(const at::Tensor& matrix, std::int64_t b) {
  const auto values = matrix.select(1, b).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
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

VariableValues known_values(const HbmModel& model, const DoubleArrays& data, at::TensorOptions options) {
  VariableValues values(model.variables.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto found = data.find(model.variables[i].name);
    if (found != data.end()) values[i] = to_tensor(found->second).to(options).unsqueeze(0);
  }
  return values;
}

TorchPosterior::TorchPosterior(std::unique_ptr<DualFamily> family, std::uint64_t seed)
    : family_(std::move(family)), generator_(at::detail::createCPUGenerator(seed)) {}

template <class Use>
void TorchPosterior::in_pieces(const DoubleArrays& data, std::int64_t draws, Use use) {
  at::NoGradGuard no_grad;
  const auto& model = family_->model();
  const auto known = known_values(model.model(), data, model.options());
  const auto observation = model.observe(known);
  const auto encodings = family_->encode(observation);
  const auto data_sets = encodings.features.front().size(1);
  const auto piece = std::max<std::int64_t>(1, most_scalars / (scalars_of(model.model()) * data_sets));
  for (std::int64_t first = 0; first < draws; first += piece) {
    use(first, log_weights(*family_, encodings, observation, std::min(piece, draws - first), generator_));
  }
}

PosteriorDraws TorchPosterior::draw(const DoubleArrays& data, std::int64_t draws) {
  const auto& model = family_->model();
  std::map<std::string, std::vector<at::Tensor>> variables;
  std::vector<at::Tensor> log_prior, log_likelihood, log_q;
  in_pieces(data, draws, [&](std::int64_t, LogWeights weights) {
    auto& values = weights.draw.values;
    model.derive(values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto& variable = model.model().variables[i];
      if (variable.role != ast::Role::latent && variable.role != ast::Role::derived) continue;
      auto shape = values[i].sizes().vec();  // axes of size 1 that a derived quantity left open
      shape[0] = weights.draw.log_q.size(0);
      shape[1] = weights.draw.log_q.size(1);
      for (int d = 0; d < variable.depth; ++d) shape[static_cast<std::size_t>(d) + 2] = family_->cardinality(d, values);
      variables[variable.name].push_back(values[i].expand(shape).contiguous());
    }
    log_prior.push_back(weights.log_prior.to(at::kDouble));
    log_likelihood.push_back(weights.log_likelihood.to(at::kDouble));
    log_q.push_back(weights.draw.log_q.to(at::kDouble));
  });
  PosteriorDraws result;
  for (const auto& [name, pieces] : variables) result.variables[name] = to_array(at::cat(pieces, 0));
  const auto prior = at::cat(log_prior, 0), likelihood = at::cat(log_likelihood, 0), q = at::cat(log_q, 0);
  result.log_prior = to_double_array(prior);
  result.log_likelihood = to_double_array(likelihood);
  result.log_q = to_double_array(q);
  const auto weights = prior + likelihood - q;
  auto smoothed = at::empty_like(weights);
  result.k_hat.shape = {weights.size(1)};
  for (std::int64_t b = 0; b < weights.size(1); ++b) {
    const auto pareto = pareto_smooth(column(weights, b));
    result.k_hat.values.push_back(pareto.k_hat);
    smoothed.select(1, b).copy_(at::tensor(pareto.log_weights, at::kDouble));
  }
  result.log_weight = to_double_array(smoothed);
  return result;
}

std::vector<Score> TorchPosterior::score(const DoubleArrays& data, std::int64_t draws) {
  std::vector<at::Tensor> pieces;
  in_pieces(data, draws,
            [&](std::int64_t, const LogWeights& weights) { pieces.push_back(weights.log_weight().to(at::kDouble)); });
  const auto weights = at::cat(pieces, 0);
  std::vector<Score> scores;
  for (std::int64_t b = 0; b < weights.size(1); ++b) scores.push_back(score_of(column(weights, b)));
  return scores;
}

}  // namespace adavi
