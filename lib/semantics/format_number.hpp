#pragma once
#include <string>

namespace adavi {

/// A number as a person writes it: "3", "0.5", "-1e+20".
std::string format_number(double value);

}  // namespace adavi
