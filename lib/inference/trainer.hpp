#pragma once
#include "inference/dual_family.hpp"
#include "inference/engine.hpp"

namespace adavi {

/// Trains a family in place by the request's options; reports, checkpoints and stops as it asks.
///
/// Every step draws its random numbers from a stream of its own, so that a resumed training goes on exactly as if it
/// had not been interrupted (unless a time limit shapes the schedule). Non-finite steps are skipped, counted and traced
/// to a variable.
TrainingResult train(DualFamily& family, const TrainingRequest& request);

}  // namespace adavi
