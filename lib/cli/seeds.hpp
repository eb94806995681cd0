#pragma once
#include <cstdint>

namespace adavi {

/// Streams of random numbers that one `--seed` gives; each is unrelated to the others.
inline constexpr std::uint64_t held_out_stream = std::uint64_t{1} << 32;
inline constexpr std::uint64_t gap_stream = 3 * held_out_stream;

/// The seed of a stream; stream 0 has the user's own. Other streams pass through splitmix64's finaliser (Steele, Lea &
/// Flood 2014), so that neighbouring seeds share nothing.
inline std::uint64_t stream_seed(std::uint64_t seed, std::uint64_t stream) {
  if (stream == 0) return seed;
  std::uint64_t z = seed + stream * 0x9E3779B97F4A7C15ULL;
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBULL;
  return z ^ (z >> 31U);
}

}  // namespace adavi
