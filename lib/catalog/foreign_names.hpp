#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace adavi {

/// A name that Stan, BUGS, JAGS, PyMC or NumPyro have and this language has not, with what to write instead.
struct ForeignName {
  std::string_view name;  ///< lower case, without underscores
  std::string_view way_out;
};

/// Distributions and functions of other languages, by name.
const std::vector<ForeignName>& foreign_names();

/// What to write instead of a distribution or function of another language, whatever its case and underscores
/// (`HalfNormal`, `half_normal`); empty where nothing is known. Knows the suffixes of Stan (`normal_lpdf`) too.
std::string way_out_of_foreign(std::string_view name);

}  // namespace adavi
