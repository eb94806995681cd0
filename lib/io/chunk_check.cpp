#include "io/chunk_check.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

#include "io/hdf5.hpp"

namespace adavi::h5 {
namespace {

constexpr std::size_t checksum_bytes = 4;  // that fletcher32 adds

[[noreturn]] void refuse(const std::string& why) { throw std::runtime_error(why); }

/// The inflated bytes; empty where the stream is damaged or gives more than `limit`.
std::vector<unsigned char> inflated(std::vector<unsigned char> bytes, std::size_t limit) {
  std::vector<unsigned char> result(limit);
  uLongf length = limit;
  if (::uncompress(result.data(), &length, bytes.data(), bytes.size()) != Z_OK) return {};
  result.resize(length);
  return result;
}

}  // namespace

ChunkCheck::ChunkCheck(hid_t dataset, const Shape& shape, std::uint64_t element_size, std::uint64_t file_size)
    : file_size_(file_size) {
  const Handle properties(H5Dget_create_plist(dataset), H5Pclose);
  std::array<hsize_t, H5S_MAX_RANK> sizes{};
  if (H5Pget_chunk(properties.id(), H5S_MAX_RANK, sizes.data()) != static_cast<int>(shape.size())) {
    refuse("has malformed chunks");
  }
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    if (sizes[axis] == 0 || sizes[axis] > std::numeric_limits<std::uint32_t>::max()) refuse("has malformed chunks");
    const auto size = static_cast<std::int64_t>(sizes[axis]);
    chunk_.push_back(size);
    grid_.push_back(shape[axis] / size + (shape[axis] % size == 0 ? 0 : 1));
  }
  if (element_count(chunk_) > std::numeric_limits<std::uint32_t>::max()) refuse("has malformed chunks");
  chunk_bytes_ = element_count(chunk_) * element_size;
  read_filters(properties.id());
  checked_.resize(element_count(grid_));
}

void ChunkCheck::read_filters(hid_t properties) {
  const int count = H5Pget_nfilters(properties);
  for (int index = 0; index < count; ++index) {
    std::array<char, 64> name{};
    std::size_t values = 0;
    unsigned flags = 0;
    const H5Z_filter_t filter = H5Pget_filter2(properties, static_cast<unsigned>(index), &flags, &values, nullptr,
                                               name.size() - 1, name.data(), nullptr);
    if (filter != H5Z_FILTER_DEFLATE && filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_FLETCHER32) {
      refuse("is compressed with filter " + std::to_string(filter) +
             (name[0] == 0 ? "" : " (" + std::string(name.data()) + ")") +
             ", which is not read here; write it with gzip");
    }
    const bool deflated = std::find(filters_.begin(), filters_.end(), H5Z_FILTER_DEFLATE) != filters_.end();
    if (deflated && filter != H5Z_FILTER_FLETCHER32) refuse("has its filters in an order that is not read here");
    filters_.push_back(filter);
  }
}

std::uint64_t ChunkCheck::slab_bytes() const {
  Shape chunks = grid_;
  if (!chunks.empty()) chunks.front() = 1;
  const std::uint64_t count = element_count(chunks);
  if (chunk_bytes_ != 0 && count > std::numeric_limits<std::uint64_t>::max() / chunk_bytes_) return UINT64_MAX;
  return count * chunk_bytes_;
}

void ChunkCheck::require(hid_t dataset, const Shape& first, const Shape& count) {
  const std::size_t rank = chunk_.size();
  Shape lowest(rank), highest(rank);
  for (std::size_t axis = 0; axis < rank; ++axis) {
    if (count[axis] == 0) return;
    lowest[axis] = first[axis] / chunk_[axis];
    highest[axis] = (first[axis] + count[axis] - 1) / chunk_[axis];
  }
  for (Shape position = lowest;;) {
    std::size_t flat = 0;
    std::vector<hsize_t> offset(rank);
    for (std::size_t axis = 0; axis < rank; ++axis) {
      flat = flat * static_cast<std::size_t>(grid_[axis]) + static_cast<std::size_t>(position[axis]);
      offset[axis] = static_cast<hsize_t>(position[axis] * chunk_[axis]);
    }
    if (!checked_[flat]) check_chunk(dataset, offset);
    checked_[flat] = true;
    std::size_t axis = rank;  // the next chunk, last axis first
    while (axis > 0 && position[axis - 1] == highest[axis - 1]) --axis, position[axis] = lowest[axis];
    if (axis == 0) return;
    ++position[axis - 1];
  }
}

void ChunkCheck::check_chunk(hid_t dataset, const std::vector<hsize_t>& offset) {
  hsize_t stored = 0;
  if (H5Dget_chunk_storage_size(dataset, offset.data(), &stored) < 0) refuse("cannot be read: " + reason());
  if (stored == 0) return;  // never written
  if (stored > file_size_) refuse("is damaged: a chunk is longer than the file");
  if (filters_.empty()) {
    if (stored != chunk_bytes_) refuse("is damaged: a chunk has the wrong size");
    return;
  }
  std::vector<unsigned char> bytes(stored);
  std::uint32_t skipped = 0;
  if (H5Dread_chunk(dataset, H5P_DEFAULT, offset.data(), &skipped, bytes.data()) < 0) {
    refuse("cannot be read: " + reason());
  }
  if (!decodes(std::move(bytes), skipped)) refuse("is damaged: a chunk has the wrong size");
}

bool ChunkCheck::decodes(std::vector<unsigned char> bytes, std::uint32_t skipped) const {
  for (std::size_t index = filters_.size(); index-- > 0;) {
    if ((skipped >> index & 1U) != 0) continue;
    if (filters_[index] == H5Z_FILTER_FLETCHER32) {
      if (bytes.size() < checksum_bytes) return false;
      bytes.resize(bytes.size() - checksum_bytes);
    } else if (filters_[index] == H5Z_FILTER_DEFLATE) {
      bytes = inflated(std::move(bytes), chunk_bytes_ + filters_.size() * checksum_bytes);
    }
  }
  return bytes.size() == chunk_bytes_;
}

}  // namespace adavi::h5
