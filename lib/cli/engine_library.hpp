#pragma once
#include "inference/engine.hpp"

namespace adavi {

/// The engine, loaded on the first call (LibTorch takes more than half a second). Failure(failed) if it is not found.
Engine& engine();

}  // namespace adavi
