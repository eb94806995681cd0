#pragma once
#include <string>

#include "semantics/constants.hpp"

namespace adavi {

/// Constants of a file (`--data constants.json|.h5`): a JSON object of numbers and nested lists, or the datasets at the
/// root of an HDF5 file; which one is told from the content. Throws Failure(mismatch) naming file and key.
ConstantOverrides read_constants(const std::string& path);

/// Constants of a JSON text; `origin` names it in messages. Throws Failure(mismatch).
ConstantOverrides parse_constants(const std::string& text, const std::string& origin);

/// Adds one `--set NAME=VALUE` (VALUE is a number or a JSON list). Throws Failure(usage) for a malformed option, and
/// for a name that was set twice. A value from a file is replaced.
void set_constant(ConstantOverrides& constants, const std::string& option);

/// The constants as the JSON object that `parse_constants` reads: every number exactly, integers as integers.
std::string constants_json(const ConstantOverrides& constants);

}  // namespace adavi
