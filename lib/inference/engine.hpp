#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "codegen/dual_plan.hpp"
#include "inference/training_options.hpp"
#include "io/ndarray.hpp"
#include "semantics/hbm_model.hpp"

/// The narrow interface in front of LibTorch: commands talk to the engine in plain arrays, so that `check`, `format`
/// and
/// `--help` start without loading it. Data arrays have the shape [data set, plates outermost first, event].
namespace adavi {

struct EngineOptions {
  std::uint64_t seed = 0;
  int threads = 0;              ///< 0: as many as there are cores
  std::string device = "auto";  ///< auto, cpu or cuda; Failure(usage) where there is none
};

/// Weights and standardisation by name, as the artifact stores them.
using Tensors = FloatArrays;

/// What training tells while it runs.
struct Progress {
  std::string phase;  ///< "warm start", "reverse KL", ...
  std::int64_t step = 0;
  std::int64_t steps = 0;  ///< expected; 0: unknown
  double loss = 0;         ///< running mean
  double elbo = 0;         ///< latest validation score, nats; NaN before the first
  double elbo_se = 0;
  double gap = 0;  ///< of the usual validation data set, estimated: log p(X) - ELBO, nats; not finite where unknown
  double learning_rate = 0;
  double steps_per_second = 0;
  double seconds_left = 0;   ///< estimate; NaN if unknown
  std::int64_t skipped = 0;  ///< non-finite steps, never applied
  std::string skipped_at;    ///< variables they were traced to: "tau: 2, theta: 1"
  bool validated = false;    ///< this report carries a new validation score
  bool log_q = false;        ///< the score is not the ELBO but log q of true latents: of a subset (B.4)
};

struct TrainingRequest {
  TrainingOptions options;
  EngineOptions engine;
  /// Known variables of one data set [1, plates..., event]: its posterior alone is trained (non-amortized). Null:
  /// that of every data set that the model simulates.
  const DoubleArrays* fit = nullptr;
  const Tensors* resume = nullptr;  ///< a checkpoint's tensors, with the optimizer's and generator's state
  std::string resume_state;         ///< and its JSON
  std::function<void(const Progress&)> report;
  const std::atomic<bool>* interrupted = nullptr;  ///< set by SIGINT; training stops after the current step
  /// Called now and then and on interruption with a checkpoint: tensors and a JSON text of the rest of the state.
  std::function<void(const Tensors&, const std::string& state)> checkpoint;
};

struct TrainingResult {
  Tensors tensors;               ///< weights and standardisation alone
  std::string history;           ///< JSON: [{step, phase, loss, elbo, elbo_se, gap, learning_rate}, ...]
  std::string environment;       ///< JSON: LibTorch version, instruction set, BLAS, threads, device
  double elbo = 0, elbo_se = 0;  ///< last validation; of a subset of the latents log q of the true ones
  double gap = 0;                ///< as in Progress
  std::int64_t steps = 0, skipped = 0;
  std::string skipped_at;  ///< as in Progress
  double seconds = 0, cpu_seconds = 0;
  bool interrupted = false;
};

/// Pareto shape above which importance weights, and with them the draws, are not to be trusted (Vehtari et al. 2015).
inline constexpr double largest_k_hat = 0.7;

/// Posterior draws of a batch of data sets, all [draw, data set, ...]. Those of a subset of the latents (B.4) have no
/// log joint, and so no importance weights: `log_prior`, `log_likelihood`, `k_hat`, `log_weight` and `resampled` are
/// empty.
struct PosteriorDraws {
  FloatArrays variables;           ///< latents and derived quantities: [draw, data set, plates, event]
  NdArray<double> log_prior;       ///< log p(theta)     [draw, data set]
  NdArray<double> log_likelihood;  ///< log p(X | theta)
  NdArray<double> log_q;           ///< log q(theta | X)
  NdArray<double> k_hat;           ///< [data set], Pareto shape of the importance weights
  NdArray<double> log_weight;  ///< normalised log weights that the draws still need: smoothed importance weights, or
                               ///< all the same after resampling [draw, data set]
  NdArray<double> resampled;   ///< [data set], 1 where draws were resampled, else 0
  /// [data set], how usual the data are for the model: `prior_predictive_p`.
  NdArray<double> prior_predictive_p;
};

/// One data set's scores.
struct Score {
  double elbo = 0;          ///< nats
  double log_evidence = 0;  ///< log mean importance weight
  double log_evidence_se = 0;
  double k_hat = 0;
  double prior_predictive_p = 0;  ///< of data from a file; NaN for simulated ones
};

/// A trained dual family, ready for data.
class Posterior {
 public:
  virtual ~Posterior() = default;
  /// Gradient steps that each data set's own encodings take before it is drawn from or scored; none by default.
  virtual void set_refinement(std::int64_t steps) = 0;
  /// Draws of q; with `resample`, and all latents, chosen from a pool of four times as many by their Pareto-smoothed
  /// importance weights, so that they follow the exact posterior more closely. A data set with a k-hat above
  /// `largest_k_hat` keeps plain ones.
  virtual PosteriorDraws draw(const DoubleArrays& data, std::int64_t draws, bool resample) = 0;
  /// How usual data sets are for the model: the share of 255 simulated data sets that are at least as unusual, the data
  /// set itself counted along; 1/256 is the least.
  virtual std::vector<double> prior_predictive_p(const DoubleArrays& data) = 0;
  /// Scores of q itself, without `prior_predictive_p`. Not for a subset of the latents.
  virtual std::vector<Score> score(const DoubleArrays& data, std::int64_t draws) = 0;
  /// log q(theta | X) of simulated data sets at their true latents, which `simulated` has beside the data.
  virtual std::vector<double> log_q_at_truth(const DoubleArrays& simulated) = 0;
};

class Engine {
 public:
  virtual ~Engine() = default;
  /// `n` data sets with their latents and derived quantities from the prior predictive, for plates of the given
  /// cardinalities, outermost first.
  virtual DoubleArrays simulate(const HbmModel& model, std::int64_t n, const EngineOptions& options,
                                const Shape& cardinalities) = 0;
  /// With the largest cardinalities that the model allows.
  DoubleArrays simulate(const HbmModel& model, std::int64_t n, const EngineOptions& options) {
    Shape cardinalities;
    for (const Plate& plate : model.plates) cardinalities.push_back(plate.upper);
    return simulate(model, n, options, cardinalities);
  }
  /// Takes observations out of simulated data sets as training with `missing` does: that share of them gets gaps,
  /// marked by NaN. Random numbers follow `options.seed`.
  virtual void leave_gaps(const HbmModel& model, DoubleArrays& data, double missing, const EngineOptions& options) = 0;
  virtual TrainingResult train(const HbmModel& model, const DualPlan& plan, const TrainingRequest& request) = 0;
  /// The names and sizes that a trained model's tensors must have, to be checked before memory is taken.
  virtual std::map<std::string, Shape> expected_tensors(const HbmModel& model, const DualPlan& plan) = 0;
  /// Rebuilds a trained family. Tensors must be those of `expected_tensors`.
  virtual std::unique_ptr<Posterior> load(const HbmModel& model, const DualPlan& plan, const Tensors& tensors,
                                          const EngineOptions& options) = 0;
};

}  // namespace adavi

/// The engine library's one symbol; the binary finds it with dlopen.
extern "C" adavi::Engine* adavi_engine();
