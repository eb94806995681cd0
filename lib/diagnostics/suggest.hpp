#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace adavi {

/// The candidate nearest to `name` (edit distance with transpositions), if near enough to be a slip.
std::optional<std::string> did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace adavi
