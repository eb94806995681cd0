#pragma once
#include <map>
#include <string>
#include <vector>

#include "io/hdf5_output.hpp"

namespace adavi {

/// A named axis with its coordinate: texts, or 0, 1, ... where there are none.
struct Dimension {
  std::string name;
  std::int64_t size = 0;
  std::vector<std::string> labels;
};

/// One group of a NetCDF-4 file as xarray and ArviZ read it, written with HDF5 alone: every dimension has a coordinate
/// variable of its name in the group, and every axis of every variable has one dimension scale attached.
class NetcdfGroup {
 public:
  NetcdfGroup(h5::OutputFile& file, const std::string& name);
  const std::string& name() const { return name_; }
  /// A text attribute of the group.
  void attribute(const std::string& name, const std::string& value);
  void attribute(const std::string& name, const std::vector<std::string>& values);
  /// A variable over distinct dimensions, written by the caller. Dimensions become part of the group at their first
  /// use. The variable keeps their names in the attribute `dims`.
  h5::OutputDataset variable(const std::string& name, hid_t type, const std::vector<Dimension>& dimensions,
                             const h5::Storage& storage);

 private:
  const h5::OutputDataset& scale(const Dimension& dimension);

  h5::OutputFile* file_;
  std::string name_;
  h5::Handle group_;
  std::map<std::string, h5::OutputDataset> scales_;
};

}  // namespace adavi
