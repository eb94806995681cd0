#include <cmath>

#include "distributions/families.hpp"
#include "distributions/numerics.hpp"
#include "distributions/random.hpp"

/// Categories are numbered from 1, as users write them.
namespace adavi {

namespace {

/// Stands for the open cutpoints before the first and after the last: the logistic function is 0 or 1 there.
constexpr double far_away = 1e6;

/// Index of a category from 0, kept in range; `inside` says where it was.
struct Category {
  at::Tensor inside, index;
};

Category category_of(const at::Tensor& x, std::int64_t size) {
  const at::Tensor inside = is_count(x) & (x >= 1) & (x <= size);
  return {inside, at::where(inside, x, 1.).to(at::kLong) - 1};
}

/// Entry `index` [batch...] of the last axis of `table` [batch..., K], broadcast against one another.
at::Tensor pick(const at::Tensor& table, const at::Tensor& index) {
  const std::vector<at::Tensor> both = at::broadcast_tensors({index, table.select(-1, 0)});
  std::vector<std::int64_t> shape = both[0].sizes().vec();
  shape.push_back(table.size(-1));
  return table.expand(shape).gather(-1, both[0].unsqueeze(-1)).squeeze(-1);
}

at::Tensor from_log_probabilities(const at::Tensor& x, const at::Tensor& log_p) {
  const Category category = category_of(x, log_p.size(-1));
  return restrict(category.inside, pick(log_p, category.index));
}

at::Tensor categorical_log_density(const at::Tensor& x, const Arguments& a) {
  return from_log_probabilities(x, log_or_minus_infinity(a[0]));
}
at::Tensor categorical_logit_log_density(const at::Tensor& x, const Arguments& a) {
  return from_log_probabilities(x, at::log_softmax(a[0], -1));
}

/// The largest of log p + standard Gumbel noise falls on a category with its probability.
at::Tensor sample_from_logits(at::IntArrayRef shape, const at::Tensor& logits, at::Generator& generator) {
  std::vector<std::int64_t> noise_shape = shape.vec();
  noise_shape.push_back(logits.size(-1));
  const at::Tensor noise = -at::log(draw_exponential(noise_shape, logits.options(), generator));
  return at::argmax(logits.detach() + noise, -1).to(logits.scalar_type()) + 1;
}
at::Tensor sample_categorical(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return sample_from_logits(shape, log_or_minus_infinity(a[0]), generator);
}
at::Tensor sample_categorical_logit(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  return sample_from_logits(shape, a[0], generator);
}

/// (how often each category occurs [..., largest category], 0 or -inf where a value is no category).
SufficientStatistics summarise_categorical(const at::Tensor& x, std::int64_t dim) {
  const at::Tensor inside = is_count(x) & (x >= 1);
  const at::Tensor index = at::where(inside, x, 1.).to(at::kLong) - 1;
  const std::int64_t axis = dim < 0 ? dim + x.dim() : dim;
  const at::Tensor indicators = at::one_hot(index) & inside.unsqueeze(-1);
  return {indicators.to(x.scalar_type()).sum(axis), restrict(inside, at::zeros_like(x)).sum(axis)};
}

at::Tensor counts_times_logs(const SufficientStatistics& s, const at::Tensor& log_p) {
  const std::int64_t seen = s[0].size(-1), known = log_p.size(-1);
  const at::Tensor padded = seen > known ? at::constant_pad_nd(log_p, {0, seen - known}, -HUGE_VAL) : log_p;
  const at::Tensor occurs = s[0] > 0;
  // 0 log 0 = 0, in the gradient too.
  return (s[0] * at::where(occurs, padded.narrow(-1, 0, seen), 0.)).sum(-1) + s[1];
}
at::Tensor categorical_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return counts_times_logs(s, log_or_minus_infinity(a[0]));
}
at::Tensor categorical_logit_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  return counts_times_logs(s, at::log_softmax(a[0], -1));
}

/// P(k) = s(u) - s(l) = s(u) s(-l) (1 - exp(l - u)) for the logistic function s, u = c_k - eta and l = c_(k-1) - eta;
/// the last factor, of all categories [..., K], where those of the first and the last are 1.
at::Tensor log_between(const at::Tensor& cuts) {
  return at::constant_pad_nd(log1m_exp(cuts.slice(-1, 1) - cuts.slice(-1, 0, -1)), {1, 1});
}

at::Tensor ordered_logistic_log_density(const at::Tensor& x, const Arguments& a) {
  const Category category = category_of(x, a[1].size(-1) + 1);
  const at::Tensor below = at::constant_pad_nd(a[1], {1, 0}, -far_away);
  const at::Tensor above = at::constant_pad_nd(a[1], {0, 1}, far_away);
  const at::Tensor lower = pick(below, category.index), upper = pick(above, category.index);
  return restrict(category.inside, at::log_sigmoid(upper - a[0]) + at::log_sigmoid(a[0] - lower) +
                                       pick(log_between(a[1]), category.index));
}

at::Tensor ordered_logistic_log_density_of(const SufficientStatistics& s, const Arguments& a) {
  const at::Tensor upper = a[1] - a[0].unsqueeze(-1);
  return counts_times_logs(s, at::constant_pad_nd(at::log_sigmoid(upper), {0, 1}) +
                                  at::constant_pad_nd(at::log_sigmoid(-upper), {1, 0}) + log_between(a[1]));
}

at::Tensor sample_ordered_logistic(at::IntArrayRef shape, const Arguments& a, at::Generator& generator) {
  const at::Tensor u = draw_uniform(shape, draw_options(a), generator);
  const at::Tensor latent = a[0].detach() + at::log(u) - at::log1p(-u);
  return (latent.unsqueeze(-1) > a[1].detach()).sum(-1).to(u.scalar_type()) + 1;
}

}  // namespace

Rows category_rows() {
  DistributionImplementation categorical{"categorical", categorical_log_density, sample_categorical};
  categorical.summarise = summarise_categorical;
  categorical.log_density_of = categorical_log_density_of;
  DistributionImplementation categorical_logit{"categorical_logit", categorical_logit_log_density,
                                               sample_categorical_logit};
  categorical_logit.summarise = summarise_categorical;
  categorical_logit.log_density_of = categorical_logit_log_density_of;
  DistributionImplementation ordered_logistic{"ordered_logistic", ordered_logistic_log_density,
                                              sample_ordered_logistic};
  ordered_logistic.summarise = summarise_categorical;
  ordered_logistic.log_density_of = ordered_logistic_log_density_of;
  return {categorical, categorical_logit, ordered_logistic};
}

}  // namespace adavi
