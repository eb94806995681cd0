#pragma once
#include <optional>

#include "diagnostics/diagnostics.hpp"
#include "syntax/ast.hpp"

namespace adavi {

/// Text -> tree. On wrong text adds errors (several: it goes on after the statement that holds one) and returns
/// nothing. Limits: 1 MiB of text, 100,000 nodes, nesting of 256.
std::optional<ast::Model> parse(const SourceFile& source, Diagnostics& diagnostics);

/// `parse` for an analysis that looks for more errors: of a wrong text the tree of what could be read, marked
/// `partial`; nothing only where a limit is passed.
std::optional<ast::Model> parse_leniently(const SourceFile& source, Diagnostics& diagnostics);

}  // namespace adavi
