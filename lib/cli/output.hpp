#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace adavi {

/// `path` with another extension: "models/gre.hbm" -> "models/gre.adavi".
std::string with_extension(const std::string& path, const std::string& extension);

/// Before any work: Failure(usage) if the output would replace one of the inputs, Failure(failed) if it cannot be
/// written.
void check_output(const std::string& path, const std::vector<std::string>& inputs);

/// A word as a shell reads it back.
std::string shell_quoted(const std::string& word);

/// "1 data set", "3 data sets".
std::string counted(std::int64_t number, const std::string& noun);

}  // namespace adavi
