#include "io/fitted_data.hpp"

#include <array>
#include <cstdio>

#include "io/json.hpp"

namespace adavi {
namespace {

template <class Number>
std::string_view bytes_of(const std::vector<Number>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

}  // namespace

std::uint64_t hash(std::string_view bytes, std::uint64_t start) {
  std::uint64_t state = start;
  for (const char byte : bytes) state = (state ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  return state;
}

std::string hexadecimal(std::uint64_t value) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(value));
  return text.data();
}

std::string content_of(const DoubleArrays& data_set) {
  std::uint64_t state = hash("");
  for (const auto& [name, array] : data_set) {
    state = hash(name, state);
    state = hash(bytes_of(array.shape), state);
    state = hash(bytes_of(array.values), state);
  }
  return hexadecimal(state);
}

std::string to_json(const FittedData& fitted) {
  return nlohmann::ordered_json({{"file", fitted.file}, {"data_set", fitted.name}, {"content", fitted.content}}).dump();
}

FittedData parse_fitted(const std::string& text, const std::string& origin) {
  const nlohmann::json json = parse_json(text, origin, ExitStatus::mismatch);
  const auto field = [&](const char* key) {
    const auto found = json.is_object() ? json.find(key) : json.end();
    if (found == json.end() || !found->is_string())
      throw Failure(ExitStatus::mismatch, origin + ": '" + key + "' is missing or no text");
    return found->get<std::string>();
  };
  return {field("file"), field("data_set"), field("content")};
}

}  // namespace adavi
