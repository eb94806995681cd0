#pragma once
#include <cstdint>
#include <vector>

#include "codegen/architecture.hpp"
#include "codegen/dual_plan.hpp"
#include "semantics/hbm_model.hpp"

/// What Newton steps can find in a model, and of which latents together.
namespace adavi {

/// Numbers of one Newton climb: its curvature takes one pass a number. Around a mixture's components (MessagePlan) a
/// climb takes no pass over the data but the first.
constexpr std::int64_t most_climbed(int mixture) { return mixture < 0 ? 8 : 24; }

bool contains(const std::vector<int>& indices, int index);
bool is_latent(const HbmModel& model, int index);

/// Latents that the latent `index` has to be climbed along with, itself first: later latents of the same plates that
/// share an observed child. Empty where the upper latents, these and the data do not say all there is to say of them.
/// Of mixtures, only the observed `mixture` counts as one peak (MessagePlan::mixture; -1: none).
std::vector<int> climbed_along(const HbmModel& model, int index, const std::vector<int>& upper, int mixture);

/// Whether each number of the latent, or each part that is broken off a Dirichlet simplex, has a conditional density of
/// its own, continuous and by data alone: it can be tabulated, given `upper`, where Newton steps would find no peak.
bool has_densities(const HbmModel& model, int index, const std::vector<int>& upper);

/// Gaussian latents at the top, `index` first, and those of plates below: given `upper` and the data, all of them
/// together are Gaussian. Both empty where they are not, are too many, or none is below.
struct GaussianLatents {
  std::vector<int> top, below;
};
GaussianLatents gaussian_latents(const HbmModel& model, int index, const std::vector<int>& upper);

/// The messages of a model's data; none where they are not peaks that Newton steps find.
MessagePlan message_of(const HbmModel& model, const ArchitectureOptions& options);

}  // namespace adavi
