#include "diagnostics/suggest.hpp"

#include <algorithm>
#include <cctype>

namespace adavi {
namespace {

constexpr std::size_t longest_name = 64;  // the distance costs the product of the lengths

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

// Optimal string alignment: insertions, deletions, substitutions, swaps of neighbours, each of cost 1.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string> did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.empty() || name.size() > longest_name) return std::nullopt;
  const std::string wanted = lower_case(name);
  // A third of the letters may be wrong, and at least one must be right.
  std::size_t nearest = std::min(std::max<std::size_t>(name.size(), 3) / 3 + 1, name.size());
  std::optional<std::string> result;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > longest_name || candidate == name) continue;
    const std::size_t distance = edit_distance(wanted, lower_case(candidate));
    if (distance >= nearest) continue;
    nearest = distance;
    result = candidate;
  }
  return result;
}

}  // namespace adavi
