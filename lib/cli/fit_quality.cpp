#include "cli/fit_quality.hpp"

#include <algorithm>
#include <cstdio>

#include "cli/output.hpp"
#include "inference/engine.hpp"

namespace adavi {
namespace {

constexpr std::size_t most_warnings = 3;

/// NaN is poor too.
bool is_poor(double k_hat) { return !(k_hat <= largest_k_hat); }

std::string two_digits(double number) {
  char text[64];
  std::snprintf(text, sizeof text, "%.2f", number);
  return text;
}

std::string counted_poor(const std::vector<double>& k_hat) {
  return std::to_string(std::count_if(k_hat.begin(), k_hat.end(), is_poor)) + " of " +
         counted(static_cast<std::int64_t>(k_hat.size()), "data set");
}

}  // namespace

std::vector<std::string> poor_fit_warnings(const std::vector<std::string>& names, const std::vector<double>& k_hat,
                                           const std::string& consequence) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < k_hat.size(); ++i) {
    if (!is_poor(k_hat[i])) continue;
    if (warnings.size() == most_warnings) {
      warnings.push_back("k-hat is above 0.7 for " + counted_poor(k_hat));
      break;
    }
    warnings.push_back("data set '" + names[i] + "': k-hat " + two_digits(k_hat[i]) +
                       " (reliable up to 0.7): its draws may be far from the exact posterior" + consequence);
  }
  return warnings;
}

std::vector<std::string> unusual_data_warnings(const std::vector<std::string>& names, const std::vector<double>& p) {
  constexpr double least = 1.0 / 256;                                // nothing simulated is as unusual
  const auto unusual = [](double share) { return share <= least; };  // NaN: not known
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (!unusual(p[i])) continue;
    if (warnings.size() == most_warnings) {
      warnings.push_back(std::to_string(std::count_if(p.begin(), p.end(), unusual)) + " of " +
                         counted(static_cast<std::int64_t>(p.size()), "data set") + " are as unusual for the model");
      break;
    }
    warnings.push_back("data set '" + names[i] +
                       "' is more unusual than each of 255 data sets that the model simulates: check its units, and "
                       "whether the model describes it");
  }
  return warnings;
}

std::string describe_k_hat(const std::vector<double>& k_hat) {
  std::vector<double> sorted = k_hat;
  std::sort(sorted.begin(), sorted.end());
  // Not by interpolation: k-hat can be infinite.
  return "k-hat: median " + two_digits(sorted[(sorted.size() - 1) / 2]) + ", largest " + two_digits(sorted.back()) +
         ", above 0.7 for " + counted_poor(k_hat) + "\n";
}

}  // namespace adavi
