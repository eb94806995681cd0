#include "io/hdf5.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "diagnostics/failure.hpp"
#include "io/chunk_check.hpp"
#include "io/files.hpp"

namespace adavi::h5 {
namespace {

constexpr std::size_t name_limit = 1000;
constexpr std::size_t cache_slots = 10007;
constexpr std::uint64_t default_cache_bytes = 1 << 20;
constexpr std::uint64_t largest_cache_bytes = 256 << 20;

/// Keeps the first description of a walk, which is the innermost.
herr_t keep_first(unsigned, const H5E_error2_t* error, void* result) {
  auto& text = *static_cast<std::string*>(result);
  if (text.empty() && error->desc != nullptr) text = error->desc;
  return 0;
}

/// The operating system's words, where the library quotes them.
std::string system_message(const std::string& description) {
  const std::string key = "error message = '";
  const std::size_t start = description.find(key);
  if (start == std::string::npos) return description;
  const std::size_t end = description.find('\'', start + key.size());
  return description.substr(start + key.size(), end - start - key.size());
}

std::string innermost_description() {
  std::string description;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &description);
  return description;
}

[[noreturn]] void refuse_file(const std::string& path) {
  const std::string description = innermost_description();
  std::string message = path + ": cannot be opened: " + system_message(description);
  if (description.find("truncated") != std::string::npos) {
    message = path + ": the file is truncated (" + description + ")";
  } else if (description.find("lock") != std::string::npos) {
    message += "; where the file system has no locks, set HDF5_USE_FILE_LOCKING=FALSE";
  }
  throw Failure(ExitStatus::mismatch, message);
}

herr_t collect_name(hid_t, const char* name, const H5L_info_t*, void* result) {
  auto& names = *static_cast<std::vector<std::string>*>(result);
  names.emplace_back(name);
  return names.size() < name_limit ? 0 : 1;
}

bool is_hard_link(hid_t file, const std::string& name) {
  H5L_info_t info;
  return H5Lexists(file, name.c_str(), H5P_DEFAULT) > 0 && H5Lget_info(file, name.c_str(), &info, H5P_DEFAULT) >= 0 &&
         info.type == H5L_TYPE_HARD;
}

bool exists(hid_t file, const std::string& name) { return H5Lexists(file, name.c_str(), H5P_DEFAULT) > 0; }

}  // namespace

Handle& Handle::operator=(Handle&& other) noexcept {
  if (this != &other) {
    close();
    id_ = std::exchange(other.id_, -1);
    close_ = other.close_;
  }
  return *this;
}

bool Handle::close() {
  if (id_ < 0) return true;
  return close_(std::exchange(id_, -1)) >= 0;
}

void prepare() {
  static const bool once = [] {
    H5dont_atexit();
    H5open();
    H5PLset_loading_state(0);
    return true;
  }();
  static_cast<void>(once);
  // Each thread has an error stack of its own.
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

std::string reason() {
  const std::string text = system_message(innermost_description());
  return text.empty() ? "HDF5 gives no reason" : text;
}

std::uint64_t element_count(const Shape& shape) {
  std::uint64_t count = 1;
  for (const std::int64_t size : shape) {
    const auto factor = static_cast<std::uint64_t>(size);
    if (factor != 0 && count > std::numeric_limits<std::uint64_t>::max() / factor) {
      return std::numeric_limits<std::uint64_t>::max();
    }
    count *= factor;
  }
  return count;
}

std::string to_string(const Shape& shape) {
  std::string text = "[";
  for (std::size_t axis = 0; axis < shape.size(); ++axis) {
    text += (axis == 0 ? "" : ", ") + std::to_string(shape[axis]);
  }
  return text + "]";
}

InputFile::InputFile(const std::string& path) : path_(path), size_(readable_file_size(path)) {
  prepare();
  const htri_t is_hdf5 = H5Fis_hdf5(path.c_str());
  if (is_hdf5 == 0) throw Failure(ExitStatus::mismatch, path + ": is not an HDF5 file");
  if (is_hdf5 < 0) refuse_file(path);
  const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fclose_degree(access.id(), H5F_CLOSE_STRONG);
  file_ = Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
  if (!file_) refuse_file(path);
}

Node InputFile::node(const std::string& name) const {
  // Every step of the path must be a hard link: others may lead out of the file.
  for (std::size_t end = name.find('/', 1);; end = name.find('/', end + 1)) {
    const std::string step = name.substr(0, end);
    if (!exists(file_.id(), step)) return Node::none;
    if (!is_hard_link(file_.id(), step)) return Node::other;
    const Handle object(H5Oopen(file_.id(), step.c_str(), H5P_DEFAULT), H5Oclose);
    const H5I_type_t type = object ? H5Iget_type(object.id()) : H5I_BADID;
    if (end != std::string::npos) {
      if (type != H5I_GROUP) return Node::none;
      continue;
    }
    if (type == H5I_DATASET) return Node::dataset;
    return type == H5I_GROUP ? Node::group : Node::other;
  }
}

std::optional<std::vector<std::string>> InputFile::names() const {
  H5G_info_t info;
  if (H5Gget_info(file_.id(), &info) < 0 || info.storage_type == H5G_STORAGE_TYPE_DENSE) return std::nullopt;
  std::vector<std::string> found;
  H5Literate(file_.id(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_name, &found);
  return found;
}

std::string InputFile::attribute(const std::string& group, const std::string& name) const {
  const Handle handle(H5Gopen2(file_.id(), group.c_str(), H5P_DEFAULT), H5Gclose);
  return handle ? text_attribute(handle.id(), name) : "";
}

InputDataset InputFile::dataset(const std::string& name) const {
  const Node found = node(name);
  if (found != Node::dataset) {
    const char* what = found == Node::none ? "nothing" : found == Node::group ? "a group" : "a link or another object";
    throw Failure(ExitStatus::mismatch, path_ + ": " + name + ": expected a dataset, found " + what);
  }
  InputDataset result(path_, size_, name, open(name, 0));
  result.inspect();
  if (result.chunks_ && result.chunks_->slab_bytes() > default_cache_bytes) {
    // Pieces along the first axis touch the same chunks again and again.
    result.dataset_.close();
    result.dataset_ = open(name, std::min(result.chunks_->slab_bytes(), largest_cache_bytes));
  }
  return result;
}

Handle InputFile::open(const std::string& name, std::uint64_t cache_bytes) const {
  const Handle access(H5Pcreate(H5P_DATASET_ACCESS), H5Pclose);
  if (cache_bytes != 0) H5Pset_chunk_cache(access.id(), cache_slots, cache_bytes, H5D_CHUNK_CACHE_W0_DEFAULT);
  Handle dataset(H5Dopen2(file_.id(), name.c_str(), access.id()), H5Dclose);
  if (!dataset) throw Failure(ExitStatus::mismatch, path_ + ": " + name + ": cannot be opened: " + reason());
  return dataset;
}

}  // namespace adavi::h5
