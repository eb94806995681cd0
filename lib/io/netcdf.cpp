#include "io/netcdf.hpp"

#include <hdf5_hl.h>

#include <numeric>

namespace adavi {

NetcdfGroup::NetcdfGroup(h5::OutputFile& file, const std::string& name)
    : file_(&file), name_(name), group_(file.create_group(name)) {}

void NetcdfGroup::attribute(const std::string& name, const std::string& value) {
  h5::write_attribute(*file_, group_.id(), name, value);
}

void NetcdfGroup::attribute(const std::string& name, const std::vector<std::string>& values) {
  h5::write_attribute(*file_, group_.id(), name, values);
}

const h5::OutputDataset& NetcdfGroup::scale(const Dimension& dimension) {
  const auto found = scales_.find(dimension.name);
  if (found != scales_.end()) return found->second;
  const h5::Handle text = h5::text_type();
  const bool labelled = !dimension.labels.empty();
  h5::OutputDataset coordinate(*file_, group_.id(), dimension.name, labelled ? text.id() : H5T_STD_I64LE,
                               {dimension.size});
  if (labelled) {
    coordinate.write(dimension.labels);
  } else {
    std::vector<std::int64_t> positions(static_cast<std::size_t>(dimension.size));
    std::iota(positions.begin(), positions.end(), 0);
    coordinate.write(positions);
  }
  file_->require(H5DSset_scale(coordinate.id(), dimension.name.c_str()) >= 0, name_ + "/" + dimension.name);
  return scales_.emplace(dimension.name, std::move(coordinate)).first->second;
}

h5::OutputDataset NetcdfGroup::variable(const std::string& name, hid_t type, const std::vector<Dimension>& dimensions,
                                        const h5::Storage& storage) {
  Shape shape;
  std::string dims;
  for (const Dimension& dimension : dimensions) {
    shape.push_back(dimension.size);
    dims += (dims.empty() ? "" : " ") + dimension.name;
    scale(dimension);
  }
  h5::OutputDataset dataset(*file_, group_.id(), name, type, shape, storage);
  for (std::size_t axis = 0; axis < dimensions.size(); ++axis) {
    const hid_t coordinate = scale(dimensions[axis]).id();
    file_->require(H5DSattach_scale(dataset.id(), coordinate, static_cast<unsigned>(axis)) >= 0, name_ + "/" + name);
  }
  h5::write_attribute(*file_, dataset.id(), "dims", dims);
  return dataset;
}

}  // namespace adavi
