#include "io/safetensors.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <limits>
#include <vector>

#include "io/files.hpp"
#include "io/json.hpp"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tensors are written as they stand in memory, which must be little-endian"
#endif

namespace adavi::safetensors {
namespace {

using nlohmann::json;

constexpr std::uint64_t length_bytes = 8;
constexpr std::uint64_t header_limit = 64 << 20;
constexpr std::size_t rank_limit = 16;

[[noreturn]] void refuse(const std::string& path, const std::string& message) {
  throw Failure(ExitStatus::mismatch, path + ": " + message);
}

std::vector<char> read_bytes(const std::string& path, std::uint64_t offset, std::uint64_t count) {
  std::ifstream stream(path, std::ios::binary);
  stream.seekg(static_cast<std::streamoff>(offset));
  std::vector<char> data(count);
  if (!stream.read(data.data(), static_cast<std::streamsize>(count))) refuse(path, "cannot be read to its end");
  return data;
}

std::uint64_t read_length(const std::string& path, std::uint64_t file_size) {
  if (file_size < length_bytes + 2) refuse(path, "is not a safetensors file: it is too short");
  const std::vector<char> data = read_bytes(path, 0, length_bytes + 1);
  std::uint64_t length = 0;
  std::memcpy(&length, data.data(), length_bytes);
  if (data[length_bytes] != '{') refuse(path, "is not a safetensors file: no JSON header");
  if (length > header_limit)
    refuse(path, "is not a safetensors file: its header claims " + std::to_string(length) + " bytes");
  if (length > file_size - length_bytes) refuse(path, "the file is truncated: its header is incomplete");
  return length;
}

Metadata read_metadata(const std::string& path, const json& value) {
  if (!value.is_object()) refuse(path, "malformed header: '__metadata__' is not an object");
  Metadata metadata;
  for (const auto& [key, text] : value.items()) {
    if (!text.is_string()) refuse(path, "malformed header: '__metadata__' holds more than texts");
    metadata[key] = text.get<std::string>();
  }
  return metadata;
}

/// Bytes of a float32 tensor of this shape; refuses what cannot be held.
std::uint64_t tensor_bytes(const std::string& path, const std::string& name, const Shape& shape) {
  std::uint64_t count = 4;
  for (const std::int64_t size : shape) {
    const auto factor = static_cast<std::uint64_t>(size);
    if (factor != 0 && count > std::numeric_limits<std::uint64_t>::max() / factor) {
      refuse(path, "tensor '" + name + "' is too large");
    }
    count *= factor;
  }
  return count;
}

Entry read_entry(const std::string& path, const std::string& name, const json& value) {
  const auto whole = [](const json& item) {
    return item.is_number_unsigned() && item.get<std::uint64_t>() <= INT64_MAX;
  };
  const auto all_whole = [&](const json& list) {
    return list.is_array() && std::all_of(list.begin(), list.end(), whole);
  };
  const bool formed = value.is_object() && value.contains("dtype") && value.contains("shape") &&
                      value.contains("data_offsets") && all_whole(value["shape"]) &&
                      value["shape"].size() <= rank_limit && all_whole(value["data_offsets"]) &&
                      value["data_offsets"].size() == 2;
  if (!formed) refuse(path, "malformed header: tensor '" + name + "'");
  if (value["dtype"] != "F32") {
    refuse(path, "tensor '" + name + "' has type " + describe_json_value(value["dtype"]) + ", expected 'F32'");
  }
  Entry entry{value["shape"].get<Shape>(), value["data_offsets"][0].get<std::uint64_t>(),
              value["data_offsets"][1].get<std::uint64_t>()};
  if (entry.end < entry.begin || entry.end - entry.begin != tensor_bytes(path, name, entry.shape)) {
    refuse(path, "malformed header: the offsets of tensor '" + name + "' do not fit its shape");
  }
  return entry;
}

/// Tensors must follow one another without gap or overlap, to the end of the file.
void check_tiling(const std::string& path, const Header& header, std::uint64_t file_size) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  for (const auto& [name, entry] : header.entries) ranges.emplace_back(entry.begin, entry.end);
  std::sort(ranges.begin(), ranges.end());
  std::uint64_t position = 0;
  for (const auto& [begin, end] : ranges) {
    if (begin != position) refuse(path, "malformed header: tensors overlap or leave gaps");
    position = end;
  }
  const std::uint64_t found = file_size - header.data_start;
  if (position > found) {
    refuse(path,
           "the file is truncated: " + std::to_string(found) + " of " + std::to_string(position) + " bytes of tensors");
  }
  if (position < found)
    refuse(path, "malformed: " + std::to_string(found - position) + " bytes behind the last tensor");
}

}  // namespace

std::string_view bytes(const NdArray<float>& tensor) {
  return {reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * sizeof(float)};
}

std::string header_bytes(const Metadata& metadata, const FloatArrays& tensors) {
  json header = json::object();
  header["__metadata__"] = metadata;
  std::uint64_t position = 0;
  for (const auto& [name, tensor] : tensors) {
    const std::uint64_t end = position + bytes(tensor).size();
    header[name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {position, end}}};
    position = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  const std::uint64_t length = text.size();
  if (length > header_limit) throw Failure(ExitStatus::failed, "the header of the artifact is too long");
  return std::string(reinterpret_cast<const char*>(&length), length_bytes) + text;
}

Header read_header(const std::string& path) {
  const std::uint64_t file_size = readable_file_size(path);
  const std::uint64_t length = read_length(path, file_size);
  const std::vector<char> text = read_bytes(path, length_bytes, length);
  const json parsed = parse_json(std::string(text.begin(), text.end()), path, ExitStatus::mismatch);
  if (!parsed.is_object()) refuse(path, "malformed header: not an object");
  Header header;
  header.data_start = length_bytes + length;
  for (const auto& [name, value] : parsed.items()) {
    if (name == "__metadata__") {
      header.metadata = read_metadata(path, value);
    } else {
      header.entries[name] = read_entry(path, name, value);
    }
  }
  check_tiling(path, header, file_size);
  return header;
}

NdArray<float> read_tensor(const std::string& path, const Header& header, const std::string& name) {
  const Entry& entry = header.entries.at(name);
  const std::vector<char> data = read_bytes(path, header.data_start + entry.begin, entry.end - entry.begin);
  NdArray<float> tensor{entry.shape, std::vector<float>(data.size() / sizeof(float))};
  if (!data.empty()) std::memcpy(tensor.values.data(), data.data(), data.size());
  return tensor;
}

}  // namespace adavi::safetensors
