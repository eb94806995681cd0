#pragma once
#include <string>

namespace adavi {

/// A fixed number of digits; "-" for what is not finite.
std::string fixed(double number, int digits);

/// Failure(failed) if the file cannot be written.
void write_text(const std::string& path, const std::string& text);

}  // namespace adavi
