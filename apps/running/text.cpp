#include "running/text.hpp"

#include <cmath>
#include <cstdio>
#include <fstream>

#include "diagnostics/failure.hpp"

namespace adavi {

std::string fixed(double number, int digits) {
  if (!std::isfinite(number)) return "-";
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream stream(path, std::ios::binary);
  if (!(stream << text) || !stream.flush()) throw Failure(ExitStatus::failed, "cannot write " + path);
}

}  // namespace adavi
