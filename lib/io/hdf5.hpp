#pragma once
#include <hdf5.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/types.hpp"

/// A thin wrapper over HDF5's C interface for files that may come from strangers: only known names, plain types and
/// checked sizes are read, and no memory is taken before the claim was compared with the file's length.
namespace adavi::h5 {

/// Owns one identifier.
class Handle {
 public:
  Handle() = default;
  Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(other.id_), close_(other.close_) { other.id_ = -1; }
  Handle& operator=(Handle&& other) noexcept;
  ~Handle() { close(); }

  hid_t id() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }
  /// Closes now; false if the library could not (a full disk may show only here).
  bool close();

 private:
  hid_t id_ = -1;
  herr_t (*close_)(hid_t) = nullptr;
};

/// Sets the library up on the calling thread: silent, no exit handler (it crashes after a full disk), no plugins.
void prepare();

/// Why the last call failed: the innermost reason of the library's error stack, e.g. "No space left on device".
std::string reason();

class ChunkCheck;

/// What the elements of a dataset are.
enum class Element { integer, real, text, other };

/// One dataset opened for reading; every size and type was checked when it was opened.
class InputDataset {
 public:
  InputDataset(InputDataset&&) noexcept;
  ~InputDataset();
  const std::string& name() const { return name_; }  ///< with its path: "/x"
  const Shape& shape() const { return shape_; }
  Element element() const { return element_; }
  /// "float32", "int64", "string", "compound", ...
  const std::string& type_name() const { return type_name_; }
  /// Reads a box of numbers as doubles, row-major. Needs `element()` integer or real.
  void read(const Shape& first, const Shape& count, double* values) const;
  std::vector<double> read_all() const;
  /// Reads all strings, of fixed or variable length. Needs `element()` text.
  std::vector<std::string> read_strings() const;
  /// A text attribute of fixed length; empty where there is none.
  std::string attribute(const std::string& name) const;
  /// Throws Failure(mismatch): `file: /x: message`.
  [[noreturn]] void refuse(const std::string& message) const;

 private:
  friend class InputFile;
  InputDataset(std::string file, std::uint64_t file_size, std::string name, Handle dataset) noexcept;
  void inspect();
  void check_storage(hid_t properties, std::uint64_t bytes);
  void check_chunks(const std::string& claim);
  void require_chunks(const Shape& first, const Shape& count) const;
  std::vector<std::string> read_fixed_strings(hid_t type, std::size_t count) const;
  std::vector<std::string> read_variable_strings(std::size_t count) const;

  std::string file_;
  std::uint64_t file_size_;
  std::string name_;
  Handle dataset_;
  std::unique_ptr<ChunkCheck> chunks_;  ///< absent for contiguous data
  Shape shape_;
  Element element_ = Element::other;
  std::string type_name_;
};

enum class Node { none, dataset, group, other };

/// A file opened for reading.
class InputFile {
 public:
  /// Throws Failure(mismatch): missing, a directory, empty, not HDF5, truncated, locked, ...
  explicit InputFile(const std::string& path);

  const std::string& path() const { return path_; }
  /// What stands at a path like "/posterior/mu". Links that lead elsewhere are `other`.
  Node node(const std::string& name) const;
  /// Names at the root, the first thousand; nothing where they are kept in a form that the library does not list safely
  /// in damaged files ("dense": more than eight in files of the newer format).
  std::optional<std::vector<std::string>> names() const;
  /// A text attribute of fixed length of a group; empty where there is none.
  std::string attribute(const std::string& group, const std::string& name) const;
  /// Opens and checks a dataset. Throws Failure(mismatch) where it is no dataset or is stored in a way not read here.
  InputDataset dataset(const std::string& name) const;

 private:
  Handle open(const std::string& name, std::uint64_t cache_bytes) const;

  std::string path_;
  std::uint64_t size_ = 0;
  Handle file_;
};

/// A text attribute of fixed length of a group or dataset; empty where there is none.
std::string text_attribute(hid_t object, const std::string& name);
/// Number of elements of a shape; saturates instead of overflowing.
std::uint64_t element_count(const Shape& shape);
/// "[10, 3, 50, 2]"
std::string to_string(const Shape& shape);

}  // namespace adavi::h5
