#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <stdexcept>

#include "diagnostics/failure.hpp"
#include "io/chunk_check.hpp"
#include "io/global_heap.hpp"
#include "io/hdf5.hpp"

namespace adavi::h5 {
namespace {

/// Deflate cannot do better than 1032 to 1, so no honest dataset claims more than that times the file's length.
constexpr std::uint64_t largest_expansion = 1032;
constexpr std::size_t longest_attribute = 65536;

bool is_plain_integer(hid_t type) {
  const std::array<hid_t, 16> plain = {H5T_STD_I8LE, H5T_STD_I16LE, H5T_STD_I32LE, H5T_STD_I64LE,
                                       H5T_STD_U8LE, H5T_STD_U16LE, H5T_STD_U32LE, H5T_STD_U64LE,
                                       H5T_STD_I8BE, H5T_STD_I16BE, H5T_STD_I32BE, H5T_STD_I64BE,
                                       H5T_STD_U8BE, H5T_STD_U16BE, H5T_STD_U32BE, H5T_STD_U64BE};
  return std::any_of(plain.begin(), plain.end(), [&](hid_t candidate) { return H5Tequal(type, candidate) > 0; });
}

bool is_plain_float(hid_t type) {
  const std::array<hid_t, 4> plain = {H5T_IEEE_F32LE, H5T_IEEE_F64LE, H5T_IEEE_F32BE, H5T_IEEE_F64BE};
  return std::any_of(plain.begin(), plain.end(), [&](hid_t candidate) { return H5Tequal(type, candidate) > 0; });
}

std::string name_of_type(hid_t type) {
  const std::string bits = std::to_string(8 * H5Tget_size(type));
  switch (H5Tget_class(type)) {
    case H5T_INTEGER:
      return (H5Tget_sign(type) == H5T_SGN_NONE ? "uint" : "int") + bits;
    case H5T_FLOAT:
      return H5Tget_size(type) > 8 ? "long double" : "float" + bits;
    case H5T_STRING:
      return "string";
    case H5T_ENUM:
      return "enum (numpy's bool is stored so; write it as int8)";
    case H5T_COMPOUND:
      return "compound";
    case H5T_ARRAY:
      return "array type";
    case H5T_VLEN:
      return "variable-length lists";
    case H5T_BITFIELD:
      return "bitfield";
    case H5T_OPAQUE:
      return "opaque";
    case H5T_REFERENCE:
      return "reference";
    default:
      return "an unknown type";
  }
}

std::string until_end(const char* text, std::size_t limit) {
  std::string result(text, ::strnlen(text, limit));
  while (!result.empty() && result.back() == ' ') result.pop_back();  // space-padded strings
  return result;
}

std::vector<hsize_t> sizes(const Shape& shape) { return {shape.begin(), shape.end()}; }

}  // namespace

InputDataset::InputDataset(std::string file, std::uint64_t file_size, std::string name, Handle dataset) noexcept
    : file_(std::move(file)), file_size_(file_size), name_(std::move(name)), dataset_(std::move(dataset)) {}

InputDataset::InputDataset(InputDataset&&) noexcept = default;
InputDataset::~InputDataset() = default;

void InputDataset::refuse(const std::string& message) const {
  throw Failure(ExitStatus::mismatch, file_ + ": " + name_ + ": " + message);
}

void InputDataset::inspect() {
  const Handle type(H5Dget_type(dataset_.id()), H5Tclose);
  const Handle space(H5Dget_space(dataset_.id()), H5Sclose);
  const Handle properties(H5Dget_create_plist(dataset_.id()), H5Pclose);
  if (!type || !space || !properties) refuse("cannot be read: " + reason());
  type_name_ = name_of_type(type.id());
  if (is_plain_integer(type.id())) element_ = Element::integer;
  if (is_plain_float(type.id())) element_ = Element::real;
  if (H5Tget_class(type.id()) == H5T_STRING) element_ = Element::text;

  if (H5Sget_simple_extent_type(space.id()) == H5S_NULL) refuse("is empty (a null dataspace)");
  const int rank = H5Sget_simple_extent_ndims(space.id());
  if (rank < 0 || rank > H5S_MAX_RANK) refuse("has a malformed shape");
  std::vector<hsize_t> extent(static_cast<std::size_t>(rank));
  H5Sget_simple_extent_dims(space.id(), extent.data(), nullptr);
  for (const hsize_t size : extent) {
    if (size > static_cast<hsize_t>(std::numeric_limits<std::int64_t>::max())) refuse("has a malformed shape");
    shape_.push_back(static_cast<std::int64_t>(size));
  }
  const std::uint64_t count = element_count(shape_);
  const std::uint64_t width = H5Tget_size(type.id());
  if (width == 0 || count > std::numeric_limits<std::uint64_t>::max() / width) {
    refuse("claims more elements than can be held: " + to_string(shape_));
  }
  check_storage(properties.id(), count * width);
}

void InputDataset::check_storage(hid_t properties, std::uint64_t bytes) {
  if (H5Pget_external_count(properties) != 0) refuse("keeps its numbers in another file, which is not read here");
  const std::string claim = "claims " + std::to_string(bytes) + " bytes in a file of " + std::to_string(file_size_);
  if (bytes / largest_expansion > file_size_) refuse(claim);
  const H5D_layout_t layout = H5Pget_layout(properties);
  if (layout == H5D_CHUNKED) return check_chunks(claim);
  if (layout != H5D_CONTIGUOUS && layout != H5D_COMPACT) refuse("is stored in a way that is not read here (virtual)");
  const std::uint64_t stored = H5Dget_storage_size(dataset_.id());
  const bool written = stored != 0 || layout == H5D_COMPACT;  // contiguous data may never have been written
  if (written && (stored < bytes || stored > file_size_)) refuse(claim);
  const haddr_t offset = layout == H5D_CONTIGUOUS ? H5Dget_offset(dataset_.id()) : HADDR_UNDEF;
  if (offset != HADDR_UNDEF && (offset > file_size_ || bytes > file_size_ - offset)) refuse(claim);
}

void InputDataset::check_chunks(const std::string& claim) {
  try {
    const Handle type(H5Dget_type(dataset_.id()), H5Tclose);
    chunks_ = std::make_unique<ChunkCheck>(dataset_.id(), shape_, H5Tget_size(type.id()), file_size_);
  } catch (const std::runtime_error& error) {
    refuse(error.what());
  }
  if (chunks_->chunk_bytes() / largest_expansion > file_size_) refuse(claim + " by chunks");
}

void InputDataset::read(const Shape& first, const Shape& count, double* values) const {
  if (element_count(count) == 0) return;
  require_chunks(first, count);
  const Handle file_space(H5Dget_space(dataset_.id()), H5Sclose);
  const std::vector<hsize_t> start = sizes(first), extent = sizes(count);
  if (!shape_.empty() &&
      H5Sselect_hyperslab(file_space.id(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr) < 0) {
    refuse("cannot be read: " + reason());
  }
  const hsize_t total = element_count(count);
  const Handle memory_space(H5Screate_simple(1, &total, nullptr), H5Sclose);
  if (H5Dread(dataset_.id(), H5T_NATIVE_DOUBLE, memory_space.id(), file_space.id(), H5P_DEFAULT, values) < 0) {
    refuse("cannot be read: " + reason());
  }
}

void InputDataset::require_chunks(const Shape& first, const Shape& count) const {
  if (!chunks_) return;
  try {
    chunks_->require(dataset_.id(), first, count);
  } catch (const std::runtime_error& error) {
    refuse(error.what());
  }
}

std::vector<double> InputDataset::read_all() const {
  std::vector<double> values(element_count(shape_));
  read(Shape(shape_.size(), 0), shape_, values.data());
  return values;
}

std::vector<std::string> InputDataset::read_strings() const {
  const Handle type(H5Dget_type(dataset_.id()), H5Tclose);
  const std::size_t count = element_count(shape_);
  if (count == 0) return {};
  return H5Tis_variable_str(type.id()) > 0 ? read_variable_strings(count) : read_fixed_strings(type.id(), count);
}

std::vector<std::string> InputDataset::read_fixed_strings(hid_t type, std::size_t count) const {
  require_chunks(Shape(shape_.size(), 0), shape_);
  const std::size_t width = H5Tget_size(type);
  std::vector<char> bytes(width * count);
  if (H5Dread(dataset_.id(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data()) < 0) {
    refuse("cannot be read: " + reason());
  }
  std::vector<std::string> texts;
  for (std::size_t index = 0; index < count; ++index) texts.push_back(until_end(bytes.data() + index * width, width));
  return texts;
}

std::vector<std::string> InputDataset::read_variable_strings(std::size_t count) const {
  const Handle properties(H5Dget_create_plist(dataset_.id()), H5Pclose);
  if (H5Pget_layout(properties.id()) != H5D_CONTIGUOUS) {
    refuse("holds strings of variable length in chunks, which are not read here; store them contiguously");
  }
  const haddr_t offset = H5Dget_offset(dataset_.id());
  if (offset == HADDR_UNDEF) return std::vector<std::string>(count);  // never written
  const Handle file(H5Iget_file_id(dataset_.id()), H5Fclose);
  const Handle creation(H5Fget_create_plist(file.id()), H5Pclose);
  hsize_t user_block = 0;
  std::size_t address_size = 0, length_size = 0;
  H5Pget_userblock(creation.id(), &user_block);
  H5Pget_sizes(creation.id(), &address_size, &length_size);
  if (address_size != 8 || length_size != 8) refuse("has addresses of unusual size");
  try {
    GlobalHeap heap(file_, user_block, file_size_);
    const std::string references = heap.read_references(offset, count);
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < count; ++i) texts.push_back(heap.text(GlobalHeap::reference(references, i)));
    return texts;
  } catch (const std::runtime_error& error) {
    refuse(std::string("cannot be read: ") + error.what());
  }
}

std::string InputDataset::attribute(const std::string& name) const { return text_attribute(dataset_.id(), name); }

std::string text_attribute(hid_t object, const std::string& name) {
  if (H5Aexists(object, name.c_str()) <= 0) return {};
  const Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
  if (!attribute) return {};
  const Handle type(H5Aget_type(attribute.id()), H5Tclose);
  const Handle space(H5Aget_space(attribute.id()), H5Sclose);
  const bool plain = H5Tget_class(type.id()) == H5T_STRING && H5Tis_variable_str(type.id()) == 0 &&
                     H5Tget_size(type.id()) <= longest_attribute && H5Sget_simple_extent_npoints(space.id()) == 1;
  if (!plain) return {};
  std::vector<char> bytes(H5Tget_size(type.id()) + 1, '\0');
  if (H5Aread(attribute.id(), type.id(), bytes.data()) < 0) return {};
  return until_end(bytes.data(), bytes.size());
}

}  // namespace adavi::h5
