#pragma once
#include <string>
#include <vector>

#include "semantics/analysis.hpp"

namespace adavi {

/// A constant argument: its type and its numbers.
struct Operand {
  Type type;
  const std::vector<double>& values;
};

/// What a call of constants comes to. Integers are exact or an error.
struct Evaluation {
  enum class Problem { none, overflow, inexact_division, division_by_zero };
  Known value;
  Problem problem = Problem::none;
};

/// About how many elementary operations `evaluate` takes.
std::int64_t operations(const std::string& function, const std::vector<Operand>& arguments, const Type& result);

/// Value of a catalogue function of constants whose types have been checked; `result` is the type of the call.
Evaluation evaluate(const std::string& function, const std::vector<Operand>& arguments, const Type& result);

}  // namespace adavi
