#include "io/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace adavi {

std::uint64_t readable_file_size(const std::string& path, ExitStatus status) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    throw Failure(status, path + ": " + (errno == ENOENT ? "no such file" : std::strerror(errno)));
  }
  if (S_ISDIR(info.st_mode)) throw Failure(status, path + ": is a directory, expected a file");
  if (!S_ISREG(info.st_mode)) throw Failure(status, path + ": is not a regular file");
  if (::access(path.c_str(), R_OK) != 0) throw Failure(status, path + ": cannot be read: " + std::strerror(errno));
  if (info.st_size == 0) throw Failure(status, path + ": the file is empty");
  return static_cast<std::uint64_t>(info.st_size);
}

std::string read_text_file(const std::string& path, std::uint64_t limit, ExitStatus status) {
  const std::uint64_t size = readable_file_size(path, status);
  if (size > limit) {
    throw Failure(status, path + ": is " + std::to_string(size) + " bytes long, more than the " +
                              std::to_string(limit) + " that are read");
  }
  std::ifstream stream(path, std::ios::binary);
  std::string text(size, '\0');
  if (!stream.read(text.data(), static_cast<std::streamsize>(size))) throw Failure(status, path + ": cannot be read");
  return text;
}

namespace {

/// Length of the code point that begins at `position`, 0 where it is malformed (overlong, surrogate, cut short).
std::size_t code_point_length(const std::string& text, std::size_t position) {
  const auto byte = [&](std::size_t offset) -> unsigned {
    return position + offset < text.size() ? static_cast<unsigned char>(text[position + offset]) : 0U;
  };
  const auto continues = [&](std::size_t offset) { return (byte(offset) & 0xC0U) == 0x80U; };
  const unsigned lead = byte(0);
  if (lead < 0x80U) return 1;
  if (lead >= 0xC2U && lead <= 0xDFU) return continues(1) ? 2 : 0;
  if (lead >= 0xE0U && lead <= 0xEFU) {
    const bool overlong = lead == 0xE0U && byte(1) < 0xA0U;
    const bool surrogate = lead == 0xEDU && byte(1) > 0x9FU;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0U && lead <= 0xF4U) {
    const bool overlong = lead == 0xF0U && byte(1) < 0x90U;
    const bool beyond = lead == 0xF4U && byte(1) > 0x8FU;
    return continues(1) && continues(2) && continues(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8(const std::string& text) {
  for (std::size_t position = 0; position < text.size();) {
    const std::size_t length = code_point_length(text, position);
    if (length == 0) return false;
    position += length;
  }
  return true;
}

}  // namespace adavi
