#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "io/ndarray.hpp"

/// The safetensors layout: 8 bytes of length, little-endian, a JSON header of that length, raw tensors one behind the
/// other. Only float32 ("F32") is used here.
namespace adavi::safetensors {

using Metadata = std::map<std::string, std::string>;

/// A tensor as the header declares it: bytes begin..end of the data section.
struct Entry {
  Shape shape;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

struct Header {
  Metadata metadata;
  std::map<std::string, Entry> entries;
  std::uint64_t data_start = 0;  ///< offset of the data section in the file
};

/// The first bytes of a file: length and header, padded with spaces to a multiple of 8.
std::string header_bytes(const Metadata& metadata, const FloatArrays& tensors);

/// Reads and checks a header: bounded length and nesting, types, and offsets that tile the rest of the file exactly.
/// Throws Failure(mismatch).
Header read_header(const std::string& path);

/// One tensor. Throws Failure(mismatch) where the file has become shorter.
NdArray<float> read_tensor(const std::string& path, const Header& header, const std::string& name);

/// The bytes of a tensor as they stand in a file.
std::string_view bytes(const NdArray<float>& tensor);

}  // namespace adavi::safetensors
