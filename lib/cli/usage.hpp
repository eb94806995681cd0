#pragma once
#include <string>

#include "diagnostics/failure.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace adavi {

/// A wrong command line in our words: what is wrong, the nearest spelling, and where to read on.
Failure usage_failure(const CLI::App& program, const CLI::ParseError& error);

/// Seconds of "90", "90s", "2m" or "1h". Failure(usage) for anything else, naming `option`.
double parse_duration(const std::string& text, const std::string& option);

}  // namespace adavi
