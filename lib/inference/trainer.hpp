#pragma once
#include "inference/dual_family.hpp"
#include "inference/engine.hpp"

namespace adavi {

/// Trains a family in place by the request's options; reports, checkpoints and stops as it asks.
///
/// Every step draws its random numbers from a stream of its own, so that a resumed training goes on exactly as if it
/// had not been interrupted. Weights that are validated and kept are an average over late steps (Polyak), with which a
/// constant learning rate converges as with one that decays, but at any time. Non-finite steps are skipped, counted and
/// traced to a variable.
TrainingResult train(DualFamily& family, const TrainingRequest& request);

}  // namespace adavi
