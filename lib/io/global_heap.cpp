#include "io/global_heap.hpp"

#include <cstring>
#include <stdexcept>

namespace adavi::h5 {
namespace {

constexpr std::size_t reference_size = 16;  // length, address, index
constexpr std::size_t header_size = 16;     // of a collection and of each object
constexpr std::uint64_t collection_limit = 64 << 20;

template <class Integer>
Integer little_endian(const std::string& bytes, std::size_t offset) {
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value |= static_cast<Integer>(static_cast<Integer>(static_cast<unsigned char>(bytes[offset + i])) << (8 * i));
  }
  return value;
}

[[noreturn]] void refuse() { throw std::runtime_error("the strings are damaged"); }

}  // namespace

GlobalHeap::GlobalHeap(const std::string& path, std::uint64_t base, std::uint64_t file_size)
    : stream_(path, std::ios::binary), base_(base), file_size_(file_size) {}

std::string GlobalHeap::bytes(std::uint64_t offset, std::uint64_t count) {
  if (offset > file_size_ || count > file_size_ - offset) refuse();
  std::string result(count, '\0');
  stream_.seekg(static_cast<std::streamoff>(offset));
  if (!stream_.read(result.data(), static_cast<std::streamsize>(count))) refuse();
  return result;
}

std::string GlobalHeap::read_references(std::uint64_t offset, std::uint64_t count) {
  if (count > file_size_ / reference_size) refuse();
  return bytes(offset, count * reference_size);
}

HeapReference GlobalHeap::reference(const std::string& references, std::size_t n) {
  const std::size_t start = n * reference_size;
  return {little_endian<std::uint32_t>(references, start), little_endian<std::uint64_t>(references, start + 4),
          little_endian<std::uint32_t>(references, start + 12)};
}

std::string GlobalHeap::text(const HeapReference& reference) {
  if (reference.length == 0) return {};
  if (collection_ != reference.address || content_.empty()) open_collection(reference.address);
  const auto object = objects_.find(reference.index);
  if (object == objects_.end() || reference.length > object->second.second) refuse();
  const std::string text = content_.substr(object->second.first, reference.length);
  return text.substr(0, text.find('\0'));
}

void GlobalHeap::open_collection(std::uint64_t address) {
  content_.clear();
  objects_.clear();
  if (address > file_size_ || base_ > file_size_ - address) refuse();
  const std::string header = bytes(base_ + address, header_size);
  const auto size = little_endian<std::uint64_t>(header, 8);
  if (header.compare(0, 4, "GCOL") != 0 || header[4] != 1 || size < header_size || size > collection_limit) refuse();
  content_ = bytes(base_ + address, size);
  collection_ = address;
  for (std::size_t position = header_size; position + header_size <= size;) {
    const auto index = little_endian<std::uint16_t>(content_, position);
    const auto length = little_endian<std::uint64_t>(content_, position + 8);
    if (index == 0) break;  // the free space at the end
    const std::size_t start = position + header_size;
    if (length > size - start) refuse();
    objects_.emplace(index, std::make_pair(start, static_cast<std::size_t>(length)));
    position = start + (length + 7) / 8 * 8;
  }
}

}  // namespace adavi::h5
