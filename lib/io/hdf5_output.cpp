#include "io/hdf5_output.hpp"

#include <algorithm>

#include "diagnostics/failure.hpp"

namespace adavi::h5 {
namespace {

constexpr std::uint64_t chunk_target = 256 * 1024;

Handle property_list(hid_t kind) { return Handle(H5Pcreate(kind), H5Pclose); }

/// Creation order as NetCDF-4 wants it, no times, and links in the header itself: the simplest form, which HDF5 reads
/// safely even where it is damaged.
void set_group_properties(hid_t list) {
  H5Pset_link_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  H5Pset_attr_creation_order(list, H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  H5Pset_link_phase_change(list, 4096, 4000);
  H5Pset_obj_track_times(list, false);
}

Handle simple_space(const Shape& shape) {
  const std::vector<hsize_t> extent(shape.begin(), shape.end());
  if (extent.empty()) return Handle(H5Screate(H5S_SCALAR), H5Sclose);
  return Handle(H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr), H5Sclose);
}

Handle dataset_properties(const Storage& storage) {
  Handle list = property_list(H5P_DATASET_CREATE);
  H5Pset_attr_creation_order(list.id(), H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED);
  H5Pset_obj_track_times(list.id(), false);
  if (storage.chunk.empty()) return list;
  const std::vector<hsize_t> chunk(storage.chunk.begin(), storage.chunk.end());
  H5Pset_chunk(list.id(), static_cast<int>(chunk.size()), chunk.data());
  if (storage.compress) {
    H5Pset_shuffle(list.id());
    H5Pset_deflate(list.id(), 4);
  }
  return list;
}

}  // namespace

OutputFile::OutputFile(const std::string& path) : target_(path) {
  prepare();
  const Handle creation = property_list(H5P_FILE_CREATE);
  set_group_properties(creation.id());
  const Handle access = property_list(H5P_FILE_ACCESS);
  H5Pset_libver_bounds(access.id(), H5F_LIBVER_V18, H5F_LIBVER_V18);
  H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG);
  file_ = Handle(H5Fcreate(target_.temporary().c_str(), H5F_ACC_TRUNC, creation.id(), access.id()), H5Fclose);
  require(static_cast<bool>(file_), "/");
}

void OutputFile::require(bool ok, const std::string& what) const {
  if (ok) return;
  const std::string why = reason();
  throw Failure(ExitStatus::failed, target_.path() + ": cannot be written: " + why + " (at " + what + ")");
}

Handle OutputFile::create_group(const std::string& name) {
  const Handle creation = property_list(H5P_GROUP_CREATE);
  set_group_properties(creation.id());
  Handle group(H5Gcreate2(id(), name.c_str(), H5P_DEFAULT, creation.id(), H5P_DEFAULT), H5Gclose);
  require(static_cast<bool>(group), "/" + name);
  return group;
}

void OutputFile::finish() {
  require(H5Fflush(id(), H5F_SCOPE_GLOBAL) >= 0, "/");
  require(file_.close(), "/");
  target_.commit();
}

OutputDataset::OutputDataset(const OutputFile& file, hid_t parent, const std::string& name, hid_t type,
                             const Shape& shape, const Storage& storage)
    : file_(&file), name_(name) {
  const Handle space = simple_space(shape);
  const Handle properties = dataset_properties(storage);
  dataset_ =
      Handle(H5Dcreate2(parent, name.c_str(), type, space.id(), H5P_DEFAULT, properties.id(), H5P_DEFAULT), H5Dclose);
  file.require(static_cast<bool>(dataset_), name);
}

void OutputDataset::write(const Shape& first, const Shape& count, hid_t type, const void* values) const {
  const hsize_t total = element_count(count);
  if (total == 0) return;
  const Handle file_space(H5Dget_space(id()), H5Sclose);
  if (!count.empty()) {
    const std::vector<hsize_t> start(first.begin(), first.end()), extent(count.begin(), count.end());
    H5Sselect_hyperslab(file_space.id(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr);
  }
  const Handle memory_space(H5Screate_simple(1, &total, nullptr), H5Sclose);
  file_->require(H5Dwrite(id(), type, memory_space.id(), file_space.id(), H5P_DEFAULT, values) >= 0, name_);
}

void OutputDataset::write(const Shape& first, const Shape& count, const float* values) const {
  write(first, count, H5T_NATIVE_FLOAT, values);
}

void OutputDataset::write(const Shape& first, const Shape& count, const double* values) const {
  write(first, count, H5T_NATIVE_DOUBLE, values);
}

void OutputDataset::write(const std::vector<std::int64_t>& values) const {
  write({0}, {static_cast<std::int64_t>(values.size())}, H5T_NATIVE_INT64, values.data());
}

void OutputDataset::write(const std::vector<std::string>& values) const {
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  write({0}, {static_cast<std::int64_t>(values.size())}, text_type().id(), pointers.data());
}

Handle text_type() {
  Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), H5T_VARIABLE);
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  return type;
}

void write_attribute(const OutputFile& file, hid_t object, const std::string& name, const std::string& value) {
  const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.id(), value.size() + 1);  // HDF5 has no strings of length 0
  H5Tset_cset(type.id(), H5T_CSET_UTF8);
  const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Handle attribute(H5Acreate2(object, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  file.require(attribute && H5Awrite(attribute.id(), type.id(), value.c_str()) >= 0, "attribute " + name);
}

void write_attribute(const OutputFile& file, hid_t object, const std::string& name,
                     const std::vector<std::string>& values) {
  const Handle type = text_type();
  const Handle space = simple_space({static_cast<std::int64_t>(values.size())});
  const Handle attribute(H5Acreate2(object, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  file.require(attribute && H5Awrite(attribute.id(), type.id(), pointers.data()) >= 0, "attribute " + name);
}

Shape chunk_for(const Shape& shape, std::size_t element_size, const std::vector<std::size_t>& order) {
  Shape chunk = shape;
  for (const std::size_t axis : order) {
    while (chunk[axis] > 1 && element_count(chunk) * element_size > chunk_target) chunk[axis] = (chunk[axis] + 1) / 2;
  }
  return chunk;
}

}  // namespace adavi::h5
