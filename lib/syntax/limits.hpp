#pragma once
#include <cstddef>

/// What a text may hold, so that no stage meets a tree that it cannot walk.
namespace adavi::syntax {

constexpr std::size_t largest_text = std::size_t{1} << 20;  ///< bytes
constexpr std::size_t most_nodes = 100000;                  ///< of a model's tree
/// Of brackets and blocks; and, in an expression, of brackets, prefix operators and right-hand sides.
constexpr int deepest_nesting = 256;
/// Height of an expression's tree: a sum of n terms is n - 1 high. Recursion over a tree goes no deeper.
constexpr int highest_tree = 1000;

}  // namespace adavi::syntax
