#pragma once
#include <cstdint>
#include <fstream>
#include <map>
#include <string>
#include <utility>

namespace adavi::h5 {

/// Where a string of variable length is kept: an object of a global heap collection.
struct HeapReference {
  std::uint32_t length = 0;
  std::uint64_t address = 0;  ///< of the collection, relative to the base of the file
  std::uint32_t index = 0;    ///< of the object
};

/// Reads HDF5's global heap (file format specification, III.E) from the file's bytes. HDF5 1.10's own reader trusts the
/// sizes that it finds there, and crashes or never returns on damaged files.
class GlobalHeap {
 public:
  /// `base` is the length of the user block before the HDF5 content.
  GlobalHeap(const std::string& path, std::uint64_t base, std::uint64_t file_size);

  /// `count` references that begin at byte `offset`. Throws std::runtime_error with the reason where bytes lack.
  std::string read_references(std::uint64_t offset, std::uint64_t count);
  /// The n-th of these references.
  static HeapReference reference(const std::string& references, std::size_t n);
  /// The text of a reference. Throws std::runtime_error with the reason.
  std::string text(const HeapReference& reference);

 private:
  std::string bytes(std::uint64_t offset, std::uint64_t count);
  void open_collection(std::uint64_t address);

  std::ifstream stream_;
  std::uint64_t base_, file_size_;
  std::uint64_t collection_ = 0;  ///< address of the one that is held
  std::string content_;
  std::map<std::uint32_t, std::pair<std::size_t, std::size_t>> objects_;  ///< index -> offset and size
};

}  // namespace adavi::h5
