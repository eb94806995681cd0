#pragma once
#include "inference/losses.hpp"

namespace adavi {

/// Before the first gradient step: simulates `data_sets` data sets, standardises every input of the network, and sets
/// each affine block by ridge regression of the unconstrained latent on the features that do not depend on weights, its
/// scale from the residuals (log-linear in the features where that predicts held-out residuals better). For a
/// linear-Gaussian model in the structured family this already is the posterior.
///
/// Plates with a range are fitted over all of it, and data sets have gaps with probability `missing`. With a time limit
/// (seconds of the whole training; 0: none) a first fit to 256 data sets measures the time, and fewer are simulated
/// where all would take more than a quarter of it.
///
/// What depends on climbs at the top of the pyramid is left to `warm_start_top`.
void warm_start(DualFamily& family, std::int64_t data_sets, at::Generator& generator, double missing = 0,
                double time_limit = 0);

/// Climbs at the top for these data sets, whose peaks it fills in, and sets the affine blocks behind them. Nothing to
/// do for models that do not climb there.
void warm_start_top(DualFamily& family, const Batch& batch);

}  // namespace adavi
