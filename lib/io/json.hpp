#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "diagnostics/failure.hpp"

namespace adavi {

/// Deepest nesting of a JSON text that is read: its tools recurse.
inline constexpr int json_depth_limit = 64;

/// Text -> JSON, strictly: no comments, no key twice in an object, nesting of at most `json_depth_limit`. Throws
/// Failure(status) with `origin`, line and column.
nlohmann::json parse_json(const std::string& text, const std::string& origin, ExitStatus status);

/// "a string", "an object", "3.5": what was found, for messages.
std::string describe_json_value(const nlohmann::json& value);

}  // namespace adavi
