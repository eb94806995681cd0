#pragma once
#include <memory>
#include <optional>

#include "inference/dual_family.hpp"
#include "inference/engine.hpp"
#include "inference/refinement.hpp"
#include "inference/typicality.hpp"

namespace adavi {

/// A trained family behind the `Posterior` interface.
class TorchPosterior : public Posterior {
 public:
  TorchPosterior(std::unique_ptr<DualFamily> family, std::uint64_t seed);
  void set_refinement(std::int64_t steps) override { refinement_.steps = steps; }
  PosteriorDraws draw(const DoubleArrays& data, std::int64_t draws, bool resample) override;
  std::vector<double> prior_predictive_p(const DoubleArrays& data) override;
  std::vector<Score> score(const DoubleArrays& data, std::int64_t draws) override;
  std::vector<double> log_q_at_truth(const DoubleArrays& simulated) override;

 private:
  /// What is known of a batch of data sets.
  struct Known {
    Observation observation;
    Encodings encodings;
    std::int64_t data_sets = 0;
    std::int64_t scalars = 0;  ///< in one draw of all of them
  };
  Known encode(const DoubleArrays& data);
  /// Calls `use` with where pieces of the draws begin and how many each has, so that they fit the memory that is fine
  /// to take.
  template <class Use>
  static void each_piece(const Known& known, std::int64_t draws, Use use);
  /// The same with the pieces themselves, drawn and weighted; a share of all draws, the last, is widened.
  template <class Use>
  void in_pieces(const Known& known, std::int64_t draws, double wide_share, Use use);
  PosteriorDraws draw_subset(const Known& known, std::int64_t draws);
  PosteriorDraws draw_plain(const Known& known, std::int64_t draws);
  PosteriorDraws draw_resampled(const Known& known, std::int64_t draws);

  std::unique_ptr<DualFamily> family_;
  std::uint64_t seed_;
  std::optional<Typicality> typicality_;  ///< for data like the first asked for: simulated once, not a piece
  at::Generator generator_;
  Refinement refinement_;
};

}  // namespace adavi
