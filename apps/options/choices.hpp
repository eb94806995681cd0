#pragma once
#include <string>
#include <vector>

#include "io/configuration.hpp"

namespace adavi {

/// One way to configure network and training.
struct Choice {
  std::string name;
  Configuration configuration;
};

/// The defaults, then what can be chosen instead of each of them, one at a time.
std::vector<Choice> all_choices();

/// Those named, and always the defaults first; all of them where none is named. Failure(usage) for an unknown name.
std::vector<Choice> chosen(const std::vector<std::string>& names);

}  // namespace adavi
