#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace adavi {

enum class Loss {
  reverse_kl,          ///< eq. 5, C.7
  forward_kl,          ///< C.6
  unregularized_elbo,  ///< C.8
  map,                 ///< E.4, step 1: the shift of the affine block alone
};

/// One step of a multi-step schedule (appendices C.4, E.4, F.2).
struct Phase {
  Loss loss = Loss::reverse_kl;
  std::int64_t steps = 0;  ///< 0: until the validation ELBO has converged
};

/// How a dual family is trained. Defaults end by themselves. Data sets and draws are fewer than asked for where they
/// would not fit into memory.
struct TrainingOptions {
  /// None: reverse KL until it has converged, for a subset of the latents forward KL.
  std::vector<Phase> phases;
  std::int64_t batch = 0;  ///< data sets a step; 0: from 16 to 64 (a subset of the latents: 256), by the size of one
  /// Steps that each data set is used in, with fresh draws, before others take its place; 0: by the plan.
  std::int64_t reuse = 0;
  std::int64_t draws = 8;       ///< draws of theta a data set (C.5)
  double learning_rate = 5e-3;  ///< of Adam
  bool schedule = true;         ///< warm-up, and the average of late steps is kept; else constant, and the best step
  double clip_norm = 2.0;       ///< largest gradient norm, in multiples of its running mean; 0: none
  bool path_gradient = true;    ///< "sticking the landing" for the reverse KL
  bool warm_start = true;       ///< standardise inputs and set affine blocks by ridge regression
  std::int64_t warm_start_sets = 4096;
  std::int64_t simulations = 0;  ///< size of a fixed training set; 0: simulate on the fly
  /// Share of the data sets that training sees with gaps: plate instances and single observations missing at random.
  double missing = 0;
  std::int64_t validation_sets = 128;
  std::int64_t validation_draws = 32;
  std::int64_t validation_at_once = 0;  ///< data sets, by the size of one: settled alone
  std::int64_t check_every = 0;         ///< steps between validation ELBOs; 0: by the plan
  std::int64_t max_steps = 5000;        ///< of a phase that ends by convergence
  double time_limit = 0;                ///< wall seconds; 0: none. Then training ends at no other time
};

}  // namespace adavi
