#include "io/artifact.hpp"

#include <cstring>

#include "file_size_limit.hpp"
#include "fixtures.hpp"

using namespace adavi;
using namespace adavi::testing;

namespace {

Artifact example() {
  Artifact artifact;
  artifact.model_name = "gre.hbm";
  artifact.model = "model { } // \"quotes\" and \xc3\xa9";
  artifact.constants = "{\"G\": 3}";
  artifact.configuration = "{}";
  artifact.history = "[]";
  artifact.environment = "{\"threads\": 2}";
  artifact.seed = 18446744073709551615U;
  artifact.tensors = {{"a.weight", numbers<float>({4, 3}, 1)}, {"b", numbers<float>({}, 2)}, {"c", {{0, 7}, {}}}};
  artifact.tensors["a.weight"].values[5] = std::nanf("");
  return artifact;
}

std::map<std::string, Shape> shapes() { return {{"a.weight", {4, 3}}, {"b", {}}, {"c", {0, 7}}}; }

std::string example_bytes() {
  const TemporaryFolder folder;
  write_artifact(folder / "m.adavi", example());
  return read_bytes(folder / "m.adavi");
}

/// What opening and reading these bytes says.
std::string message_for(const std::string& bytes, const std::map<std::string, Shape>& expected = shapes()) {
  const TemporaryFolder folder;
  write_bytes(folder / "m.adavi", bytes);
  return failure(folder, [&] { ArtifactReader(folder / "m.adavi").read_tensors(expected); });
}

/// A safetensors file with this header and so many bytes of tensors.
std::string file_with(const std::string& header, std::size_t data = 0) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data, '\0');
}

/// The numbers bit by bit, for NaN differs from itself.
std::vector<std::uint32_t> bits(const NdArray<float>& tensor) {
  std::vector<std::uint32_t> result;
  for (const float& value : tensor.values) std::memcpy(&result.emplace_back(), &value, sizeof value);
  return result;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("an artifact is read back as it was written") {
  const TemporaryFolder folder;
  const Artifact artifact = example();
  write_artifact(folder / "m.adavi", artifact);
  const ArtifactReader reader(folder / "m.adavi");
  const Artifact& found = reader.metadata();
  CHECK(found.kind == "model");
  CHECK(found.model_name == artifact.model_name);
  CHECK(found.model == artifact.model);
  CHECK(found.constants == artifact.constants);
  CHECK(found.configuration == artifact.configuration);
  CHECK(found.history == artifact.history);
  CHECK(found.environment == artifact.environment);
  CHECK(found.state.empty());
  CHECK(found.seed == artifact.seed);
  CHECK(found.version == ADAVI_VERSION);
  CHECK(found.tensors.empty());
  CHECK(reader.shapes() == shapes());
  const FloatArrays tensors = reader.read_tensors(shapes());
  REQUIRE(tensors.size() == 3);
  for (const auto& [name, tensor] : artifact.tensors) {
    CHECK(tensors.at(name).shape == tensor.shape);
    CHECK(bits(tensors.at(name)) == bits(tensor));
  }
  CHECK(folder.files() == 1);
}

TEST_CASE("the same artifact gives the same bytes") { CHECK(example_bytes() == example_bytes()); }

TEST_CASE("text that is not UTF-8 is mended instead of losing a training run") {
  const TemporaryFolder folder;
  Artifact artifact = example();
  artifact.model = "// caf\xe9";
  write_artifact(folder / "m.adavi", artifact);
  CHECK(ArtifactReader(folder / "m.adavi").metadata().model == "// caf\xef\xbf\xbd");
}

TEST_CASE("tensors must be those of the model") {
  const std::string bytes = example_bytes();
  CHECK(message_for(bytes).empty());
  const std::string help = "\n  help: an earlier or later adavi trained it: train it again";
  auto expected = shapes();
  expected["a.weight"] = {4, 2};
  CHECK(message_for(bytes, expected) ==
        "4: m.adavi: does not fit its model: tensor 'a.weight': expected [4,2], found [4,3]" + help);
  expected = shapes();
  expected["d"] = {1};
  CHECK(message_for(bytes, expected) == "4: m.adavi: does not fit its model: tensor 'd' is missing" + help);
  expected = shapes();
  expected.erase("c");
  CHECK(message_for(bytes, expected) == "4: m.adavi: does not fit its model: unexpected tensor 'c'" + help);
}

TEST_CASE("damage is found wherever it is") {
  std::string bytes = example_bytes();
  bytes[bytes.size() - 1] = static_cast<char>(bytes[bytes.size() - 1] ^ 1);
  CHECK(message_for(bytes) == "4: m.adavi: is damaged: tensor 'b' does not match its hash");
  CHECK(message_for(replaced(example_bytes(), "gre.hbm", "grf.hbm")) ==
        "4: m.adavi: is damaged: the header does not match its hash");
  CHECK(message_for(replaced(example_bytes(), "[4,3]", "[3,4]")) ==
        "4: m.adavi: is damaged: the header does not match its hash");
  CHECK(message_for(replaced(example_bytes(), "\"format_version\":\"1\"", "\"format_version\":\"9\"")) ==
        "4: m.adavi: has format version 9; this adavi (" ADAVI_VERSION ") reads up to 1: use a newer adavi");
}

TEST_CASE("files that are no artifact are refused with the reason") {
  const TemporaryFolder folder;
  CHECK(failure(folder, [&] { ArtifactReader(folder / "none.adavi"); }) == "4: none.adavi: no such file");
  CHECK(failure(folder, [&] { ArtifactReader(folder / ""); }) == "4: : is a directory, expected a file");
  CHECK(message_for("") == "4: m.adavi: the file is empty");
  CHECK(message_for("abc") == "4: m.adavi: is not a safetensors file: it is too short");
  CHECK(message_for("model { plate g[3] { } }") == "4: m.adavi: is not a safetensors file: no JSON header");
  const std::string bytes = example_bytes();
  CHECK(message_for(bytes.substr(0, 100)) == "4: m.adavi: the file is truncated: its header is incomplete");
  CHECK(message_for(bytes.substr(0, bytes.size() - 10)) ==
        "4: m.adavi: the file is truncated: 42 of 52 bytes of tensors");
  CHECK(message_for(bytes + "xyz") == "4: m.adavi: malformed: 3 bytes behind the last tensor");
  CHECK(message_for(file_with("{}")) == "4: m.adavi: is a safetensors file, but no model trained by adavi");
  std::string huge = file_with("{}");
  std::memset(huge.data(), 0x7f, 8);
  CHECK(message_for(huge) == "4: m.adavi: is not a safetensors file: its header claims 9187201950435737471 bytes");
}

TEST_CASE("headers that lie about their tensors are refused") {
  const auto tensor = [](const std::string& body, std::size_t data) {
    return message_for(file_with("{\"__metadata__\":{\"format\":\"adavi\"},\"t\":" + body + "}", data));
  };
  const std::string malformed = "4: m.adavi: malformed header: ";
  CHECK(tensor("{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}", 8) ==
        "4: m.adavi: tensor 't' has type 'F64', expected 'F32'");
  CHECK(tensor("{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}", 4) ==
        malformed + "the offsets of tensor 't' do not fit its shape");
  CHECK(tensor("{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}", 0) ==
        "4: m.adavi: tensor 't' is too large");
  CHECK(tensor("{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}", 4) == malformed + "tensor 't'");
  CHECK(tensor("{\"dtype\":\"F32\",\"shape\":[1]}", 4) == malformed + "tensor 't'");
  CHECK(tensor("3", 4) == malformed + "tensor 't'");
  CHECK(tensor("{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}", 8) ==
        malformed + "tensors overlap or leave gaps");
  CHECK(tensor("{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"u\":"
               "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}",
               4) == malformed + "tensors overlap or leave gaps");
  CHECK(tensor("{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},\"t\":3", 4) ==
        "4: m.adavi: key 't' is given twice");
  const std::string deep = std::string(100000, '[');
  CHECK(tensor(deep, 0) == "4: m.adavi: nested deeper than 64 levels");
  CHECK(message_for(file_with("{\"__metadata__\":[]}")) == malformed + "'__metadata__' is not an object");
  CHECK(message_for(file_with("{\"__metadata__\":{\"a\":1}}")) == malformed + "'__metadata__' holds more than texts");
  CHECK(message_for(file_with("{\"__metadata__\":{\"format\":\"adavi\"}}")) == malformed + "'format_version' is ''");
  CHECK(message_for(file_with("{oops}")).rfind("4: m.adavi:1:2: not valid JSON: syntax error", 0) == 0);
}

TEST_CASE("a full disk is named, and leaves nothing") {
  const TemporaryFolder folder;
  const FileSizeLimit limit(200);
  CHECK(failure(folder, [&] { write_artifact(folder / "m.adavi", example()); }) ==
        "1: m.adavi: cannot be written: File too large");
  CHECK(folder.files() == 0);
}
