#pragma once
#include <optional>

#include "diagnostics/diagnostics.hpp"
#include "semantics/constants.hpp"
#include "semantics/hbm_model.hpp"
#include "syntax/ast.hpp"

namespace adavi {

/// Tree -> model: names, types, sizes, plates, supports, links, dependence. Overrides replace the defaults of the
/// `data` block. Reports every error of the file in one run; returns nothing if there was one.
std::optional<HbmModel> analyze(const ast::Model& model, const ConstantOverrides& overrides, Diagnostics& diagnostics);

}  // namespace adavi
