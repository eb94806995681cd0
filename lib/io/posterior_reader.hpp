#pragma once
#include <memory>
#include <string>
#include <vector>

#include "io/ndarray.hpp"

namespace adavi {

/// A variable of a posterior file: its axes behind chain, draw and dataset.
struct PosteriorVariable {
  std::string name;
  std::vector<std::string> dims;  ///< plates and event axes
  Shape shape;                    ///< their sizes
};

/// Reads back what PosteriorFile wrote, piece by piece.
class PosteriorReader {
 public:
  /// Throws Failure(mismatch) where the file is none of ours or is malformed.
  explicit PosteriorReader(const std::string& path);
  PosteriorReader(PosteriorReader&&) noexcept;
  PosteriorReader& operator=(PosteriorReader&&) noexcept;
  ~PosteriorReader();

  /// Variables of the group `posterior`, in the model's order.
  const std::vector<PosteriorVariable>& variables() const;
  const std::vector<std::string>& data_sets() const;
  std::int64_t draws() const;
  /// Pareto shape of the importance weights, one a data set; none at all of a subset of the latents.
  const std::vector<double>& k_hat() const;
  /// Draws of one variable for one data set, [draw, shape]; of its first axis only `count` entries from `first` on, so
  /// that large variables fit in memory (count -1: all).
  NdArray<double> read(const std::string& variable, std::int64_t data_set, std::int64_t first = 0,
                       std::int64_t count = -1) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace adavi
