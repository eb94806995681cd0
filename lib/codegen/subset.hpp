#pragma once
#include <string>
#include <vector>

#include "semantics/hbm_model.hpp"

/// Inference over a subset of the latents (B.4): the dual family is derived for those asked for, the others are
/// marginalised by simulation.
namespace adavi {

/// A latent of the family, and what its conditional depends on beside its own encoding.
struct KeptLatent {
  int variable = -1;
  /// Latents of the family: those before it that matter once the ones left out are integrated out, in sampling order.
  std::vector<int> upper;
  /// Depths above its own at which latents are left out that it depends on: what all data say of these is in the
  /// encodings there. Outermost first.
  std::vector<int> around;
  bool parents_known = true;  ///< all its latent parents are in the family
};

/// Why these names are no subset of the model's latents, or nothing where they are. None at all stand for all latents.
/// Refused: a name that is no latent's, one that comes twice, and a latent that one left out bounds.
std::string unsuited_latents(const HbmModel& model, const std::vector<std::string>& names);

/// The named latents, or all of them, in sampling order.
std::vector<KeptLatent> kept_latents(const HbmModel& model, const std::vector<std::string>& names);
/// The others.
std::vector<int> left_out_latents(const HbmModel& model, const std::vector<std::string>& names);

/// Latents that are not left out, and derived quantities that read none of these: what draws have. Ascending.
std::vector<int> drawn_variables(const HbmModel& model, const std::vector<int>& left_out);

}  // namespace adavi
