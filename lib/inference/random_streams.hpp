#pragma once
#include <cstdint>

namespace adavi {

/// Streams of random numbers: what they are for and, within it, which one.
enum class Stream : std::uint64_t {
  warm_start = 1,
  validation,
  validation_draws,
  pool,
  epoch,
  step,
  typicality,
  fresh,
  reuse
};

inline std::uint64_t stream_seed(std::uint64_t seed, Stream stream, std::uint64_t index = 0) {
  // splitmix64, which spreads neighbouring inputs.
  std::uint64_t x = seed * 0x9e3779b97f4a7c15ULL + static_cast<std::uint64_t>(stream) * 0xbf58476d1ce4e5b9ULL + index;
  x += 0x9e3779b97f4a7c15ULL;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace adavi
