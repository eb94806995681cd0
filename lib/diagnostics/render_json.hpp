#pragma once
#include <string>

#include "diagnostics/diagnostics.hpp"

namespace adavi {

/// The diagnostics as one JSON array, for programs. Each element has `code`, `severity` ("error" or "warning"),
/// `message`, `help` (null where there is none), `file`, `span` and `notes`; a note has `message` and `span` (null
/// where it has no place). A span is `{"begin": {"line", "column"}, "end": {...}}`, counted from 1, its end behind the
/// last character.
std::string render_json(const SourceFile& source, const Diagnostics& diagnostics);

}  // namespace adavi
