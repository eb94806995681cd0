#pragma once
#include <ATen/ATen.h>

#include <vector>

#include "codegen/dual_plan.hpp"
#include "inference/generative_model.hpp"
#include "nn/set_transformer.hpp"

namespace adavi {

/// HE of eq. 1: data and covariates -> encodings E_h for every depth.
class HierarchicalEncoder {
 public:
  HierarchicalEncoder(Parameters& parameters, const HbmModel& model, const DualPlan& plan, at::Generator& generator);

  /// Encodings by depth, [1, B, Card(plate 1)..Card(plate depth), features]: entry 0 is E of the top, entry d what
  /// latents of depth d are conditioned on.
  std::vector<at::Tensor> operator()(const GenerativeModel& model, const VariableValues& known) const;

  /// Fits every standardizer to simulated data, from the data upwards, and encodes it.
  std::vector<at::Tensor> fit(const GenerativeModel& model, const VariableValues& known);

  /// Which features at a depth do not depend on trainable weights, as 0/1 flags.
  const std::vector<char>& fixed(int depth) const { return fixed_[static_cast<std::size_t>(depth)]; }

 private:
  struct Level {
    EncoderLevel plan;
    Standardizer inputs, moments;
    SetTransformer transformer;
  };
  /// Features of one depth: as networks see them, with heavy tails compressed, and as moments are taken of them,
  /// without: the logarithm of a variance needs no compression, and would lose the scale to it.
  struct Features {
    at::Tensor compressed, linear;
  };
  std::vector<at::Tensor> encode(const GenerativeModel& model, const VariableValues& known, bool fit) const;
  Features join(const GenerativeModel& model, const VariableValues& known, const std::vector<EncoderInput>& inputs,
                const Features& below, Standardizer standardizer, bool fit) const;
  at::Tensor contract(const Level& level, const Features& features, bool fit) const;

  DualPlan plan_;
  std::vector<Level> levels_;  ///< innermost plate first
  Standardizer top_inputs_;
  std::vector<std::vector<char>> fixed_;
};

}  // namespace adavi
