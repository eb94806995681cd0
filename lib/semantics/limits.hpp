#pragma once
#include <cstddef>
#include <cstdint>

/// What a model may hold and cost, so that no text takes the analysis minutes or gigabytes. Those of the text itself
/// are the parser's (syntax/limits.hpp).
namespace adavi {

/// Integers travel in double precision; beyond this they would not be exact.
inline constexpr std::int64_t largest_integer = std::int64_t{1} << 53;
/// Numbers in one constant or one value worked out from constants, and in all of them together.
inline constexpr std::int64_t largest_constant = std::int64_t{1} << 24;
inline constexpr std::int64_t largest_total = std::int64_t{1} << 25;
/// Scalars in one variable over all its plates.
inline constexpr std::int64_t largest_variable = std::int64_t{1} << 31;
/// Elementary operations on the numbers of constants: about a second.
inline constexpr std::int64_t most_operations = std::int64_t{1} << 30;
/// Variables are compared with one another; many of one kind are an array.
inline constexpr std::size_t most_variables = 1000;
/// Of the analysed model; a mixture's components count one by one.
inline constexpr std::size_t most_expressions = std::size_t{1} << 18;
inline constexpr std::size_t most_errors = 100;

}  // namespace adavi
