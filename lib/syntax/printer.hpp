#pragma once
#include <string>

#include "diagnostics/source.hpp"
#include "syntax/ast.hpp"

namespace adavi {

/// The canonical layout of a text, from the text and its tree: two blanks a level, one statement a line, long ones
/// broken behind commas, at most one empty line in a row. Comments stay: behind the code of their line (aligned over
/// neighbouring lines), or on lines of their own; one in the middle of a statement moves before it. Formatting the
/// result changes nothing, and parsing it gives the same tree.
std::string format(const SourceFile& source, const ast::Model& model);

}  // namespace adavi
