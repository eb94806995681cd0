#pragma once
#include <string>
#include <vector>

#include "io/atomic_file.hpp"
#include "io/hdf5.hpp"

namespace adavi::h5 {

/// A new HDF5 file that appears under its name when it is finished. Creation order is tracked, times are not: the same
/// numbers give the same bytes. Every error is Failure(failed) with the file's name and the reason.
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  hid_t id() const { return file_.id(); }
  Handle create_group(const std::string& name);
  /// Throws with the library's reason where `ok` is false; `what` is a dataset or group.
  void require(bool ok, const std::string& what) const;
  /// Flushes, closes, syncs, renames.
  void finish();

 private:
  AtomicFile target_;  // first, so that the file is closed before its temporary is removed
  Handle file_;
};

/// How a dataset is laid out: contiguous where `chunk` is empty.
struct Storage {
  Shape chunk;
  bool compress = false;  ///< shuffle and deflate; needs chunks
};

/// One dataset being written. Element types of the file: float32, float64, int64, or UTF-8 strings.
class OutputDataset {
 public:
  OutputDataset(const OutputFile& file, hid_t parent, const std::string& name, hid_t type, const Shape& shape,
                const Storage& storage = {});
  hid_t id() const { return dataset_.id(); }
  const std::string& name() const { return name_; }
  /// Writes a box, row-major; numbers are converted to the type in the file.
  void write(const Shape& first, const Shape& count, const float* values) const;
  void write(const Shape& first, const Shape& count, const double* values) const;
  void write(const std::vector<std::int64_t>& values) const;
  void write(const std::vector<std::string>& values) const;

 private:
  void write(const Shape& first, const Shape& count, hid_t type, const void* values) const;

  const OutputFile* file_;
  std::string name_;
  Handle dataset_;
};

/// Variable-length UTF-8, the one kind of string that NetCDF-4 readers take as a coordinate.
Handle text_type();
/// A UTF-8 attribute of fixed length, which is read back without a heap.
void write_attribute(const OutputFile& file, hid_t object, const std::string& name, const std::string& value);
void write_attribute(const OutputFile& file, hid_t object, const std::string& name,
                     const std::vector<std::string>& values);

/// Chunks of about a quarter of a MiB: the whole shape, its axes halved in the given order until it fits.
Shape chunk_for(const Shape& shape, std::size_t element_size, const std::vector<std::size_t>& order);

}  // namespace adavi::h5
