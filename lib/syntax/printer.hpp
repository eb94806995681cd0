#pragma once
#include <string>

#include "diagnostics/source.hpp"
#include "syntax/ast.hpp"

namespace adavi {

/// The canonical layout of a text, from the text and its tree: two blanks a level, one statement a line, at most one
/// empty line in a row, none at the ends of a block. A line of more than 100 columns is broken behind commas and
/// operators, outer brackets first. Every comment stays behind the token that it stands behind, or on a line of its
/// own; those behind neighbouring lines are aligned. Formatting the result changes nothing, and parsing it gives the
/// same tree.
std::string format(const SourceFile& source, const ast::Model& model);

}  // namespace adavi
