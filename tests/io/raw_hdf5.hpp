#pragma once
#include <hdf5.h>

#include <map>
#include <string>
#include <vector>

#include "io/ndarray.hpp"

namespace adavi::testing {

/// Writes HDF5 files as users' tools do, independently of lib/io.
class RawFile {
 public:
  explicit RawFile(const std::string& path, hid_t creation = H5P_DEFAULT)
      : id_(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation, H5P_DEFAULT)) {}
  ~RawFile() { H5Fclose(id_); }
  hid_t id() const { return id_; }

  /// A dataset of type `stored`; chunks where `properties` has them.
  void add(const std::string& name, const NdArray<double>& array, hid_t stored = H5T_IEEE_F64LE,
           hid_t properties = H5P_DEFAULT) {
    const std::vector<hsize_t> extent(array.shape.begin(), array.shape.end());
    const hid_t space = extent.empty() ? H5Screate(H5S_SCALAR)
                                       : H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr);
    const hid_t dataset = H5Dcreate2(id_, name.c_str(), stored, space, H5P_DEFAULT, properties, H5P_DEFAULT);
    if (!array.values.empty()) {
      H5Dwrite(dataset, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, array.values.data());
    }
    H5Dclose(dataset);
    H5Sclose(space);
  }

  void add_all(const DoubleArrays& arrays) {
    for (const auto& [name, array] : arrays) add(name, array);
  }

  /// Strings of variable length, or of the given fixed width.
  void add_texts(const std::string& name, const std::vector<std::string>& texts, std::size_t width = 0) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, width == 0 ? H5T_VARIABLE : width);
    const hsize_t count = texts.size();
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t dataset = H5Dcreate2(id_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    std::vector<const char*> pointers;
    std::string block;
    for (const std::string& text : texts) {
      pointers.push_back(text.c_str());
      block += text + std::string(width > text.size() ? width - text.size() : 0, '\0');
    }
    const void* memory = width == 0 ? static_cast<const void*>(pointers.data()) : block.data();
    H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, memory);
    H5Dclose(dataset);
    H5Sclose(space);
    H5Tclose(type);
  }

  /// A dataset of any type, without numbers.
  void add_empty(const std::string& name, hid_t type, const Shape& shape) {
    const std::vector<hsize_t> extent(shape.begin(), shape.end());
    const hid_t space = H5Screate_simple(static_cast<int>(extent.size()), extent.data(), nullptr);
    H5Dclose(H5Dcreate2(id_, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT));
    H5Sclose(space);
  }

 private:
  hid_t id_;
};

}  // namespace adavi::testing
