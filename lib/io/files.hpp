#pragma once
#include <cstdint>
#include <string>

#include "diagnostics/failure.hpp"

namespace adavi {

/// Length in bytes of an input file. Throws Failure(status) with the reason where `path` is missing, a directory, no
/// regular file, unreadable or empty.
std::uint64_t readable_file_size(const std::string& path, ExitStatus status = ExitStatus::mismatch);

/// The whole of a small text file. Throws as `readable_file_size`, and where it is longer than `limit` bytes.
std::string read_text_file(const std::string& path, std::uint64_t limit, ExitStatus status = ExitStatus::mismatch);

/// True for text of well-formed UTF-8.
bool is_utf8(const std::string& text);

}  // namespace adavi
