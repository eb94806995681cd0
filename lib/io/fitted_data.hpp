#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "io/ndarray.hpp"

namespace adavi {

/// FNV-1a, 64 bits, in hexadecimal: finds damage and confusion, not malice.
std::uint64_t hash(std::string_view bytes, std::uint64_t start = 0xcbf29ce484222325U);
std::string hexadecimal(std::uint64_t value);

/// Which data set a non-amortized training has fitted.
struct FittedData {
  std::string file;     ///< as it was given
  std::string name;     ///< of the data set in it
  std::string content;  ///< `content_of` its arrays
};

/// A hash of the names, sizes and numbers of what is known of one data set.
std::string content_of(const DoubleArrays& data_set);

/// As JSON, for an artifact's metadata. `parse_fitted` throws Failure(mismatch) naming `origin`.
std::string to_json(const FittedData& fitted);
FittedData parse_fitted(const std::string& text, const std::string& origin);

}  // namespace adavi
