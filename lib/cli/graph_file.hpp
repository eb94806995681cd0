#pragma once
#include <string>
#include <vector>

namespace adavi {

/// Before any work: Failure(usage) if `path` names no format that a graph can have or is one of the inputs,
/// Failure(failed) if it cannot be written.
void check_graph_output(const std::string& path, const std::vector<std::string>& inputs);

/// Writes a graph in the DOT language as it is (`.dot`, `.gv`) or drawn by Graphviz (`.svg`), whole or not at all.
/// Failure(failed), also where Graphviz is missing.
void write_graph(const std::string& path, const std::string& dot);

}  // namespace adavi
