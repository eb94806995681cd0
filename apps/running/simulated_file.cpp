#include "running/simulated_file.hpp"

#include "cli/pipeline.hpp"
#include "diagnostics/failure.hpp"
#include "diagnostics/render.hpp"
#include "io/constants_file.hpp"
#include "io/hdf5.hpp"

namespace adavi {

SimulatedFile open_simulated(const std::string& path) {
  const h5::InputFile file(path);
  const std::string text = file.attribute("/", "model");
  if (text.empty()) throw Failure(ExitStatus::mismatch, path + ": holds no model; 'adavi simulate' writes it");
  const SourceFile source(path, text);
  const std::string constants = file.attribute("/", "constants");
  Diagnostics diagnostics;
  auto model = compile(source, parse_constants(constants, path + " (constants)"), diagnostics);
  if (!model) throw Failure(ExitStatus::mismatch, render(source, diagnostics));
  DataSets data(path, *model);
  return {std::move(*model), std::move(data)};
}

}  // namespace adavi
