#include "io/json.hpp"

#include <algorithm>
#include <set>
#include <vector>

namespace adavi {
namespace {

using nlohmann::json;

/// `origin:line:column` of a byte (from 1) of the text.
std::string place(const std::string& text, const std::string& origin, std::size_t byte) {
  const std::size_t end = std::min(byte == 0 ? 0 : byte - 1, text.size());
  const auto lines = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
  const std::size_t last_break = end == 0 ? std::string::npos : text.rfind('\n', end - 1);
  const std::size_t column = last_break == std::string::npos ? end + 1 : end - last_break;
  return origin + ":" + std::to_string(lines) + ":" + std::to_string(column);
}

/// The reason alone, without nlohmann's identifier and place.
std::string reason(const std::string& what) {
  const std::size_t start = what.find("syntax error");
  if (start != std::string::npos) return what.substr(start);
  const std::size_t bracket = what.find("] ");
  return bracket == std::string::npos ? what : what.substr(bracket + 2);
}

/// Watches nesting and repeated keys while the parser runs.
class StrictReader {
 public:
  StrictReader(const std::string& origin, ExitStatus status) : origin_(origin), status_(status) {}

  bool operator()(int depth, json::parse_event_t event, const json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
        if (depth >= json_depth_limit) refuse_depth();
        keys_.emplace_back();
        break;
      case json::parse_event_t::array_start:
        if (depth >= json_depth_limit) refuse_depth();
        break;
      case json::parse_event_t::object_end:
        keys_.pop_back();
        break;
      case json::parse_event_t::key:
        if (!keys_.back().insert(parsed.get<std::string>()).second) {
          throw Failure(status_, origin_ + ": key '" + parsed.get<std::string>() + "' is given twice");
        }
        break;
      default:
        break;
    }
    return true;
  }

 private:
  [[noreturn]] void refuse_depth() const {
    throw Failure(status_, origin_ + ": nested deeper than " + std::to_string(json_depth_limit) + " levels");
  }

  const std::string& origin_;
  ExitStatus status_;
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

json parse_json(const std::string& text, const std::string& origin, ExitStatus status) {
  StrictReader reader(origin, status);
  try {
    return json::parse(
        text, [&](int depth, json::parse_event_t event, json& parsed) { return reader(depth, event, parsed); });
  } catch (const json::parse_error& error) {
    throw Failure(status, place(text, origin, error.byte) + ": not valid JSON: " + reason(error.what()));
  } catch (const json::exception& error) {
    throw Failure(status, origin + ": not valid JSON: " + reason(error.what()));
  }
}

std::string describe_json_value(const json& value) {
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  if (value.is_string()) return "'" + value.get<std::string>() + "'";
  return value.dump();
}

}  // namespace adavi
