#include "io/simulation_file.hpp"

#include <map>
#include <optional>
#include <stdexcept>

#include "io/hdf5_output.hpp"

namespace adavi {

struct SimulationFile::State {
  State(const std::string& path, const HbmModel& source, std::int64_t n, const SimulationOrigin& origin)
      : model(source), size(n), file(path), truth(file.create_group("truth")) {
    h5::write_attribute(file, file.id(), "creator", "adavi " ADAVI_VERSION);
    h5::write_attribute(file, file.id(), "model", origin.model);
    h5::write_attribute(file, file.id(), "constants", origin.constants);
    h5::write_attribute(file, file.id(), "seed", std::to_string(origin.seed));
  }

  /// The dataset of a variable, created when its sizes are known.
  const h5::OutputDataset& dataset(const Variable& variable, Shape shape) {
    const auto found = datasets.find(variable.name);
    if (found != datasets.end()) return found->second;
    shape.front() = size;
    const bool known = variable.role == ast::Role::observed || variable.role == ast::Role::covariate;
    const hid_t type = variable.type.kind == Kind::integer ? H5T_STD_I64LE : H5T_IEEE_F64LE;
    h5::OutputDataset created(file, known ? file.id() : truth.id(), variable.name, type, shape);
    return datasets.emplace(variable.name, std::move(created)).first->second;
  }

  HbmModel model;
  std::int64_t size;
  std::int64_t written = 0;
  h5::OutputFile file;
  h5::Handle truth;
  std::map<std::string, h5::OutputDataset> datasets;
};

SimulationFile::SimulationFile(const std::string& path, const HbmModel& model, std::int64_t size,
                               const SimulationOrigin& origin)
    : state_(std::make_unique<State>(path, model, size, origin)) {}
SimulationFile::~SimulationFile() = default;

void SimulationFile::append(const DoubleArrays& arrays) {
  std::int64_t count = -1;
  for (const Variable& variable : state_->model.variables) {
    const NdArray<double>& array = arrays.at(variable.name);
    const auto rank = 1 + static_cast<std::size_t>(variable.depth) + variable.type.shape.size();
    if (array.shape.size() != rank || h5::element_count(array.shape) != array.values.size() ||
        (count >= 0 && array.shape.front() != count) || state_->written + array.shape.front() > state_->size) {
      throw std::logic_error("simulated '" + variable.name + "' has the wrong shape " + h5::to_string(array.shape));
    }
    count = array.shape.front();
    Shape first(rank, 0);
    first.front() = state_->written;
    state_->dataset(variable, array.shape).write(first, array.shape, array.values.data());
  }
  state_->written += count;
}

void SimulationFile::finish() {
  if (state_->written != state_->size) throw std::logic_error("a simulation file lacks data sets");
  state_->datasets.clear();
  state_->truth.close();
  state_->file.finish();
}

}  // namespace adavi
