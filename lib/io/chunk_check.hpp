#pragma once
#include <hdf5.h>

#include <string>
#include <vector>

#include "catalog/types.hpp"

namespace adavi::h5 {

/// Makes sure, chunk by chunk, that what a dataset stores decompresses to exactly the size of a chunk. HDF5 1.10 takes
/// that for granted and reads past the end of memory where a damaged file has less.
class ChunkCheck {
 public:
  /// Of a chunked dataset of this shape, whose filters are shuffle, deflate and fletcher32 alone. Throws
  /// std::runtime_error with the reason where its chunks or the order of its filters cannot be read.
  ChunkCheck(hid_t dataset, const Shape& shape, std::uint64_t element_size, std::uint64_t file_size);

  std::uint64_t chunk_bytes() const { return chunk_bytes_; }
  /// Bytes of all the chunks that hold one position of the first axis: what a reader's cache should keep.
  std::uint64_t slab_bytes() const;
  /// Checks the chunks that a box touches, each once. Throws std::runtime_error with the reason.
  void require(hid_t dataset, const Shape& first, const Shape& count);

 private:
  void read_filters(hid_t properties);
  void check_chunk(hid_t dataset, const std::vector<hsize_t>& offset);
  bool decodes(std::vector<unsigned char> bytes, std::uint32_t skipped) const;

  Shape chunk_;  ///< sizes of a chunk
  Shape grid_;   ///< number of chunks along each axis
  std::vector<H5Z_filter_t> filters_;
  std::uint64_t chunk_bytes_ = 0;
  std::uint64_t file_size_;
  std::vector<bool> checked_;
};

}  // namespace adavi::h5
