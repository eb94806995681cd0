#include "semantics/format_number.hpp"

#include <cstdio>

namespace adavi {

std::string format_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6g", value);
  return text;
}

}  // namespace adavi
