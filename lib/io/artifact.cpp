#include "io/artifact.hpp"

#include <charconv>
#include <utility>
#include <vector>

#include "io/atomic_file.hpp"
#include "io/files.hpp"
#include "io/fitted_data.hpp"
#include "io/json.hpp"
#include "io/safetensors.hpp"

namespace adavi {
namespace {

using nlohmann::json;
using safetensors::Metadata;

constexpr int format_version = 1;

[[noreturn]] void refuse(const std::string& path, const std::string& message) {
  throw Failure(ExitStatus::mismatch, path + ": " + message);
}

/// Hash of names, shapes and texts: all of the header but this very hash.
std::string header_hash(const Metadata& metadata, const std::map<std::string, Shape>& shapes) {
  json content = {{"metadata", metadata}, {"shapes", shapes}};
  content["metadata"].erase("header_hash");
  return hexadecimal(hash(content.dump()));
}

/// JSON holds UTF-8 only; a comment in another encoding must not cost a training run.
std::string as_utf8(const std::string& text) {
  if (is_utf8(text)) return text;
  const std::string quoted = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
  return json::parse(quoted).get<std::string>();
}

/// The text fields, by their names in the file: one list for both directions.
std::vector<std::pair<const char*, std::string Artifact::*>> text_fields() {
  return {{"kind", &Artifact::kind},
          {"model_name", &Artifact::model_name},
          {"model", &Artifact::model},
          {"constants", &Artifact::constants},
          {"configuration", &Artifact::configuration},
          {"history", &Artifact::history},
          {"environment", &Artifact::environment},
          {"state", &Artifact::state},
          {"version", &Artifact::version}};
}

Metadata to_metadata(const Artifact& artifact) {
  Metadata metadata;
  for (const auto& [name, field] : text_fields()) metadata[name] = as_utf8(artifact.*field);
  if (!artifact.fitted.empty()) metadata["fitted"] = as_utf8(artifact.fitted);
  metadata["version"] = ADAVI_VERSION;
  metadata["format"] = "adavi";
  metadata["format_version"] = std::to_string(format_version);
  metadata["seed"] = std::to_string(artifact.seed);
  json hashes = json::object();
  for (const auto& [name, tensor] : artifact.tensors) hashes[name] = hexadecimal(hash(safetensors::bytes(tensor)));
  metadata["hashes"] = hashes.dump();
  return metadata;
}

template <class Integer>
Integer integer_field(const std::string& path, const Metadata& metadata, const std::string& name) {
  const auto found = metadata.find(name);
  const std::string text = found == metadata.end() ? "" : found->second;
  Integer value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    refuse(path, "malformed header: '" + name + "' is '" + text + "'");
  }
  return value;
}

void check_format(const std::string& path, const Metadata& metadata) {
  const auto format = metadata.find("format");
  if (format == metadata.end() || format->second != "adavi") {
    refuse(path, "is a safetensors file, but no model trained by adavi");
  }
  const int version = integer_field<int>(path, metadata, "format_version");
  if (version > format_version) {
    refuse(path, "has format version " + std::to_string(version) + "; this adavi (" ADAVI_VERSION ") reads up to " +
                     std::to_string(format_version) + ": use a newer adavi");
  }
  if (version < 1) refuse(path, "malformed header: format version " + std::to_string(version));
}

std::map<std::string, Shape> declared_shapes(const safetensors::Header& header) {
  std::map<std::string, Shape> shapes;
  for (const auto& [name, entry] : header.entries) shapes[name] = entry.shape;
  return shapes;
}

std::string shape_text(const Shape& shape) { return json(shape).dump(); }

}  // namespace

void write_artifact(const std::string& path, const Artifact& artifact) {
  AtomicFile file(path);
  Metadata metadata = to_metadata(artifact);
  std::map<std::string, Shape> shapes;
  for (const auto& [name, tensor] : artifact.tensors) shapes[name] = tensor.shape;
  metadata["header_hash"] = header_hash(metadata, shapes);
  file.write(safetensors::header_bytes(metadata, artifact.tensors));
  for (const auto& [name, tensor] : artifact.tensors) file.write(safetensors::bytes(tensor));
  file.commit();
}

struct ArtifactReader::State {
  explicit State(std::string source) : path(std::move(source)), header(safetensors::read_header(path)) {
    const Metadata& metadata = header.metadata;
    check_format(path, metadata);
    const auto stored = metadata.find("header_hash");
    if (stored == metadata.end() || stored->second != header_hash(metadata, declared_shapes(header))) {
      refuse(path, "is damaged: the header does not match its hash");
    }
    for (const auto& [name, field] : text_fields()) {
      const auto found = metadata.find(name);
      if (found == metadata.end()) refuse(path, std::string("malformed header: it lacks '") + name + "'");
      artifact.*field = found->second;
    }
    const auto fitted = metadata.find("fitted");
    if (fitted != metadata.end()) artifact.fitted = fitted->second;
    artifact.seed = integer_field<std::uint64_t>(path, metadata, "seed");
    hashes = parse_json(metadata.at("hashes"), path + " (hashes)", ExitStatus::mismatch);
  }

  NdArray<float> read(const std::string& name) const {
    NdArray<float> tensor = safetensors::read_tensor(path, header, name);
    if (!hashes.is_object() || hashes.value(name, json()) != hexadecimal(hash(safetensors::bytes(tensor)))) {
      refuse(path, "is damaged: tensor '" + name + "' does not match its hash");
    }
    return tensor;
  }

  std::string path;
  safetensors::Header header;
  Artifact artifact;
  json hashes;
};

ArtifactReader::ArtifactReader(const std::string& path) : state_(std::make_unique<State>(path)) {}
ArtifactReader::ArtifactReader(ArtifactReader&&) noexcept = default;
ArtifactReader& ArtifactReader::operator=(ArtifactReader&&) noexcept = default;
ArtifactReader::~ArtifactReader() = default;

const Artifact& ArtifactReader::metadata() const { return state_->artifact; }
std::map<std::string, Shape> ArtifactReader::shapes() const { return declared_shapes(state_->header); }

FloatArrays ArtifactReader::read_tensors(const std::map<std::string, Shape>& expected) const {
  // The header is whole, so that it is this adavi that has come to derive another network.
  const auto misfit = [this](const std::string& what) {
    refuse(state_->path,
           "does not fit its model: " + what + "\n  help: an earlier or later adavi trained it: train it again");
  };
  const std::map<std::string, Shape> found = shapes();
  for (const auto& [name, shape] : expected) {
    const auto entry = found.find(name);
    if (entry == found.end()) misfit("tensor '" + name + "' is missing");
    if (entry->second != shape) {
      misfit("tensor '" + name + "': expected " + shape_text(shape) + ", found " + shape_text(entry->second));
    }
  }
  for (const auto& [name, shape] : found) {
    if (expected.count(name) == 0) misfit("unexpected tensor '" + name + "'");
  }
  return read_tensors();
}

FloatArrays ArtifactReader::read_tensors() const {
  FloatArrays tensors;
  for (const auto& [name, entry] : state_->header.entries) tensors[name] = state_->read(name);
  return tensors;
}

}  // namespace adavi
