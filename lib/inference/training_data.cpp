#include "inference/training_data.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>

#include "inference/random_streams.hpp"
#include "inference/tensors.hpp"

namespace adavi {
namespace {

constexpr std::int64_t most_recent = 16;  // batches that are used again

constexpr std::int64_t most_at_once = 1 << 26;  // numbers of data, a draw each, without gradients

/// Of one data set: what is observed, or what the encoder sees of it.
std::int64_t numbers_of_data(const HbmModel& model, const DualPlan& plan) {
  std::int64_t observed = 0;
  for (const Variable& variable : model.variables) {
    if (variable.role == ast::Role::observed) observed += variable.type.size();
  }
  const auto seen = plan.encoder.empty() ? 0 : plan.encoder.front().input;
  return innermost_instances(upper_cardinalities(model)) * std::max(observed, seen);
}

/// As many data sets and draws of them as are kept side by side in less than some GiB: operations on the data go
/// through all of them at once, and those of a step are kept for its gradient.
void fit_into_memory(TrainingOptions& options, std::int64_t numbers) {
  constexpr std::int64_t most_of_sets = 1 << 27, most_of_draws = 1 << 25, fewest_sets = 4;
  const auto at_most = [numbers](std::int64_t wanted, std::int64_t most, std::int64_t fewest) {
    return std::min(wanted, std::max(fewest, most / numbers));
  };
  options.warm_start_sets = at_most(options.warm_start_sets, most_of_sets, fewest_sets);
  options.validation_sets = at_most(options.validation_sets, most_of_sets, fewest_sets);
  options.validation_draws = at_most(options.validation_draws, most_at_once, 1);
  options.draws = at_most(options.draws, most_of_draws, 1);
  options.batch = at_most(options.batch, most_of_draws / options.draws, 1);
  options.validation_at_once = std::max<std::int64_t>(1, most_at_once / numbers / options.validation_draws);
}

}  // namespace

TrainingOptions settled(TrainingOptions options, const HbmModel& model, const DualPlan& plan, bool one_data_set) {
  constexpr std::int64_t observations_a_step = 8192;
  // Gaps keep likelihoods from collapsing to sufficient statistics.
  const bool gaps = options.missing > 0 || model.plates.back().lower < model.plates.back().upper;
  // Peaks at the top and searches for components take many passes over a data set, and leave little to be learned.
  const bool searches = !plan.marginal.empty() || plan.message.mixture >= 0;
  const std::int64_t observations_of_warm_start = std::int64_t{1} << (searches ? 19 : gaps ? 22 : 24);
  const auto size = innermost_instances(upper_cardinalities(model));
  const bool subset = !plan.left_out.empty();
  if (options.phases.empty()) options.phases = {{subset ? Loss::forward_kl : Loss::reverse_kl, 0}};
  if (subset) {
    // Without draws a data set takes little, and says little: more of them.
    constexpr std::int64_t observations_of_validation = std::int64_t{1} << 18;
    if (options.batch == 0) options.batch = std::clamp<std::int64_t>(4 * observations_a_step / size, 16, 256);
    options.validation_sets = std::clamp<std::int64_t>(observations_of_validation / size, options.validation_sets,
                                                       options.validation_sets * options.validation_draws);
  }
  if (options.batch == 0) options.batch = std::clamp<std::int64_t>(observations_a_step / size, 16, 64);
  if (searches) options.warm_start_sets = std::min<std::int64_t>(options.warm_start_sets, 1024);
  // Their steps are dear, too, but few and large ones do.
  if (options.reuse == 0) options.reuse = searches ? 16 : 1;
  if (options.check_every == 0) options.check_every = searches ? 25 : 50;
  const auto most = std::max<std::int64_t>(searches ? 256 : 64, observations_of_warm_start / size);
  options.warm_start_sets = std::min(options.warm_start_sets, most);
  fit_into_memory(options, numbers_of_data(model, plan));
  if (one_data_set) {
    options.draws *= options.batch;
    options.validation_draws *= options.validation_sets;
    options.batch = options.validation_sets = 1;
  }
  return options;
}

TrainingData::TrainingData(const GenerativeModel& model, const TrainingOptions& options, std::uint64_t seed,
                           const DoubleArrays* fit)
    : model_(model), options_(options), seed_(seed), fits_(fit != nullptr) {
  if (fits_) {
    const auto values = known_values(model_.model(), *fit, model_.options());
    validation_.push_back({values, model_.observe(values)});
    return;
  }
  simulate_validation();
  if (options_.simulations == 0) return;
  auto generator = at::detail::createCPUGenerator(stream_seed(seed_, Stream::pool));
  pool_ = model_.simulate(options_.simulations, generator);
}

Batch TrainingData::batch_of(VariableValues values, at::Generator& generator) const {
  leave_gaps(model_.model(), values, options_.missing, generator);
  return {values, model_.observe(values)};
}

/// Data sets of the smallest, middle and largest size in equal parts.
void TrainingData::simulate_validation() {
  auto generator = at::detail::createCPUGenerator(stream_seed(seed_, Stream::validation));
  const auto sizes = spread_of_cardinalities(model_.model());
  const auto count = std::max<std::int64_t>(1, options_.validation_sets / static_cast<std::int64_t>(sizes.size()));
  for (const auto& size : sizes) {
    for (std::int64_t first = 0; first < count; first += options_.validation_at_once) {
      const auto some = std::min(options_.validation_at_once, count - first);
      validation_.push_back(batch_of(model_.simulate(some, generator, size), generator));
    }
  }
}

Batch TrainingData::before_steps(std::int64_t batches) {
  if (!begins_with_first()) {
    auto generator = at::detail::createCPUGenerator(stream_seed(seed_, Stream::fresh));
    auto values = model_.simulate(batches * options_.batch, generator);
    if (has_ranges(model_.model())) leave_ranges(model_.model(), values, generator);
    return batch_of(values, generator);
  }
  std::vector<VariableValues> parts;
  for (std::int64_t index = 0; index < batches; ++index) parts.push_back(fresh(index).values);
  VariableValues values;
  for (std::size_t i = 0; i < parts.front().size(); ++i) {
    std::vector<at::Tensor> value;
    for (const auto& part : parts) value.push_back(part[i]);
    values.push_back(value.front().defined() ? at::cat(value, 1) : at::Tensor());
  }
  return {values, model_.observe(values)};
}

void TrainingData::begin_with(const Batch& before, std::int64_t batches) {
  if (!begins_with_first()) return;
  begun_with_ = batches;
  const auto size = options_.batch;
  for (std::int64_t index = 0; index < batches; ++index) {
    VariableValues values;
    for (const auto& value : before.values) {
      values.push_back(value.defined() ? value.narrow(1, index * size, size) : value);
    }
    recent_[index] = {values, model_.observe(values),
                      std::make_shared<FoundPeaks>(before.peaks->of(index * size, size))};
  }
}

/// Every `reuse` steps a new batch joins the recent ones; between, one of these is used again.
Batch TrainingData::batch(std::int64_t step) {
  if (fits_) return validation_.front();
  const auto newest = std::max(step / options_.reuse, begun_with_ - 1);
  auto index = newest;
  if (step % options_.reuse != 0 || newest < begun_with_) {
    const auto number = stream_seed(seed_, Stream::reuse, static_cast<std::uint64_t>(step));
    index -= static_cast<std::int64_t>(number % static_cast<std::uint64_t>(std::min(newest + 1, most_recent)));
  }
  const auto known = recent_.find(index);
  if (known != recent_.end()) return known->second;
  recent_.erase(recent_.begin(), recent_.lower_bound(newest - most_recent + 1));
  return recent_.emplace(index, fresh(index)).first->second;
}

Batch TrainingData::fresh(std::int64_t index) {
  auto generator = at::detail::createCPUGenerator(stream_seed(seed_, Stream::fresh, static_cast<std::uint64_t>(index)));
  const auto cardinalities = draw_cardinalities(model_.model(), generator);
  if (pool_.empty()) return batch_of(model_.simulate(options_.batch, generator, cardinalities), generator);
  const auto batches = std::max<std::int64_t>(1, options_.simulations / options_.batch);
  const auto epoch = index / batches, position = index % batches;
  if (epoch != epoch_) {
    auto shuffler =
        at::detail::createCPUGenerator(stream_seed(seed_, Stream::epoch, static_cast<std::uint64_t>(epoch)));
    order_ = at::randperm(options_.simulations, shuffler, at::kLong);
    epoch_ = epoch;
  }
  const auto chosen = order_.slice(0, position * options_.batch, (position + 1) * options_.batch);
  VariableValues values;
  for (const auto& value : pool_) values.push_back(value.defined() ? value.index_select(1, chosen) : value);
  return batch_of(cut(model_.model(), values, cardinalities), generator);
}

}  // namespace adavi
