#pragma once
#include <ATen/ATen.h>

#include <string_view>
#include <vector>

namespace adavi {

/// An argument of a function of the language with the number of its trailing axes that belong to the event.
struct FunctionArgument {
  at::Tensor value;
  std::int64_t rank = 0;
};

/// Applies a row of the function catalogue to arguments whose batch and plate axes line up; `rank` is the result's
/// event rank. Throws std::logic_error for a name without an implementation.
at::Tensor apply_function(std::string_view name, const std::vector<FunctionArgument>& arguments, std::int64_t rank,
                          at::IntArrayRef shape);

}  // namespace adavi
