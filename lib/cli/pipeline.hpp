#pragma once
#include <optional>
#include <string>

#include "diagnostics/diagnostics.hpp"
#include "semantics/constants.hpp"
#include "semantics/hbm_model.hpp"
#include "syntax/ast.hpp"

namespace adavi {

/// Stands for the standard input where a model's file is named.
inline constexpr const char* standard_input = "-";

/// The text of a model file. Failure(model_errors) if it cannot be read, is a folder or is larger than a model may be.
SourceFile read_model_text(const std::string& path);

/// Only its syntax, with errors shown on stderr. Failure(model_errors) if there were any.
ast::Model parse_or_fail(const SourceFile& source);

/// syntax -> semantics: the front half of the pipeline. Returns nothing if there were errors.
std::optional<HbmModel> compile(const SourceFile& source, const ConstantOverrides& overrides, Diagnostics& diagnostics);

/// `compile`, with warnings and errors shown on stderr. Failure(model_errors) if there were errors.
HbmModel compile_or_fail(const SourceFile& source, const ConstantOverrides& overrides, bool quiet);

}  // namespace adavi
