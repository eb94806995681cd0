#pragma once
#include <map>
#include <string>
#include <vector>

#include "catalog/types.hpp"

namespace adavi {

/// Numbers with sizes, row-major: what crosses between files, commands and the engine.
template <class T>
struct NdArray {
  Shape shape;
  std::vector<T> values;
};

/// Arrays by variable name.
using DoubleArrays = std::map<std::string, NdArray<double>>;
using FloatArrays = std::map<std::string, NdArray<float>>;

}  // namespace adavi
