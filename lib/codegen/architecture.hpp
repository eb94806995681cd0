#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace adavi {

/// Which factorisation the dual family has.
enum class Family {
  structured,  ///< q = prod q(theta_i | upper latents that matter, E_hi)
  mean_field,  ///< eq. 4: q = prod q(theta_i | E_hi)
  total,       ///< one flow over all latents of all plates, given all encodings (the paper's TLSF and NPE)
};

/// `automatic`: ISAB, but none inside a plate whose data messages summarise.
enum class Attention { automatic, none, sab, isab };
enum class AffineScale { none, diagonal, triangular };
/// What bends the Gaussian. `maf`: affine autoregressive behind the affine block, density in one pass (the paper's);
/// `iaf`: affine autoregressive before it, sampling in one pass; `spline`: as `iaf`, with monotone rational-quadratic
/// splines; `coupling`: such splines, of the second half of the dimensions given the first, density in two passes.
enum class FlowKind { none, maf, iaf, spline, coupling };

inline bool has_splines(FlowKind kind) { return kind == FlowKind::spline || kind == FlowKind::coupling; }

/// What a user may choose about the dual network. Sizes do not depend on cardinalities, but for `total` and `free`.
struct ArchitectureOptions {
  Family family = Family::structured;
  /// No encoder: every instance has affine parameters of its own, which fit one data set (non-amortized).
  bool free = false;
  /// The latents to infer (B.4), in any order; none: all of them. The others are marginalised by simulation.
  std::vector<std::string> latents;

  // Hierarchical encoder (eq. 1), one set transformer (Lee et al. 2019) a plate.
  Attention attention = Attention::automatic;
  std::int64_t embedding = 16;
  std::int64_t heads = 4;
  std::int64_t inducing = 8;  ///< inducing points of an ISAB
  std::int64_t blocks = 1;    ///< ISABs or SABs before the pooling
  bool moments = true;        ///< mean, log variance and log cardinality beside attention
  /// Newton steps of the messages: what each group of data says by itself of the latents it depends on, pooled up the
  /// pyramid by precision; 0: no messages.
  std::int64_t message_steps = 5;

  // Conditional density estimators (eq. 2).
  std::vector<std::int64_t> trunk = {64, 64};  ///< hidden layers between context and affine block; empty: linear
  AffineScale affine = AffineScale::triangular;
  FlowKind flow = FlowKind::spline;
  std::vector<std::int64_t> flow_hidden = {32};
  std::int64_t spline_bins = 8;
  std::int64_t scoring_steps = 2;  ///< Newton steps of an estimator's likelihood-informed start; 0: none
  /// Conditionals that are Gaussian or of one number are computed, not learned; with scoring steps.
  bool exact = true;
};

}  // namespace adavi
