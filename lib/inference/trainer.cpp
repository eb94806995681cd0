#include "inference/trainer.hpp"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <nlohmann/json.hpp>

#include "inference/adam.hpp"
#include "inference/convergence.hpp"
#include "inference/diagnosis.hpp"
#include "inference/losses.hpp"
#include "inference/random_streams.hpp"
#include "inference/tensors.hpp"
#include "inference/training_data.hpp"
#include "inference/validation.hpp"
#include "inference/warm_start.hpp"

namespace adavi {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

constexpr std::int64_t warm_up_steps = 50;
constexpr double averaging = 10;  // of so many in 10 + t steps is the last of t in the average
constexpr double checkpoint_seconds = 30;

/// Numbers of a checkpoint; JSON has none that are not finite.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(); }
double number_or(const Json& json, double otherwise) { return json.is_null() ? otherwise : json.get<double>(); }

class Trainer {
 public:
  Trainer(DualFamily& family, const TrainingRequest& request)
      : family_(family),
        request_(request),
        start_(Clock::now()),
        cpu_start_(std::clock()),
        options_(settled(request.options, family.model().model(), family.plan(), request.fit != nullptr)),
        generator_(at::detail::createCPUGenerator()),
        adam_(family.parameters().flat()),
        average_(family.parameters().flat().clone()),
        best_(family.parameters().flat().clone()),
        data_(family.model(), options_, request.engine.seed, request.fit) {}

  TrainingResult run();

 private:
  void seed(Stream stream, std::uint64_t index = 0) {
    generator_.set_current_seed(stream_seed(request_.engine.seed, stream, index));
  }
  double elapsed() const { return before_ + std::chrono::duration<double>(Clock::now() - start_).count(); }
  bool interrupted() const { return request_.interrupted && request_.interrupted->load(); }
  const Phase& phase() const { return options_.phases[phase_]; }

  at::Tensor weights() const { return family_.parameters().flat(); }
  void prepare();
  void climb_at_top();
  void resume();
  void save_checkpoint();
  void step();
  std::string blamed();
  double learning_rate() const;
  void validate();
  bool phase_over() const;
  void next_phase();
  void go_back();
  void keep_best();
  std::int64_t expected_steps() const;
  void report(bool validated);

  DualFamily& family_;
  const TrainingRequest& request_;
  Clock::time_point start_;
  std::clock_t cpu_start_;
  const TrainingOptions options_;
  at::Generator generator_;
  Adam adam_;
  at::Tensor average_;  ///< of the phase's weights, later steps weighing more: what is validated, and kept
  at::Tensor best_;     ///< weights of the best validation of the last phase, so that no late step can spoil the result
  double best_elbo_ = -INFINITY;  ///< robust mean
  double caution_ = 1;            ///< factor of the learning rate: halved whenever training had to go back
  Convergence convergence_;
  double before_ = 0;  ///< seconds of earlier runs of a resumed training

  TrainingData data_;
  std::int64_t batches_before_ = 0;  ///< that were climbed in before the first step
  std::size_t phase_ = 0;
  std::int64_t step_ = 0;        ///< of all phases
  std::int64_t phase_step_ = 0;  ///< of this one
  SkippedSteps skipped_;
  double loss_ = NAN, elbo_ = NAN, elbo_se_ = NAN, gap_ = NAN, mean_norm_ = 0;
  double last_report_ = -1, last_checkpoint_ = 0;
  std::int64_t steps_at_start_ = 0;
  Json history_ = Json::array();
};

void Trainer::prepare() {
  if (request_.resume) return resume();
  if (options_.warm_start) {
    if (request_.report) {
      Progress progress;
      progress.phase = "warm start";
      progress.elbo = progress.loss = progress.gap = progress.seconds_left = NAN;
      request_.report(progress);
    }
    seed(Stream::warm_start);
    warm_start(family_, options_.warm_start_sets, generator_, options_.missing, options_.time_limit);
    climb_at_top();
    average_.copy_(weights());
  }
  validate();
}

/// The batches that are climbed in are the first to train with.
void Trainer::climb_at_top() {
  if (family_.plan().marginal.empty()) return;
  const auto data_sets = std::min<std::int64_t>(128, options_.warm_start_sets);  // climbs at the top are dear
  constexpr double share = 0.25;                                                 // of the time limit
  auto climb = [&](std::int64_t batches) {
    batches_before_ = batches;
    const auto before = data_.before_steps(batches);
    warm_start_top(family_, before);
    data_.begin_with(before, batches);
  };
  auto batches = std::max<std::int64_t>(1, data_sets / options_.batch);
  if (options_.time_limit > 0 && batches > 1) {
    const double before = elapsed();
    climb(1);
    const double affordable = share * options_.time_limit / (elapsed() - before);
    if (affordable < 2) return;
    batches = static_cast<std::int64_t>(std::min(affordable, static_cast<double>(batches)));
  }
  climb(batches);
}

void Trainer::resume() {
  load_tensors(family_.parameters(), *request_.resume);
  const auto copy = [&](const char* name, at::Tensor& to) { to.copy_(to_tensor(request_.resume->at(name))); };
  copy("adam.first", adam_.first);
  copy("adam.second", adam_.second);
  copy("average", average_);
  copy("best", best_);
  const auto state = Json::parse(request_.resume_state);
  adam_.steps = state.at("adam_steps");
  batches_before_ = state.at("batches_before");
  if (batches_before_ > 0) data_.begin_with(data_.before_steps(batches_before_), batches_before_);
  phase_ = state.at("phase");
  step_ = steps_at_start_ = state.at("step");
  phase_step_ = state.at("phase_step");
  skipped_.restore(state.at("skipped"));
  before_ = state.at("seconds");
  elbo_ = number_or(state.at("elbo"), NAN);
  elbo_se_ = number_or(state.at("elbo_se"), NAN);
  gap_ = number_or(state.at("gap"), NAN);
  mean_norm_ = state.at("mean_norm");
  loss_ = number_or(state.at("loss"), NAN);
  history_ = state.at("history");
  best_elbo_ = number_or(state.at("best_elbo"), -INFINITY);
  caution_ = state.at("caution");
  for (const auto& validation : state.at("validations")) {
    convergence_.observe({number_or(validation.at(0), NAN), number_or(validation.at(1), INFINITY)});
  }
}

void Trainer::save_checkpoint() {
  if (!request_.checkpoint) return;
  auto tensors = save_tensors(family_.parameters());
  tensors["adam.first"] = to_array(adam_.first);
  tensors["adam.second"] = to_array(adam_.second);
  tensors["average"] = to_array(average_);
  tensors["best"] = to_array(best_);
  auto validations = Json::array();
  for (const auto& [elbo, gap] : convergence_.validations()) validations.push_back({number(elbo), number(gap)});
  const Json state = {{"adam_steps", adam_.steps},
                      {"batches_before", batches_before_},
                      {"phase", phase_},
                      {"step", step_},
                      {"phase_step", phase_step_},
                      {"skipped", skipped_.counts()},
                      {"seconds", elapsed()},
                      {"elbo", number(elbo_)},
                      {"elbo_se", number(elbo_se_)},
                      {"gap", number(gap_)},
                      {"mean_norm", mean_norm_},
                      {"loss", number(loss_)},
                      {"best_elbo", number(best_elbo_)},
                      {"caution", caution_},
                      {"validations", validations},
                      {"history", history_}};
  request_.checkpoint(tensors, state.dump());
  last_checkpoint_ = elapsed();
}

double Trainer::learning_rate() const {
  if (!options_.schedule) return options_.learning_rate;
  return options_.learning_rate * caution_ * std::min(1.0, static_cast<double>(phase_step_ + 1) / warm_up_steps);
}

/// One gradient step, applied where it is finite.
void Trainer::step() {
  seed(Stream::step, static_cast<std::uint64_t>(step_));
  const auto batch = data_.batch(step_);
  auto& gradient = family_.parameters().flat_gradient();
  at::Tensor(gradient).zero_();
  const auto loss = loss_of(phase().loss, family_, batch, options_.draws, options_.path_gradient, generator_);
  (loss / relative_size(family_.model().model(), batch.values)).backward();
  const double norm = gradient.norm().item<double>();
  const double value = loss.item<double>();
  if (!std::isfinite(norm) || !std::isfinite(value)) return skipped_.add(blamed(), step_);
  skipped_.applied();
  loss_ = std::isfinite(loss_) ? 0.98 * loss_ + 0.02 * value : value;
  const double largest = options_.clip_norm * mean_norm_;
  if (options_.clip_norm > 0 && mean_norm_ > 0 && norm > largest) at::Tensor(gradient).mul_(largest / norm);
  const double counted = mean_norm_ > 0 ? std::min(norm, options_.clip_norm * mean_norm_) : norm;
  mean_norm_ = mean_norm_ > 0 ? 0.98 * mean_norm_ + 0.02 * counted : norm;
  at::NoGradGuard no_grad;
  adam_.step(weights(), gradient, learning_rate());
  const double share = options_.schedule ? averaging / (averaging + static_cast<double>(phase_step_)) : 1;
  average_.lerp_(weights(), share);
}

/// What made this step not finite: the same step again, with the random numbers that it had.
std::string Trainer::blamed() {
  seed(Stream::step, static_cast<std::uint64_t>(step_));
  const auto batch = data_.batch(step_);
  return culprit(phase().loss, family_, batch, options_.draws, generator_);
}

void Trainer::validate() {
  at::NoGradGuard no_grad;
  seed(Stream::validation_draws);
  const auto latest = weights().clone();
  weights().copy_(average_);
  const auto found = score(family_, data_.validation(), options_.validation_draws, generator_);
  weights().copy_(latest);
  elbo_ = found.mean;
  elbo_se_ = found.se;
  gap_ = found.gap;
  convergence_.observe({found.typical, found.gap});
  if (found.typical >= best_elbo_) {
    best_elbo_ = found.typical;
    best_.copy_(average_);
  }
  const bool lost = options_.schedule && phase().loss == Loss::reverse_kl &&
                    found.typical < best_elbo_ - std::max(1.0, 0.01 * std::abs(best_elbo_));
  history_.push_back({{"step", step_},
                      {"phase", to_string(phase().loss)},
                      {"loss", number(loss_)},
                      {"elbo", number(elbo_)},
                      {"elbo_se", number(elbo_se_)},
                      {"gap", number(gap_)},
                      {"learning_rate", learning_rate()},
                      {"seconds", elapsed()}});
  report(true);
  if (lost) go_back();
}

/// Training got lost: on from the best weights, more slowly.
void Trainer::go_back() {
  at::NoGradGuard no_grad;
  weights().copy_(best_);
  average_.copy_(best_);
  adam_.first.zero_();
  adam_.second.zero_();
  adam_.steps = 0;
  mean_norm_ = 0;
  caution_ *= 0.5;
}

bool Trainer::phase_over() const {
  if (is_exact(family_.plan())) return true;
  if (options_.time_limit > 0 && elapsed() > options_.time_limit) return true;
  if (phase().steps > 0) return phase_step_ >= phase().steps;
  return phase_step_ >= options_.max_steps || (options_.time_limit <= 0 && convergence_.converged());
}

void Trainer::next_phase() {
  ++phase_;
  phase_step_ = 0;
  convergence_ = Convergence();
  best_elbo_ = -INFINITY;
  const at::NoGradGuard no_grad;
  weights().copy_(average_);
}

/// Steps of all phases, so far as can be told now.
std::int64_t Trainer::expected_steps() const {
  std::int64_t steps = step_ - phase_step_;
  for (std::size_t i = phase_; i < options_.phases.size(); ++i) {
    const bool here = i == phase_;
    const auto fixed = options_.phases[i].steps;
    steps += fixed > 0 ? fixed
                       : std::min(options_.max_steps,
                                  here ? static_cast<std::int64_t>(convergence_.earliest()) * options_.check_every : 0);
  }
  return steps;
}

void Trainer::report(bool validated) {
  if (!request_.report) return;
  last_report_ = elapsed();
  Progress progress;
  progress.phase = to_string(phase().loss);
  progress.step = step_;
  progress.steps = expected_steps();
  progress.loss = loss_;
  progress.elbo = elbo_;
  progress.elbo_se = elbo_se_;
  progress.gap = gap_;
  progress.learning_rate = learning_rate();
  const double here = std::chrono::duration<double>(Clock::now() - start_).count();
  progress.steps_per_second = static_cast<double>(step_ - steps_at_start_) / std::max(here, 1e-9);
  progress.seconds_left = NAN;
  if (options_.time_limit > 0) {
    progress.seconds_left = std::max(0.0, options_.time_limit - elapsed());
  } else if (progress.steps > 0 && progress.steps_per_second > 0) {
    progress.seconds_left = static_cast<double>(progress.steps - step_) / progress.steps_per_second;
  }
  progress.skipped = skipped_.total();
  progress.skipped_at = skipped_.text();
  progress.validated = validated;
  progress.log_q = !family_.plan().left_out.empty();
  request_.report(progress);
}

/// Goes back to the best validation of the last phase if the last one is worse.
void Trainer::keep_best() {
  at::NoGradGuard no_grad;
  const bool last_is_best = best_.equal(average_);
  weights().copy_(best_);
  average_.copy_(best_);
  if (!last_is_best) validate();
}

TrainingResult Trainer::run() {
  prepare();
  bool stopped = false;
  while (true) {
    if (phase_over()) {
      if (phase_ + 1 == options_.phases.size()) break;
      next_phase();
      continue;
    }
    if (interrupted()) {
      stopped = true;
      break;
    }
    step();
    ++step_;
    ++phase_step_;
    if (phase_step_ % options_.check_every == 0 || phase_step_ == phase().steps) validate();
    if (elapsed() - last_report_ > 0.5) report(false);
    if (elapsed() - last_checkpoint_ > checkpoint_seconds) save_checkpoint();
  }
  if (stopped) save_checkpoint();
  if (!stopped) {
    if (history_.back().at("step") != step_) validate();
    keep_best();
  }
  TrainingResult result;
  result.tensors = save_tensors(family_.parameters());
  result.history = history_.dump();
  result.elbo = elbo_;
  result.elbo_se = elbo_se_;
  result.gap = gap_;
  result.steps = step_;
  result.skipped = skipped_.total();
  result.skipped_at = skipped_.text();
  result.seconds = elapsed();
  result.cpu_seconds = static_cast<double>(std::clock() - cpu_start_) / CLOCKS_PER_SEC;
  result.interrupted = stopped;
  return result;
}

}  // namespace

TrainingResult train(DualFamily& family, const TrainingRequest& request) { return Trainer(family, request).run(); }

}  // namespace adavi
